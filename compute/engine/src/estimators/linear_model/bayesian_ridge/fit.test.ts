import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadKernels } from '@pgml/kernels';
import { assertCancellable, assertClose, backwardsTeam, fitAndEvaluate } from '../../../testing/data.js';
import { coefficientsOf, noisyLine } from '../../../linear/testing/linear-models.js';
import { ridgeRegression } from '../ridge/index.js';
import { bayesianRidge } from './index.js';

const kernels = loadKernels();

test('the coefficients are those of ridge regression with the penalty that was learned', () => {
  for (const [rows, features] of [
    [200, 6],
    [20, 40],
  ] as const)
    for (const weights of [undefined, Float32Array.from({ length: rows }, (_, row) => 1 + (row % 3))]) {
      const problem = { ...noisyLine(rows, features, features), weights };
      const { fitted } = fitAndEvaluate(kernels, bayesianRidge, problem);
      const { alpha, lambda } = fitted.details as { alpha: number; lambda: number };
      const ridge = fitAndEvaluate(kernels, ridgeRegression, problem, { alpha: lambda / alpha }).fitted;
      assertClose(coefficientsOf(fitted).weights, coefficientsOf(ridge).weights, 1e-10);
      assertClose([coefficientsOf(fitted).intercept], [coefficientsOf(ridge).intercept], 1e-10);
    }
});

test('the noise is found; no precisions near those that were learned are more likely', () => {
  const problem = noisyLine(2000, 6, 1);
  const { fitted } = fitAndEvaluate(kernels, bayesianRidge, problem, { tol: 1e-12, compute_score: true });
  const { alpha, lambda, scores } = fitted.details as { alpha: number; lambda: number; scores: number[] };
  assert.ok(Math.abs(alpha - 1) < 0.1, `${alpha}`);
  for (const [alpha_init, lambda_init] of [
    [alpha * 1.1, lambda],
    [alpha / 1.1, lambda],
    [alpha, lambda * 2],
    [alpha, lambda / 2],
  ]) {
    const given = { alpha_init, lambda_init, n_iter: 1, compute_score: true };
    const other = fitAndEvaluate(kernels, bayesianRidge, problem, given).fitted.details as { scores: number[] };
    assert.ok(other.scores[0] < scores.at(-1)!);
  }
});

test('same bytes whatever the threads', () => {
  const problem = noisyLine(20_000, 4, 1);
  const fit = (options = {}) => fitAndEvaluate(kernels, bayesianRidge, problem, {}, options).fitted;
  assert.deepEqual(fit({ team: backwardsTeam(kernels) }), fit());
});

test('edges: a constant target, constant features, a perfect fit', () => {
  const { columns } = noisyLine(30, 3, 1);
  const fit = (target: ArrayLike<number>, features: ArrayLike<number>[] = columns) =>
    coefficientsOf(fitAndEvaluate(kernels, bayesianRidge, { columns: features, target }).fitted);
  assert.deepEqual(fit(new Float32Array(30).fill(5)), { weights: new Float64Array(3), intercept: 5 });
  assert.deepEqual(fit([1, 2, 6], [[7, 7, 7]]), { weights: new Float64Array(1), intercept: 3 });
  assertClose(fit(columns[0]).weights, [1, 0, 0], 1e-6);
});

test('a fit can be cancelled wherever it looks', () => {
  assertCancellable(kernels, bayesianRidge, noisyLine(60, 4, 1), { least: 4 });
  assertCancellable(kernels, bayesianRidge, noisyLine(10, 20, 1), { least: 4 });
});
