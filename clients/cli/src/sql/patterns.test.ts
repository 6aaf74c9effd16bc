import assert from 'node:assert/strict';
import { test } from 'node:test';
import { quoteLiteral } from './literals.js';
import { parsePattern, patternCondition } from './patterns.js';

test('patterns', () => {
  const table: readonly (readonly [string, string | undefined, string])[] = [
    ['Users', undefined, 'users'],
    ['"Users"', undefined, 'Users'],
    ['pgml.*', 'pgml', '.*'],
    ['a?b*', undefined, 'a.b.*'],
    ['"a*b"."c.d"', 'a\\*b', 'c\\.d'],
    ['"say ""hi"""', undefined, 'say "hi"'],
    ['db.s.t', 's', 't'],
    ['a$b', undefined, 'a\\$b'],
  ];
  for (const [text, schema, name] of table) assert.deepEqual(parsePattern(text), { schema, name }, text);
});

test('conditions', () => {
  const columns = { schema: 's', name: 'n', visible: 'v' };
  assert.equal(patternCondition(undefined, columns), 'v');
  assert.equal(patternCondition("o'x.*", columns), "s OPERATOR(pg_catalog.~) '^(o''x)$' COLLATE pg_catalog.default");
  assert.equal(patternCondition('*', { name: 'n' }), 'true');
});

test('literals', () => {
  assert.equal(quoteLiteral("it's"), "'it''s'");
  assert.equal(quoteLiteral("a\\'"), " E'a\\\\'''");
});
