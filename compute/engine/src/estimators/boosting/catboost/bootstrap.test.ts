import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadKernels, RandomState } from '@pgml/kernels';
import { type BootstrapRule, drawBootstrap } from './bootstrap.js';

const ROWS = 20_000;
const kernels = loadKernels();
const placed = (rows: number): Float64Array => kernels.f64(kernels.allocate(8 * rows), rows);
const sizes = Float64Array.from({ length: ROWS }, (_, row) => (row % 10 === 0 ? 50 : (row % 7) + 0.5));
const draw = (rule: Partial<BootstrapRule>) => {
  const factors = placed(ROWS);
  const usual: BootstrapRule = { type: 'MVS', temperature: 1, subsample: 0.4, regularization: null };
  drawBootstrap(factors, { ...usual, ...rule }, new RandomState(1), (row) => sizes[row], kernels);
  return factors.slice();
};
const mean = (values: Float64Array): number => values.reduce((a, b) => a + b) / values.length;

test('minimal variance sampling: as many rows as wanted, large gradients for certain, sums as they were', () => {
  for (const subsample of [0.05, 0.4, 0.9])
    for (const regularization of [null, 0, 3]) {
      const factors = draw({ subsample, regularization });
      assert.ok(Math.abs(mean(factors.map((factor) => Number(factor > 0))) - subsample) < 0.02);
      assert.ok(Math.abs(mean(factors) - 1) < 0.05);
      const weighed = mean(factors.map((factor, row) => factor * sizes[row]));
      assert.ok(Math.abs(weighed / mean(sizes) - 1) < 0.05);
      if (subsample > 0.3) for (let row = 0; row < ROWS; row += 10) assert.equal(factors[row], 1);
    }
});

test('no gradients, or all rows: all count alike', () => {
  assert.ok(draw({ subsample: 1 }).every((factor) => factor === 1));
  const factors = placed(50);
  const rule: BootstrapRule = { type: 'MVS', temperature: 1, subsample: 0.5, regularization: null };
  drawBootstrap(factors, rule, new RandomState(1), () => 0, kernels);
  assert.ok(factors.every((factor) => factor === 1));
});

test('Bernoulli draws its part, Bayesian weights have the mean of their distribution', () => {
  assert.ok(Math.abs(mean(draw({ type: 'Bernoulli' })) - 0.4) < 0.02);
  assert.ok(Math.abs(mean(draw({ type: 'Bayesian' })) - 1) < 0.05);
  // The mean of an exponential deviate's square root is sqrt(pi) / 2, of its square 2.
  assert.ok(Math.abs(mean(draw({ type: 'Bayesian', temperature: 0.5 })) - Math.sqrt(Math.PI) / 2) < 0.02);
  assert.ok(Math.abs(mean(draw({ type: 'Bayesian', temperature: 2 })) - 2) < 0.15);
  assert.ok(draw({ type: 'Bayesian', temperature: 0 }).every((factor) => factor === 1));
});
