import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RandomState } from '@pgml/kernels';
import { areSumsExact } from './sums.js';

test('small integers and quarters sum exactly, thirds do not', () => {
  const quarters = [0.25, 3, 1.75, 0];
  assert.equal(areSumsExact(undefined, undefined, 2 ** 52), true);
  assert.equal(areSumsExact(quarters, [1, -7, 300], 1000), true);
  assert.equal(areSumsExact(quarters, [1, -7, 2 ** 30], 1000), false);
  assert.equal(areSumsExact([1 / 3], undefined, 2), false);
  assert.equal(areSumsExact(undefined, [0.1], 2), false);
  assert.equal(areSumsExact([5e-324], [1], 10), true);
  assert.equal(areSumsExact([5e-324, 1], undefined, 10), false);
});

test('what is called exact has one sum in any order', () => {
  const random = new RandomState(1);
  let exact = 0;
  for (let round = 0; round < 300; round++) {
    const scale = 2 ** random.integer(0, 24);
    const spread = random.integer(1, 60);
    const targets = Array.from({ length: 50 }, () => Math.fround(random.integer(-1000, 1000) / scale));
    const weights = Array.from({ length: 50 }, () => random.integer(1, 5) * 2 ** random.integer(0, spread));
    if (!areSumsExact(weights, targets, 50)) continue;
    exact++;
    const sum = (order: ArrayLike<number>) =>
      Array.from(order).reduce((total, i) => total + weights[i] * targets[i] * targets[i], 0);
    const expected = sum(random.permutation(50));
    for (let again = 0; again < 5; again++) assert.equal(sum(random.permutation(50)), expected);
  }
  assert.ok(exact > 50 && exact < 300, `${exact}`);
});
