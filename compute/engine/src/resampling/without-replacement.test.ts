import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RandomState } from '@pgml/kernels';
import { sampleWithoutReplacement } from './without-replacement.js';

test('draws as scikit-learn does', () => {
  // sklearn.utils.random.sample_without_replacement(population, count, random_state=3), version 1.2.1
  for (const [population, count, expected] of REFERENCE)
    assert.deepEqual([...sampleWithoutReplacement(population, count, new RandomState(3))], expected);
});

test('nearly all: a later number takes the place of an earlier one, as with scikit-learn', () => {
  for (const [seed, place] of [
    [0, 172],
    [1, 37],
    [2, 168],
    [3, 106],
  ])
    assert.equal(sampleWithoutReplacement(200, 199, new RandomState(seed)).indexOf(199), place);
});

test('all numbers are different, and all can come', () => {
  const random = new RandomState(1);
  for (const [population, count] of [
    [1, 1],
    [7, 3],
    [1000, 2],
    [300, 299],
  ]) {
    const seen = new Set<number>();
    for (let round = 0; round < 40; round++) {
      const drawn = sampleWithoutReplacement(population, count, random);
      assert.equal(new Set(drawn).size, count);
      for (const number of drawn) seen.add(number);
      assert.ok(drawn.every((number) => number < population));
    }
    assert.ok(seen.size >= Math.min(population, 60));
  }
});

const REFERENCE: readonly (readonly [population: number, count: number, expected: readonly number[]])[] = [
  [10, 4, [5, 4, 1, 2]],
  [10, 10, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]],
  [1000, 5, [874, 664, 249, 643, 952]],
];
