import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadKernels } from '@pgml/kernels';
import { assertCancellable, assertClose, fitAndEvaluate } from '../../../testing/data.js';
import { assertLinearInvariants, coefficientsOf, noisyLine } from '../../../linear/testing/linear-models.js';
import { elasticNet } from './index.js';

const kernels = loadKernels();

test('at the optimum no slope is steeper than the penalty, and it is just as steep where a coefficient is not 0', () => {
  for (const [rows, features] of [
    [200, 8],
    [30, 60],
  ] as const)
    for (const weights of [undefined, Float32Array.from({ length: rows }, (_, row) => row % 4)])
      for (const positive of [false, true]) {
        const { columns, target } = noisyLine(rows, features, features);
        const given = { alpha: 0.3, l1_ratio: 0.6, positive, tol: 1e-12, max_iter: 100_000 };
        const { fitted, answers } = fitAndEvaluate(kernels, elasticNet, { columns, target, weights }, given);
        const coefficients = coefficientsOf(fitted).weights;
        const weightOf = (row: number) => weights?.[row] ?? 1;
        const total = target.reduce((sum, _, row) => sum + weightOf(row), 0);
        const residual = target.map((value, row) => value - answers.scores[row]);
        assert.equal(fitted.details?.converged, true);
        for (const [j, column] of columns.entries()) {
          const slope = column.reduce((sum, value, row) => sum + weightOf(row) * value * residual[row], 0) / total;
          const excess = slope - 0.3 * 0.4 * coefficients[j];
          if (coefficients[j] !== 0)
            assert.ok(Math.abs(excess - 0.3 * 0.6 * Math.sign(coefficients[j])) < 1e-6, `${j}: ${excess}`);
          else assert.ok((positive ? excess : Math.abs(excess)) < 0.3 * 0.6 + 1e-6, `${j}: ${excess}`);
          if (positive) assert.ok(coefficients[j] >= 0);
        }
      }
});

test('threads, order of rows, weights', () => {
  assertLinearInvariants(kernels, elasticNet, { alpha: 0.1, tol: 1e-12 });
  assertLinearInvariants(kernels, elasticNet, { alpha: 0.1, tol: 1e-12, max_iter: 10_000 }, { rows: 20, features: 50 });
});

test('the seed of the training is that of a random order, unless random_state says another', () => {
  const problem = noisyLine(100, 6, 1);
  const fit = (given: object, seed: number) =>
    fitAndEvaluate(kernels, elasticNet, problem, { selection: 'random', tol: 1e-1, ...given }, { seed }).fitted;
  assert.deepEqual(fit({}, 5), fit({ random_state: 5 }, 6));
  assert.notDeepEqual(fit({}, 5), fit({}, 6));
});

test('edges: constant columns, several targets, what cannot converge', () => {
  const constant = fitAndEvaluate(kernels, elasticNet, {
    columns: [
      [3, 3, 3],
      [1, 2, 4],
    ],
    target: [1, 2, 3],
  }).fitted;
  assert.equal(coefficientsOf(constant).weights[0], 0);
  const { columns, target } = noisyLine(50, 4, 2);
  const large = coefficientsOf(fitAndEvaluate(kernels, elasticNet, { columns, target }, { alpha: 1e9 }).fitted);
  assert.deepEqual([...large.weights], [0, 0, 0, 0]);
  assertClose([large.intercept], [target.reduce((sum, value) => sum + value, 0) / 50], 1e-12);
  const hasty = fitAndEvaluate(kernels, elasticNet, { columns, target }, { alpha: 1e-3, max_iter: 1 }).fitted;
  assert.equal(hasty.details?.converged, false);
});

test('a fit can be cancelled wherever it looks', () => {
  assertCancellable(kernels, elasticNet, noisyLine(60, 5, 1));
  assertCancellable(kernels, elasticNet, noisyLine(10, 30, 1), { step: 7 });
});
