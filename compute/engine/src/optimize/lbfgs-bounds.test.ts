import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RandomState } from '@pgml/kernels';
import type { Objective } from './lbfgs.js';
import { type Bounds, minimizeWithin } from './lbfgs-bounds.js';

const options = { maximumIterations: 2000, gradientTolerance: 1e-9 };
const free = (length: number): Bounds => ({
  lower: new Float64Array(length).fill(-Infinity),
  upper: new Float64Array(length).fill(Infinity),
});

/** The sum of 100 (y - x²)² + (1 - x)² over neighbours. */
const rosenbrock: Objective = (point, gradient) => {
  let value = 0;
  gradient.fill(0);
  for (let i = 0; i + 1 < point.length; i++) {
    const [x, y] = [point[i], point[i + 1]];
    value += 100 * (y - x * x) ** 2 + (1 - x) ** 2;
    gradient[i] += -400 * x * (y - x * x) - 2 * (1 - x);
    gradient[i + 1] += 200 * (y - x * x);
  }
  return value;
};

test('without bounds the minimum of a curved valley is found', () => {
  for (const length of [2, 5, 20]) {
    const { point, reason } = minimizeWithin(rosenbrock, new Float64Array(length).fill(-1.2), free(length), options);
    assert.equal(reason, 'gradient');
    for (const value of point) assert.ok(Math.abs(value - 1) < 1e-7, `${value}`);
  }
});

test('a minimum on the bounds is found', () => {
  const bounds = { lower: Float64Array.of(-Infinity, -2), upper: Float64Array.of(0.5, Infinity) };
  const { point } = minimizeWithin(rosenbrock, Float64Array.of(-1.2, 1), bounds, options);
  assert.equal(point[0], 0.5);
  assert.ok(Math.abs(point[1] - 0.25) < 1e-8);
});

test('quadratics in boxes: the conditions of Karush, Kuhn and Tucker hold, and no call leaves the box', () => {
  for (let seed = 0; seed < 40; seed++) {
    const random = new RandomState(seed);
    const length = random.integer(1, 15);
    const factor = Array.from({ length }, () => Float64Array.from({ length }, () => random.normal()));
    const center = Float64Array.from({ length }, () => 2 * random.normal());
    const lower = Float64Array.from({ length }, () => (random.double() < 0.2 ? -Infinity : -random.double()));
    const upper = lower.map((low) => (random.double() < 0.2 ? Infinity : Math.max(low, -1) + random.double()));
    const objective: Objective = (point, gradient) => {
      point.forEach((value, i) => assert.ok(value >= lower[i] && value <= upper[i]));
      const away = point.map((value, i) => value - center[i]);
      const residuals = factor.map((row) => row.reduce((sum, value, i) => sum + value * away[i], 0));
      gradient.forEach((_, i) => {
        gradient[i] = 2 * (factor.reduce((sum, row, k) => sum + row[i] * residuals[k], 0) + 0.01 * away[i]);
      });
      return residuals.reduce((sum, r) => sum + r * r, 0) + 0.01 * away.reduce((sum, a) => sum + a * a, 0);
    };
    const start = Float64Array.from({ length }, () => 10 * random.normal());
    const { point, slope } = minimizeWithin(
      objective,
      start,
      { lower, upper },
      { ...options, gradientTolerance: 1e-8 },
    );
    const gradient = new Float64Array(length);
    objective(point, gradient);
    assert.ok(slope < 1e-6, `seed ${seed}: ${slope}`);
    // Rounding may leave an argument just before its bound.
    point.forEach((value, i) => {
      if (value > lower[i] + 1e-9) assert.ok(gradient[i] < 1e-6);
      if (value < upper[i] - 1e-9) assert.ok(gradient[i] > -1e-6);
    });
  }
});

test('arguments with equal bounds stay where they are; a point that is fixed is its own minimum', () => {
  const bounds = { lower: Float64Array.of(-3, 2), upper: Float64Array.of(3, 2) };
  const { point } = minimizeWithin(rosenbrock, Float64Array.of(0, 0), bounds, options);
  assert.equal(point[1], 2);
  assert.ok(Math.abs(100 * 4 * (point[0] ** 2 - 2) * point[0] - 2 * (1 - point[0])) < 1e-6);
  const fixed = { lower: Float64Array.of(1, 2), upper: Float64Array.of(1, 2) };
  assert.equal(minimizeWithin(rosenbrock, Float64Array.of(0, 0), fixed, options).evaluations, 1);
});

test('it stops where the value falls no more, and when the iterations are used up', () => {
  const start = Float64Array.of(-1.2, 1);
  const early = minimizeWithin(rosenbrock, start, free(2), { ...options, valueTolerance: 1e-3 });
  assert.equal(early.reason, 'precision');
  assert.ok(early.value > 1e-12);
  assert.equal(minimizeWithin(rosenbrock, start, free(2), { ...options, maximumIterations: 3 }).reason, 'iterations');
});
