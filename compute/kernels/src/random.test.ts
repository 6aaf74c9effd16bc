import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { RandomState } from './random.js';

interface Case {
  seed: number | number[];
  doubles: number[];
  integers: { low: number; high: number; values: number[] }[];
  permutation: number[];
  choice: number[];
  normals: number[];
  after: number;
}

const { cases } = JSON.parse(
  readFileSync(new URL('../../../proof/reference/random.json', import.meta.url), 'utf8'),
) as { cases: Case[] };

for (const { seed, doubles, integers, permutation, choice, normals, after } of cases) {
  const shown = Array.isArray(seed) ? `[${seed.length} numbers]` : seed;
  test(`seed ${shown} draws what numpy's RandomState draws`, () => {
    const random = new RandomState(seed);
    assert.deepEqual([...random.doubles(doubles.length)], doubles);
    for (const { low, high, values } of integers)
      assert.deepEqual([...random.integers(low, high, values.length)], values, `randint(${low}, ${high})`);
    assert.deepEqual([...random.permutation(permutation.length)], permutation);
    assert.deepEqual([...random.choice(30, choice.length)], choice);
    for (const expected of normals) {
      const value = random.normal();
      assert.ok(Math.abs(value - expected) <= 4e-16 * Math.max(1, Math.abs(expected)), `${value} is not ${expected}`);
    }
    assert.equal(random.doubles(700).at(-1), after);
  });
}

test('seeds and ranges that numpy refuses are refused', () => {
  for (const seed of [-1, 2 ** 32, 0.5, Number.NaN, []])
    assert.throws(() => new RandomState(seed), RangeError, String(seed));
  const random = new RandomState(0);
  assert.throws(() => random.integer(3, 3), RangeError);
  assert.throws(() => random.integer(0, Number.POSITIVE_INFINITY), RangeError);
  assert.throws(() => random.choice(3, 4), RangeError);
});
