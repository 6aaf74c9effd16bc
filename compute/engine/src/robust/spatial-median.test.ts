import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RandomState } from '@pgml/kernels';
import { assertClose } from '../testing/data.js';
import { median } from './median.js';
import { spatialMedian } from './spatial-median.js';

const options = { maximumIterations: 10_000, tolerance: 1e-10, checkpoint: () => {} };

test('median', () => {
  assert.equal(median(Float64Array.of(3, 1, 2)), 2);
  assert.equal(median(Float64Array.of(10, 9, -1, 2)), 5.5);
});

test('the directions to all points balance', () => {
  const random = new RandomState(4);
  const points = Float64Array.from({ length: 3 * 50 }, () => random.normal());
  const { point, converged } = spatialMedian(points, 3, options);
  assert.ok(converged);
  const pull = [0, 0, 0];
  for (let at = 0; at < points.length; at += 3) {
    const difference = [0, 1, 2].map((i) => points[at + i] - point[i]);
    const distance = Math.hypot(...difference);
    for (const i of [0, 1, 2]) pull[i] += difference[i] / distance;
  }
  assertClose(pull, [0, 0, 0], 1e-7);
});

test('at a point that outweighs the others, and where the start is the median', () => {
  const heavy = spatialMedian(Float64Array.of(0, 0, 0, 0, 0, 0, 1, 0, 0, 1), 2, options);
  assertClose(heavy.point, [0, 0], 1e-8);
  const cross = spatialMedian(Float64Array.of(1, 0, -1, 0, 0, 1, 0, -1), 2, options);
  assert.deepEqual([...cross.point], [0, 0]);
});
