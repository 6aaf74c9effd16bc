import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RandomState } from '@pgml/kernels';
import { minimize, type Objective } from './lbfgs.js';

const options = { maximumIterations: 1000, gradientTolerance: 1e-10 };

/** Sum over i of 100 (x[i+1] - x[i]²)² + (1 - x[i])²: a curved valley with the minimum 0 at (1, …, 1). */
const rosenbrock: Objective = (x, gradient) => {
  let value = 0;
  gradient.fill(0);
  for (let i = 0; i + 1 < x.length; i++) {
    const off = x[i + 1] - x[i] * x[i];
    const rest = 1 - x[i];
    value += 100 * off * off + rest * rest;
    gradient[i] += -400 * off * x[i] - 2 * rest;
    gradient[i + 1] += 200 * off;
  }
  return value;
};

test('Rosenbrock’s valley', () => {
  for (const size of [2, 4, 30]) {
    const start = Float64Array.from({ length: size }, (_, i) => (i % 2 === 0 ? -1.2 : 1));
    const { point, reason } = minimize(rosenbrock, start, options);
    assert.notEqual(reason, 'iterations');
    for (const value of point) assert.ok(Math.abs(value - 1) < 1e-8, `${value}`);
    assert.equal(start[0], -1.2);
  }
});

/** Half of x' diag(1 … condition) x, less the sum of x. */
function quadratic(size: number, condition: number): { objective: Objective; curvature: (i: number) => number } {
  const curvature = (i: number) => condition ** (i / (size - 1));
  return {
    curvature,
    objective: (x, gradient) => {
      let value = 0;
      for (const [i, coordinate] of x.entries()) {
        value += (curvature(i) * coordinate * coordinate) / 2 - coordinate;
        gradient[i] = curvature(i) * coordinate - 1;
      }
      return value;
    },
  };
}

test('a quadratic bowl: found, and in one step with its own Hessian as preconditioner', () => {
  const { objective, curvature } = quadratic(40, 1e4);
  const plain = minimize(objective, new Float64Array(40), options);
  for (const [i, value] of plain.point.entries()) assert.ok(Math.abs(value - 1 / curvature(i)) < 1e-9);
  const known = minimize(objective, new Float64Array(40), {
    ...options,
    precondition: (vector) => {
      for (const [i, value] of vector.entries()) vector[i] = value / curvature(i);
    },
  });
  assert.equal(known.reason, 'gradient');
  assert.equal(known.iterations, 1);
  assert.equal(known.evaluations, 2);
});

test('every step descends, up to rounding, and meets the strong Wolfe conditions', () => {
  const random = new RandomState(0);
  for (let round = 0; round < 20; round++) {
    const start = Float64Array.from({ length: 6 }, () => 3 * random.normal());
    let previous: { value: number; gradient: Float64Array; point: Float64Array } | undefined;
    for (let steps = 0; steps < 25; steps++) {
      const { point, value } = minimize(rosenbrock, start, { ...options, maximumIterations: steps });
      const gradient = new Float64Array(6);
      rosenbrock(point, gradient);
      if (previous && previous.value > 1e-12) {
        const step = point.map((coordinate, i) => coordinate - previous!.point[i]);
        const along = (slope: Float64Array) => slope.reduce((sum, part, i) => sum + part * step[i], 0);
        assert.ok(value <= previous.value + 1e-4 * along(previous.gradient) + 1e-13 * previous.value);
        assert.ok(Math.abs(along(gradient)) <= 0.9 * Math.abs(along(previous.gradient)) * (1 + 1e-9));
      }
      previous = { value, gradient, point };
    }
  }
});

test('values beyond float64 on the way do not stop it', () => {
  const steep: Objective = ([x], gradient) => {
    gradient[0] = Math.exp(x) - 5;
    return Math.exp(x) - 5 * x;
  };
  const { point } = minimize(steep, Float64Array.of(-800), options);
  assert.ok(Math.abs(point[0] - Math.log(5)) < 1e-9);
});

test('an unbounded function and an unreachable tolerance end, and say how', () => {
  const falling: Objective = ([x], gradient) => {
    gradient[0] = -1;
    return -x;
  };
  assert.equal(minimize(falling, Float64Array.of(0), { ...options, maximumIterations: 5 }).reason, 'iterations');
  const { objective } = quadratic(5, 1e6);
  const exact = minimize((x, g) => 1e6 + objective(x, g), new Float64Array(5), { ...options, gradientTolerance: 0 });
  assert.notEqual(exact.reason, 'iterations');
  assert.ok(exact.slope < 1e-5, `${exact.slope}`);
});
