import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadKernels, RandomState } from '@pgml/kernels';
import { fitContext } from '../testing/data.js';
import { allSubsets, countSubsets, randomSubsets } from './subsets.js';

test('all subsets in order', () => {
  assert.deepEqual([...allSubsets(4, 2)], [0, 1, 0, 2, 0, 3, 1, 2, 1, 3, 2, 3]);
  assert.deepEqual([...allSubsets(3, 3)], [0, 1, 2]);
  assert.equal(countSubsets(20, 10), 184_756);
  assert.equal(
    new Set(
      allSubsets(7, 3)
        .join()
        .match(/\d,\d,\d/g),
    ).size,
    35,
  );
  assert.ok(countSubsets(100_000, 300) > 1e300);
});

test('random ones are one stream of draws', () => {
  const context = fitContext(loadKernels());
  const random = new RandomState(12);
  const expected = Array.from({ length: 1500 }, () => [...random.choice(1000, 2)]).flat();
  assert.deepEqual([...randomSubsets(1000, 2, 1500, 12, context)], expected);
});
