import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadKernels } from '@pgml/kernels';
import { assertCancellable, assertClose, fitAndEvaluate } from '../../../testing/data.js';
import { assertLinearInvariants, coefficientsOf, noisyLine } from '../../../linear/testing/linear-models.js';
import { huber } from './index.js';

const kernels = loadKernels();

/** One row in ten is off by much. */
function withOutliers(rows: number, features: number, seed: number) {
  const { columns, target } = noisyLine(rows, features, seed);
  return { columns, target: target.map((value, row) => (row % 10 === 0 ? value + 100 : value)) };
}

test('the slopes of the loss, written down anew, are 0, that by the scale too', () => {
  for (const [epsilon, alpha] of [
    [1.35, 1e-4],
    [1.05, 3],
    [4, 0],
  ] as const) {
    const { columns, target } = withOutliers(300, 4, 7);
    const { fitted, answers } = fitAndEvaluate(kernels, huber, { columns, target }, { epsilon, alpha });
    const { weights } = coefficientsOf(fitted);
    const { scale, outliers, converged } = fitted.details as { scale: number; outliers: number; converged: boolean };
    assert.equal(converged, true);
    const ratio = Array.from(target, (value, row) => (value - answers.scores[row]) / scale);
    assert.equal(outliers, ratio.filter((value) => Math.abs(value) > epsilon).length);
    const bounded = ratio.map((value) => Math.max(-epsilon, Math.min(epsilon, value)));
    for (const [j, column] of [...columns, target.map(() => 1)].entries()) {
      const penalty = j < columns.length ? 2 * alpha * weights[j] : 0;
      const slope = column.reduce((sum, value, row) => sum - 2 * bounded[row] * value, penalty);
      assert.ok(Math.abs(slope) < 1e-5, `${j}: ${slope}`);
    }
    const byScale = bounded.reduce((sum, value) => sum + 1 - value * value, 0);
    assert.ok(Math.abs(byScale) < 1e-5, `scale: ${byScale}`);
  }
});

test('outliers do not matter much', () => {
  const clean = coefficientsOf(fitAndEvaluate(kernels, huber, noisyLine(2000, 3, 5)).fitted);
  const dirty = fitAndEvaluate(kernels, huber, withOutliers(2000, 3, 5)).fitted;
  assertClose(coefficientsOf(dirty).weights, clean.weights, 0.05);
  assert.ok((dirty.details?.outliers as number) >= 200);
});

test('threads, order of rows, weights', () => {
  assertLinearInvariants(kernels, huber, {}, { tolerance: 1e-6 });
});

test('edges: a target that is constant, one row, targets that are met exactly, far from 0', () => {
  const fit = (columns: number[][], target: number[], given = {}) =>
    coefficientsOf(fitAndEvaluate(kernels, huber, { columns, target }, given).fitted);
  assert.deepEqual(fit([[1, 2, 3]], [5, 5, 5]), { weights: Float64Array.of(0), intercept: 5 });
  assert.deepEqual(fit([[1]], [4]), { weights: Float64Array.of(0), intercept: 4 });
  const exact = fit([[1, 2, 3, 4]], [3, 5, 7, 9], { alpha: 0, max_iter: 1000 });
  assertClose([...exact.weights, exact.intercept], [2, 1], 1e-4);
  const { columns, target } = withOutliers(200, 2, 1);
  const near = coefficientsOf(fitAndEvaluate(kernels, huber, { columns, target }).fitted);
  const shifted = { columns, target: target.map((value) => value + 4096) };
  const far = coefficientsOf(fitAndEvaluate(kernels, huber, shifted).fitted);
  assertClose(far.weights, near.weights, 1e-4);
  assert.deepEqual([...fit([[0, 0, 0]], [1, 2, 4], { fit_intercept: false }).weights], [0]);
});

test('a fit can be cancelled wherever it looks', () => {
  assertCancellable(kernels, huber, withOutliers(100, 3, 1));
});
