import assert from 'node:assert/strict';
import { test } from 'node:test';
import { InputError } from '../errors.js';
import { quantileStrata, samplings, splitRows, testRows } from './split.js';

test('test_size is a part up to 1 and a number above', () => {
  assert.equal(testRows(1797, 0.25), 449);
  assert.equal(testRows(150, 0.25), 38);
  assert.equal(testRows(10, 0), 0);
  assert.equal(testRows(10, 3), 3);
  assert.equal(testRows(10, 3.9), 3);
  for (const [rows, size, message] of [
    [10, 10, 'test_size = 10 is too large. There are only 10 samples.'],
    [10, 1, 'test_size = 10 is too large. There are only 10 samples.'],
    [1, 0.5, 'test_size = 1 is too large. There are only 1 samples.'],
    [10, 25, 'test_size = 25 is too large. There are only 10 samples.'],
  ] as const)
    assert.throws(() => testRows(rows, size), { name: 'InputError', message });
  for (const size of [-0.1, Number.NaN, Number.POSITIVE_INFINITY]) assert.throws(() => testRows(10, size), InputError);
});

const rows = 500;
const label = Uint32Array.from({ length: rows }, (_, row) => (row % 10 === 0 ? 2 : row % 3 === 0 ? 1 : 0));

for (const sampling of samplings)
  test(`${sampling}: every row is in one part, and the seed decides`, () => {
    const split = splitRows(rows, 125, sampling, 42, label);
    assert.equal(split.test.length, 125);
    const all = [...split.train, ...split.test].sort((one, other) => one - other);
    assert.deepEqual(
      all,
      Array.from({ length: rows }, (_, row) => row),
    );
    assert.deepEqual(splitRows(rows, 125, sampling, 42, label), split);
    const other = splitRows(rows, 125, sampling, 43, label);
    if (sampling === 'random' || sampling === 'stratified') assert.notDeepEqual(other, split);
    else assert.deepEqual(other, split);
  });

test('first and last keep the order of the table', () => {
  assert.deepEqual(splitRows(5, 2, 'last', 1), { train: Uint32Array.of(0, 1, 2), test: Uint32Array.of(3, 4) });
  assert.deepEqual(splitRows(5, 2, 'first', 1), { train: Uint32Array.of(2, 3, 4), test: Uint32Array.of(0, 1) });
});

test('stratified: both parts hold the classes in proportion, and the smallest class trains', () => {
  for (let seed = 0; seed < 20; seed++) {
    const { test: part } = splitRows(rows, 125, 'stratified', seed, label);
    for (const stratum of [0, 1, 2]) {
      const size = label.filter((one) => one === stratum).length;
      const tested = part.filter((row) => label[row] === stratum).length;
      assert.ok(Math.abs(tested - size / 4) <= 1.5, `${tested} of ${size} rows of class ${stratum}`);
    }
    const rare = Uint32Array.from({ length: 40 }, (_, row) => (row === 17 ? 1 : 0));
    assert.ok(splitRows(40, 20, 'stratified', seed, rare).train.includes(17));
  }
});

test('stratified is random within a class', () => {
  const tested = new Set<number>();
  for (let seed = 0; seed < 60; seed++)
    for (const row of splitRows(40, 10, 'stratified', seed, new Uint32Array(40)).test) tested.add(row);
  assert.equal(tested.size, 40);
});

test('quantile strata have equal sizes, follow the values and keep equal values together', () => {
  assert.deepEqual(quantileStrata(Float32Array.of(5, 1, 4, 2, 3, 0), 3), Uint32Array.of(2, 0, 2, 1, 1, 0));
  const many = quantileStrata(
    Float32Array.from({ length: 1000 }, (_, row) => (row * 7919) % 1009),
    10,
  );
  for (let stratum = 0; stratum < 10; stratum++) assert.equal(many.filter((one) => one === stratum).length, 100);
  assert.equal(new Set(quantileStrata(Float32Array.of(0, 0, 7, 0, 0, 0, 0, 9), 4)).size, 2);
});
