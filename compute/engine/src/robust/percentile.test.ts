import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RandomState } from '@pgml/kernels';
import { midpointPercentile, percentile, weightedPercentile } from './percentile.js';

test('between neighbours, as numpy.percentile', () => {
  const sorted = Float64Array.of(1, 2, 4, 8);
  assert.equal(percentile(sorted, 0), 1);
  assert.equal(percentile(sorted, 50), 3);
  assert.equal(percentile(sorted, 75), 5);
  assert.equal(percentile(sorted, 100), 8);
  assert.equal(midpointPercentile(sorted, 40), 3);
  assert.equal(midpointPercentile(sorted, 100), 8);
});

test('of weighted values, by their definition', () => {
  const random = new RandomState(1);
  for (let round = 0; round < 50; round++) {
    const values = Float64Array.from({ length: random.integer(1, 12) }, () => random.integer(0, 9));
    const weights = values.map(() => random.integer(0, 4));
    weights[0] = 1;
    const repeated = Array.from(values).flatMap((value, index) => new Array<number>(weights[index]).fill(value));
    repeated.sort((a, b) => a - b);
    for (const percent of [0, 10, 50, 75, 100]) {
      const expected = repeated[Math.max(1, Math.ceil((percent / 100) * repeated.length)) - 1];
      assert.equal(weightedPercentile(values.slice(), weights, percent), expected);
      assert.equal(weightedPercentile(Float64Array.from(repeated), undefined, percent), expected);
    }
  }
  assert.equal(weightedPercentile(Float64Array.of(3, 1, 2), new Float64Array(3), 50), 3);
});
