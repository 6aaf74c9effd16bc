import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadKernels, RandomState } from '@pgml/kernels';
import { FitError } from '../../../estimator.js';
import { assertCancellable, assertClose, fitAndEvaluate } from '../../../testing/data.js';
import { assertLinearInvariants, coefficientsOf, noisyLine } from '../../../linear/testing/linear-models.js';
import { quantile } from './index.js';

const kernels = loadKernels();

test('no small step in any direction lowers the objective, written down anew', () => {
  for (const [rows, features] of [
    [60, 3],
    [25, 40],
  ] as const)
    for (const given of [
      { quantile: 0.5, alpha: 0.02 },
      { quantile: 0.9, alpha: 0.2 },
      { quantile: 0.1, alpha: 0.05, fit_intercept: false },
    ]) {
      const { columns, target } = noisyLine(rows, features, 3);
      const { fitted } = fitAndEvaluate(kernels, quantile, { columns, target }, given);
      const { weights, intercept } = coefficientsOf(fitted);
      const objective = (coefficients: ArrayLike<number>, constant: number) => {
        const share = given.quantile;
        const loss = target.reduce((sum, value, row) => {
          const residual = columns.reduce((left, column, j) => left - coefficients[j] * column[row], value - constant);
          return sum + (residual > 0 ? share * residual : (share - 1) * residual);
        }, 0);
        return loss / rows + given.alpha * Array.from(coefficients).reduce((sum, value) => sum + Math.abs(value), 0);
      };
      const best = objective(weights, intercept);
      assertClose([fitted.details?.objective as number], [best], 1e-9);
      assert.equal(fitted.details?.corner, true);
      const random = new RandomState(1);
      for (let trial = 0; trial < 300; trial++) {
        const size = 10 ** -random.integer(0, 6);
        const moved = weights.map((value) => value + (random.double() < 0.3 ? size * random.normal() : 0));
        const constant = given.fit_intercept === false ? 0 : intercept + size * random.normal();
        assert.ok(objective(moved, constant) >= best - 1e-9, `${trial}`);
      }
    }
});

test('without features that matter, the quantiles of the target', () => {
  const target = [5, 1, 4, 2, 3, 9, 8];
  const column = target.map(() => 1);
  for (const [share, expected] of [
    [0.5, 4],
    [0.1, 1],
    [0.9, 9],
  ] as const) {
    const { fitted } = fitAndEvaluate(kernels, quantile, { columns: [column], target }, { quantile: share });
    assertClose([coefficientsOf(fitted).intercept], [expected], 1e-9);
  }
});

test('a share of the targets lies below', () => {
  const { columns, target } = noisyLine(2000, 5, 6);
  for (const share of [0.05, 0.3, 0.8]) {
    const { answers } = fitAndEvaluate(kernels, quantile, { columns, target }, { quantile: share, alpha: 0 });
    const below = target.filter((value, row) => value < answers.scores[row] - 1e-9).length;
    const met = target.filter((value, row) => Math.abs(value - answers.scores[row]) <= 1e-5).length;
    assert.ok(below <= share * 2000 && share * 2000 <= below + met, `${share}: ${below} + ${met}`);
  }
});

test('threads, order of rows, weights', () => {
  assertLinearInvariants(kernels, quantile, { alpha: 0.01, quantile: 0.3 });
});

test('edges: constant targets, one row, met exactly, dependent columns, units, the quantile 1', () => {
  const fit = (columns: number[][], target: number[], given = {}) =>
    coefficientsOf(fitAndEvaluate(kernels, quantile, { columns, target }, given).fitted);
  assertClose([fit([[1, 2, 3]], [5, 5, 5]).intercept], [5], 1e-9);
  assertClose([fit([[1]], [4]).intercept], [4], 1e-9);
  const exact = fit([[1, 2, 3, 4]], [3, 5, 7, 9], { alpha: 0 });
  assertClose([...exact.weights, exact.intercept], [2, 1], 1e-9);
  const twice = fit(
    [
      [1, 2, 3, 4],
      [1, 2, 3, 4],
    ],
    [3, 5, 7, 9],
    { alpha: 0 },
  );
  assertClose([twice.weights[0] + twice.weights[1]], [2], 1e-8);
  const large = fit([[1e15, 2e15, 3e15, 5e15]], [3e20, 5e20, 7e20, 11e20], { alpha: 0 });
  assertClose(large.weights, [2e5], 1e-6);
  assert.throws(() => fit([[1, 2]], [1, 2], { quantile: 1 }), FitError);
});

test('a fit can be cancelled wherever it looks', () => {
  assertCancellable(kernels, quantile, noisyLine(40, 3, 1), { hyperparameters: { alpha: 0.01 }, step: 3 });
});
