import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encodeRow, RowError } from './encode.js';

const header = {
  algorithm: 'ridge',
  missing: 'refuse' as 'refuse' | 'learn',
  features: [
    { name: 'age', pg_type: 'int4', width: 1 },
    { name: 'cut', pg_type: 'text', width: 1, categories: ['good', 'fair'] },
    { name: 'image', pg_type: 'int2[]', width: 4 },
  ],
};
const learning = { ...header, missing: 'learn' as const };
const row = { age: 30, cut: 'fair', image: [1, 2, 3, 4] };

function refusal(given: unknown, using = header): string {
  try {
    encodeRow(using, given);
  } catch (error) {
    assert.ok(error instanceof RowError);
    return `${error.sqlstate}: ${error.message} | ${error.hint}`;
  }
  throw new Error('not refused');
}

test('by name in any order, with other fields; or by position', () => {
  const expected = Float32Array.of(30, 2, 1, 2, 3, 4);
  assert.deepEqual(encodeRow(header, row), expected);
  assert.deepEqual(encodeRow(header, { target: 1, image: [1, 2, 3, 4], cut: 'fair', age: 30 }), expected);
  assert.deepEqual(encodeRow(header, { f1: 30, f2: 'fair', f3: [1, 2, 3, 4] }), expected);
  assert.deepEqual(
    encodeRow(header, {
      ...row,
      image: [
        [1, 2],
        [3, 4],
      ],
    }),
    expected,
  );
});

test('features that are named like the fields of a record are found by name', () => {
  const twisted = {
    ...header,
    features: [
      { name: 'f2', pg_type: 'float4', width: 1 },
      { name: 'f1', pg_type: 'float4', width: 1 },
    ],
  };
  assert.deepEqual(encodeRow(twisted, { f1: 1, f2: 2 }), Float32Array.of(2, 1));
});

test('numbers as to_jsonb writes them', () => {
  const one = { ...learning, features: [header.features[0]] };
  const cases: [unknown, number][] = [
    [true, 1],
    [false, 0],
    ['NaN', Number.NaN],
    ['-1.5e2', -150],
    [' 7 ', 7],
    [null, Number.NaN],
    [0.1, Math.fround(0.1)],
  ];
  for (const [given, expected] of cases) assert.deepEqual(encodeRow(one, { age: given }), Float32Array.of(expected));
  for (const given of ['', 'x', '0x10', '1 2', {}, '1e'])
    assert.match(refusal({ age: given }, one), /"age" is a number, but/);
});

test('NULL text is a category of its own; unknown text and NULL numbers are missing', () => {
  assert.equal(encodeRow(header, { ...row, cut: null })[1], 0);
  assert.ok(Number.isNaN(encodeRow(learning, { ...row, cut: 'ideal' })[1]));
  assert.ok(Number.isNaN(encodeRow(learning, { ...row, age: null })[0]));
  assert.match(refusal({ ...row, cut: 'ideal' }), /"cut" has the value "ideal", which was not .* "good", "fair"/);
  assert.match(refusal({ ...row, age: null }), /^22004: .*"age" is NULL, .* ridge needs all values/);
  assert.match(refusal({ ...row, age: 'NaN' }), /^22023: .*"age" is missing/);
  assert.match(refusal({ ...row, age: 'Infinity' }), /^22023: .*"age" is infinite/);
  for (const age of ['Infinity', '-Infinity', 1e39])
    assert.match(refusal({ ...row, age }, learning), /"age" is infinite/);
  assert.match(refusal({ ...row, age: 1e300 }), /"age" is infinite/);
  assert.match(refusal({ ...row, image: [1, null, 3, 4] }), /"image" is missing/);
});

test('a row that does not fit is refused with what is missing', () => {
  assert.match(refusal({ age: 30 }), /no field "cut", "image" \| .*age, cut, image/);
  assert.match(refusal({}), /no field "age", "cut", "image"/);
  assert.match(refusal({ f1: 1, f2: 'fair' }), /has 2 fields, but the model was trained on 3/);
  assert.match(refusal({ ...row, image: [1, 2, 3] }), /Expected: 4 Received: 3/);
  assert.match(refusal({ ...row, image: 3 }), /must be an array of 4 numbers, not 3/);
  assert.match(refusal({ ...row, cut: 5 }), /"cut" is text, but 5 was given/);
});

test('a row is an object', () => {
  for (const [given, shown] of [
    [[1, 2], 'an array'],
    [null, 'null'],
    ['age', '"age"'],
  ] as const)
    assert.equal(
      refusal(given),
      `22023: a row must be a JSON object, not ${shown} | to_jsonb(row) makes one of a row.`,
    );
});
