import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RandomState } from '@pgml/kernels';
import { sampleWithoutReplacement } from './without-replacement.js';

test('as scikit-learn draws, by each of its methods', () => {
  // sample_without_replacement(count, size, random_state=r)[:8] and then r.randint(1000), with one r = RandomState(3).
  const drawn = [
    { count: 1000, size: 5, first: [874, 664, 249, 643, 952], next: 968 },
    { count: 1000, size: 9, first: [256, 789, 659, 714, 875, 681, 650, 917], next: 422 },
    { count: 200, size: 2, first: [148, 172], next: 605 },
    { count: 200, size: 3, first: [67, 25, 131], next: 553 },
    { count: 300, size: 298, first: [0, 1, 2, 3, 4, 5, 6, 7], next: 34 },
    { count: 300, size: 296, first: [27, 272, 273, 141, 120, 165, 175, 137], next: 652 },
    { count: 7, size: 7, first: [0, 1, 2, 3, 4, 5, 6], next: 510 },
  ];
  const random = new RandomState(3);
  for (const { count, size, first, next } of drawn) {
    const chosen = sampleWithoutReplacement(count, size, random);
    assert.deepEqual([...chosen.subarray(0, 8)], first);
    assert.equal(new Set(chosen).size, size);
    assert.equal(random.integer(0, 1000), next);
  }
});
