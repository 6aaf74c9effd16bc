import assert from 'node:assert/strict';
import test from 'node:test';
import { committedPages, describeType, pages } from './docs.mjs';

test('the reference pages are what the code declares (npm run docs writes them)', async () => {
  const printed = await pages();
  const committed = committedPages();
  assert.deepEqual(Object.keys(committed).sort(), Object.keys(printed).sort());
  for (const [name, text] of Object.entries(printed))
    assert.equal(committed[name], text, `docs/reference/${name} is stale`);
});

test('types in words', () => {
  assert.equal(describeType({ kind: 'integer', minimum: 0 }), 'integer ≥ 0');
  assert.equal(describeType({ kind: 'number', minimum: 0, maximum: 1, exclusive: true }), 'number > 0 and ≤ 1');
  assert.equal(describeType({ kind: 'any', of: [{ kind: 'boolean' }, { kind: 'null' }] }), 'boolean or null');
});
