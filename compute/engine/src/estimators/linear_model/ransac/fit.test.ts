import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadKernels, RandomState } from '@pgml/kernels';
import { FitError } from '../../../estimator.js';
import { assertCancellable, assertClose, backwardsTeam, fitAndEvaluate, type Problem } from '../../../testing/data.js';
import { linearRegression } from '../linear/index.js';
import { ransac } from './index.js';

const kernels = loadKernels();

/** A plane with a little noise; every third row lies far above it. */
function planeWithOutliers(rows: number) {
  const random = new RandomState(3);
  const columns = [0, 1].map(() => Float32Array.from({ length: rows }, () => random.normal()));
  const target = Array.from(columns[0], (a, row) =>
    Math.fround(5 + a - 3 * columns[1][row] + 0.01 * random.normal() + (row % 3 === 0 ? 40 + 9 * a : 0)),
  );
  return { columns, target };
}

const modelOf = (problem: Problem, hyperparameters: object = {}, options = {}) => {
  const { fitted } = fitAndEvaluate(kernels, ransac, problem, { residual_threshold: 1, ...hyperparameters }, options);
  const [weights, intercepts] = fitted.block.words as [Float64Array, Float64Array];
  return { weights, intercepts, fitted };
};

test('outliers are left out: what remains is the least squares of the others', () => {
  const problem = planeWithOutliers(600);
  const kept = [...problem.target.keys()].filter((row) => row % 3 !== 0);
  const clean = {
    columns: problem.columns.map((column) => kept.map((row) => column[row])),
    target: kept.map((row) => problem.target[row]),
  };
  const expected = fitAndEvaluate(kernels, linearRegression, clean).fitted.block.words as [Float64Array, Float64Array];
  const { weights, intercepts, fitted } = modelOf(problem);
  assert.equal(fitted.details?.inliers, 400);
  assertClose(weights, expected[0], 1e-12);
  assertClose(intercepts, expected[1], 1e-12);
  assert.deepEqual(modelOf(problem, {}, { team: backwardsTeam(kernels) }).fitted, fitted);
  assertCancellable(kernels, ransac, problem, { hyperparameters: { residual_threshold: 1 }, least: 3 });
});

test('weights of 0 in the last fit', () => {
  const problem = planeWithOutliers(300);
  const weights = problem.target.map((_, row) => Number(row < 150 || row % 3 === 0));
  // Rows that count nothing may be inliers, and still change nothing.
  const first = modelOf({ ...problem, weights }, { min_samples: 20, stop_probability: 1 });
  const target = problem.target.map((y, row) => (weights[row] ? y : y + 0.2));
  const second = modelOf({ ...problem, target, weights }, { min_samples: 20, stop_probability: 1 });
  assertClose(second.weights, first.weights, 1e-12);
});

test('what cannot be fitted is said', () => {
  const problem = planeWithOutliers(30);
  const refused = (hyperparameters: object, message: RegExp, given: Problem = problem) =>
    assert.throws(
      () => modelOf(given, hyperparameters),
      (error) => error instanceof FitError && message.test(error.message),
    );
  refused({ min_samples: 31 }, /needs 31 rows, but there are only 30/);
  refused({}, /needs 3 rows/, {
    columns: [
      [1, 2],
      [1, 3],
    ],
    target: [1, 2],
  });
  refused({ max_trials: 0 }, /no trial of 0/);
});
