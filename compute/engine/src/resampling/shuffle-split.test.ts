import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RandomState } from '@pgml/kernels';
import { shuffleSplit, stratifiedShuffleSplit } from './shuffle-split.js';

test('every row is in one part', () => {
  for (const rows of [2, 3, 10, 99]) {
    const { train, test: tested } = shuffleSplit(rows, Math.ceil(0.3 * rows), new RandomState(rows));
    assert.equal(tested.length, Math.ceil(0.3 * rows));
    assert.deepEqual(
      [...train, ...tested].sort((a, b) => a - b),
      Array.from({ length: rows }, (_, row) => row),
    );
  }
});

test('classes are in both parts in proportion, and absent ones in none', () => {
  const labels = Array.from({ length: 100 }, (_, row) => (row < 61 ? 0 : row < 91 ? 1 : 3));
  const { train, test: tested } = stratifiedShuffleSplit(labels, 4, 20, new RandomState(1));
  assert.equal(train.length + tested.length, 100);
  assert.equal(new Set([...train, ...tested]).size, 100);
  const counts = [0, 1, 2, 3].map((label) => tested.filter((row) => labels[row] === label).length);
  assert.deepEqual(counts, [12, 6, 0, 2]);
});

test('as scikit-learn draws', () => {
  // StratifiedShuffleSplit(test_size=0.3, random_state=0).split(…, [0, 1, 1, 0, 1, 1, 0, 0, 1, 0]), and ShuffleSplit.
  const labels = [0, 1, 1, 0, 1, 1, 0, 0, 1, 0];
  const stratified = stratifiedShuffleSplit(labels, 2, 3, new RandomState(0));
  const plain = shuffleSplit(10, 3, new RandomState(0));
  assert.deepEqual([...stratified.train, ...stratified.test], [1, 2, 8, 6, 3, 5, 9, 0, 7, 4]);
  assert.deepEqual([...plain.train, ...plain.test], [9, 1, 6, 7, 3, 0, 5, 2, 8, 4]);
});
