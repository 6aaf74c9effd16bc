import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadKernels, RandomState } from '@pgml/kernels';
import { FitError } from '../../../estimator.js';
import { assertCancellable, assertClose, backwardsTeam, fitAndEvaluate, type Problem } from '../../../testing/data.js';
import { stochasticGradientDescentClassification, stochasticGradientDescentRegression } from './index.js';

const kernels = loadKernels();

/** y = 1 + 2 a - b + noise, and classes by y. */
function randomProblem(rows: number, classes = 0): { columns: Float32Array[]; target: number[] } {
  const random = new RandomState(5);
  const columns = [0, 1, 2].map(() => Float32Array.from({ length: rows }, () => random.normal()));
  const values = Array.from(columns[0], (a, row) => 1 + 2 * a - columns[1][row] + 0.1 * random.normal());
  const target = classes === 0 ? values : values.map((y) => Math.max(0, Math.min(classes - 1, Math.floor(y))));
  return { columns, target };
}

function regression(problem: Problem, hyperparameters: object = {}) {
  const { fitted, answers } = fitAndEvaluate(kernels, stochasticGradientDescentRegression, problem, hyperparameters);
  const [weights, intercepts] = fitted.block.words as [Float64Array, Float64Array];
  return { weights, intercepts, fitted, answers };
}

test('many passes end near the least squares', () => {
  const { weights, intercepts } = regression(randomProblem(5000), { alpha: 0 });
  assertClose(weights, [2, -1, 0], 0.02);
  assertClose(intercepts, [1], 0.02);
});

test('constant steps without a penalty, by hand', () => {
  const rows = { columns: [[1, 2]], target: [1, 3] };
  const { weights, intercepts } = regression(rows, {
    ...{ shuffle: false, max_iter: 1, tol: null, learning_rate: 'constant', eta0: 0.1, penalty: null },
  });
  // Row 1: 0.1 * 1. Row 2 is then 0.3 and misses 2.7.
  assertClose(weights, [0.1 + 0.1 * 2.7 * 2], 1e-14);
  assertClose(intercepts, [0.1 + 0.1 * 2.7], 1e-14);
});

test('many classes, also on several threads; rows that count nothing change nothing', () => {
  const problem = randomProblem(300, 11);
  const fit = (given: Problem, options = {}) =>
    fitAndEvaluate(kernels, stochasticGradientDescentClassification, given, { shuffle: false, max_iter: 9 }, options);
  const { fitted } = fit(problem);
  assert.deepEqual(fit(problem, { team: backwardsTeam(kernels) }).fitted, fitted);
  const weights = problem.target.map((_, row) => Number(row % 4 > 0));
  const weighted = fit({ ...problem, weights }).fitted;
  // Left out, their steps are missing from the count of steps: so only a constant rate gives the same.
  const constant = { shuffle: false, max_iter: 3, tol: null, penalty: null, learning_rate: 'constant', eta0: 0.1 };
  const kept = [...weights.keys()].filter((row) => weights[row] === 1);
  const some = {
    columns: problem.columns.map((column) => kept.map((row) => column[row])),
    target: kept.map((row) => problem.target[row]),
  };
  const model = (given: Problem) =>
    fitAndEvaluate(kernels, stochasticGradientDescentClassification, given, constant).fitted.block.words[0];
  assert.deepEqual(model({ ...problem, weights }), model(some));
  assert.notDeepEqual(weighted.block.words, fitted.block.words);
});

test('decisions follow the loss', () => {
  const decisionOf = (loss: string, classes: number) =>
    fitAndEvaluate(kernels, stochasticGradientDescentClassification, randomProblem(60, classes), { loss, max_iter: 1 })
      .fitted.block.decision;
  const decisions = ['hinge', 'log', 'modified_huber'].map((loss) => [decisionOf(loss, 2), decisionOf(loss, 3)]);
  assert.deepEqual(decisions, [
    ['sign', 'largest'],
    ['logistic', 'oneVersusRest'],
    ['clipped', 'clipped'],
  ]);
});

test('what cannot be fitted is said', () => {
  const problem = randomProblem(20, 2);
  const refused = (hyperparameters: object, message: RegExp, given: Problem = problem) =>
    assert.throws(
      () => fitAndEvaluate(kernels, stochasticGradientDescentClassification, given, hyperparameters),
      (error) => error instanceof FitError && message.test(error.message),
    );
  refused({ learning_rate: 'constant' }, /eta0 must be greater than 0/);
  refused({ alpha: 0 }, /alpha must be greater than 0/);
  refused({ early_stopping: true, validation_fraction: 1 }, /20 would be set aside/);
  refused({ early_stopping: true, validation_fraction: 0.01 }, /cannot hold all of 2 classes/);
  refused({ early_stopping: true }, /single row/, { ...problem, target: problem.target.map((_, row) => Number(!row)) });
  const weights = problem.target.map((_, row) => Number(row === 0));
  refused({ early_stopping: true, random_state: 3 }, /all have the weight 0/, { ...problem, weights });
  assert.throws(
    () => regression({ columns: [[1e30, -1e30, 1e20]], target: [1, 2, 3] }, { eta0: 1e300 }),
    (error) => error instanceof FitError && /too large in pass/.test(error.message),
  );
});

test('a fit can be cancelled wherever it looks', () => {
  const hyperparameters = { max_iter: 3 };
  assertCancellable(kernels, stochasticGradientDescentRegression, randomProblem(100), { hyperparameters, least: 3 });
  const many = randomProblem(100, 3);
  assertCancellable(kernels, stochasticGradientDescentClassification, many, { hyperparameters, least: 3 });
});
