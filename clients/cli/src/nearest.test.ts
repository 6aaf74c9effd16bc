import assert from 'node:assert/strict';
import { test } from 'node:test';
import { editDistance, nearest } from './nearest.js';

test('distances counted by hand', () => {
  const table: readonly (readonly [string, string, number])[] = [
    ['', '', 0],
    ['', 'abc', 3],
    ['abc', 'abc', 0],
    ['abc', 'abd', 1],
    ['abc', 'acb', 1],
    ['abc', 'bc', 1],
    ['kitten', 'sitting', 3],
    ['ca', 'abc', 3],
  ];
  for (const [left, right, distance] of table) {
    assert.equal(editDistance(left, right), distance, `${left} ${right}`);
    assert.equal(editDistance(right, left), distance, `${right} ${left}`);
  }
});

test('only what is near enough', () => {
  assert.equal(nearest('--prot', ['--host', '--port']), '--port');
  assert.equal(nearest('UP', ['up', 'sql']), 'up');
  assert.equal(nearest('xyz', ['up', 'sql']), undefined);
});
