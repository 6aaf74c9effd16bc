import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RandomState } from '@pgml/kernels';
import { pairwiseSum } from './pairwise-sum.js';

test('sums as numpy does, to the last bit', () => {
  // (numpy.random.RandomState(count).random_sample(count) - 0.3).sum(), numpy 1.24.2
  for (const [count, expected] of [
    [3, 0.6498504641056246],
    [8, 1.9189676079668432],
    [100, 17.23667917192546],
    [129, 15.560960397290101],
    [1000, 189.81531064337398],
    [8193, 1654.0213861381185],
    [20001, 4011.8062507279137],
  ]) {
    const numbers = new RandomState(count).doubles(count).map((number) => number - 0.3);
    assert.equal(pairwiseSum(numbers), expected);
  }
  assert.equal(pairwiseSum([]), 0);
});
