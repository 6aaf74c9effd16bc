import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadKernels } from '@pgml/kernels';
import { FitError } from '../../../estimator.js';
import { assertCancellable, assertClose, backwardsTeam, fitAndEvaluate } from '../../../testing/data.js';
import { assertLinearInvariants, coefficientsOf, noisyLine } from '../../../linear/testing/linear-models.js';
import { ridgeClassification, ridgeRegression } from './index.js';

const kernels = loadKernels();

test('at the optimum the slope of the summed squared errors is that of the penalty; more rows or more features', () => {
  for (const [rows, features] of [
    [200, 8],
    [30, 60],
    [300, 150],
  ] as const)
    for (const weights of [undefined, Float32Array.from({ length: rows }, (_, row) => row % 4)])
      for (const positive of [false, true]) {
        const { columns, target } = noisyLine(rows, features, features);
        const given = { alpha: 1.5, positive };
        const { fitted, answers } = fitAndEvaluate(kernels, ridgeRegression, { columns, target, weights }, given);
        const { weights: coefficients } = coefficientsOf(fitted);
        const residual = Array.from(target, (y, row) => (weights?.[row] ?? 1) * (y - answers.scores[row]));
        assert.ok(Math.abs(residual.reduce((sum, r) => sum + r)) < 1e-8);
        for (const [j, column] of columns.entries()) {
          const slope = column.reduce((sum, x, row) => sum + x * residual[row], 0) - 1.5 * coefficients[j];
          assert.ok((coefficients[j] === 0 && positive ? slope : Math.abs(slope)) < 1e-8, `${j}: ${slope}`);
          if (positive) assert.ok(coefficients[j] >= 0);
        }
      }
});

test('threads, order of rows, weights', () => {
  assertLinearInvariants(kernels, ridgeRegression, {});
  assertLinearInvariants(kernels, ridgeRegression, { alpha: 0.1 }, { rows: 20, features: 50 });
  const { columns, target } = noisyLine(300, 200, 1);
  const classes = target.map((value) => (value > 8 ? 2 : value > 4 ? 1 : 0));
  const fit = (options = {}) =>
    fitAndEvaluate(kernels, ridgeClassification, { columns, target: classes }, {}, options).fitted;
  assert.deepEqual(fit({ team: backwardsTeam(kernels) }), fit());
});

test('several targets by one fit are those of a fit for each, with a penalty for each', () => {
  const one = noisyLine(100, 5, 1);
  const other = noisyLine(100, 5, 2).target;
  const alpha = [0.5, 20];
  const both = fitAndEvaluate(kernels, ridgeRegression, { ...one, target: [...one.target, ...other] }, { alpha });
  const [weights, intercepts] = both.fitted.block.words as [Float64Array, Float64Array];
  assert.equal(both.fitted.block.decision, 'vector');
  for (const [index, target] of [one.target, other].entries()) {
    const alone = fitAndEvaluate(kernels, ridgeRegression, { ...one, target }, { alpha: alpha[index] }).fitted;
    assertClose(weights.subarray(5 * index, 5 * index + 5), coefficientsOf(alone).weights, 1e-12);
    assertClose([intercepts[index]], [coefficientsOf(alone).intercept], 1e-12);
  }
});

test('dependent columns: with next to no penalty, or none, the shortest of the best', () => {
  const { columns } = noisyLine(50, 2, 3);
  const twice = [columns[0], columns[1], columns[0]];
  const target = columns[0].map((x, row) => 2 * x + columns[1][row]);
  for (const alpha of [0, 1e-12])
    assertClose(
      coefficientsOf(fitAndEvaluate(kernels, ridgeRegression, { columns: twice, target }, { alpha }).fitted).weights,
      [1, 1, 1],
      1e-6,
    );
  const constant = fitAndEvaluate(kernels, ridgeRegression, { columns: [[3, 3, 3]], target: [1, 2, 6] }, { alpha: 0 });
  assert.deepEqual(coefficientsOf(constant.fitted), { weights: Float64Array.of(0), intercept: 3 });
});

test('what does not go together is refused', () => {
  const { columns, target } = noisyLine(20, 2, 1);
  for (const [given, message] of [
    [{ solver: 'lbfgs' }, /positive coefficients only/],
    [{ solver: 'svd', positive: true }, /does not support positive/],
    [{ alpha: [1, 2] }, /2 values, but there is 1 target/],
  ] as const)
    assert.throws(
      () => fitAndEvaluate(kernels, ridgeRegression, { columns, target }, given),
      (error) => error instanceof FitError && message.test(error.message),
    );
});

test('a fit can be cancelled wherever it looks', () => {
  for (const [rows, features] of [
    [60, 4],
    [10, 20],
  ]) {
    const { columns, target } = noisyLine(rows, features, 1);
    assertCancellable(kernels, ridgeRegression, { columns, target });
    assertCancellable(kernels, ridgeRegression, { columns, target }, { hyperparameters: { alpha: 0 } });
    const classes = target.map((value) => (value > 4 ? 1 : 0));
    assertCancellable(kernels, ridgeClassification, { columns, target: classes });
  }
});
