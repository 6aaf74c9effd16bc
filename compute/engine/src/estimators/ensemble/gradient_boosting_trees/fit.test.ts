import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadKernels, RandomState } from '@pgml/kernels';
import { FitError } from '../../../estimator.js';
import { assertCancellable, assertClose, fitAndEvaluate, type Problem } from '../../../testing/data.js';
import { gradientBoostingTreesClassification, gradientBoostingTreesRegression } from './index.js';

const kernels = loadKernels();

function problem(rows: number, classes: number): Problem {
  const random = new RandomState(rows + classes);
  const columns = Array.from({ length: 4 }, () => Float32Array.from({ length: rows }, () => random.normal()));
  const score = Array.from(columns[0], (x, row) => x * columns[1][row] + columns[2][row] + 0.1 * random.normal());
  return {
    columns,
    target: classes > 0 ? score.map((s) => Math.min(classes - 1, Math.max(0, Math.round(s + 1)))) : score,
  };
}

const meanOf = (numbers: ArrayLike<number>) => Array.from(numbers).reduce((sum, x) => sum + x, 0) / numbers.length;

test('each loss becomes smaller with more rounds', () => {
  const given = problem(300, 0);
  const target = Float32Array.from(given.target!);
  const losses: Record<string, (error: number) => number> = {
    squared_error: (error) => error * error,
    absolute_error: Math.abs,
    huber: (error) => Math.min(error * error, Math.abs(error)),
    quantile: (error) => (error > 0 ? 0.8 : -0.2) * error,
  };
  for (const [loss, lossOf] of Object.entries(losses)) {
    const means = [1, 10, 60].map((n_estimators) => {
      const parameters = { loss, n_estimators, alpha: 0.8, learning_rate: 0.3 };
      const { predictions } = fitAndEvaluate(kernels, gradientBoostingTreesRegression, given, parameters).answers;
      return meanOf(target.map((value, row) => lossOf(value - predictions[row])));
    });
    assert.ok(means[2] < 0.5 * means[1] && means[1] < means[0], `${loss}: ${means.join(' ')}`);
  }
});

test('quantiles of the training rows are met', () => {
  const given = problem(500, 0);
  for (const alpha of [0.1, 0.5, 0.9]) {
    const parameters = { loss: 'quantile', alpha, n_estimators: 40 };
    const { predictions } = fitAndEvaluate(kernels, gradientBoostingTreesRegression, given, parameters).answers;
    const below = Array.from(given.target!).filter((value, row) => value <= predictions[row]).length / 500;
    assert.ok(Math.abs(below - alpha) < 0.06, `${below} below the quantile ${alpha}`);
  }
});

test('classes are learned, with probabilities that sum to 1', () => {
  for (const [classes, loss] of [
    [2, 'log_loss'],
    [2, 'exponential'],
    [4, 'log_loss'],
  ] as const) {
    const given = problem(300, classes);
    const { answers } = fitAndEvaluate(kernels, gradientBoostingTreesClassification, given, { loss });
    const right = Array.from(given.target!).filter((label, row) => answers.predictions[row] === label).length;
    assert.ok(right > 285, `${right} of 300 with ${classes} classes`);
    for (let row = 0; row < 300; row++)
      assertClose(
        [answers.probabilities.subarray(classes * row, classes * (row + 1)).reduce((a, b) => a + b)],
        [1],
        1e-6,
      );
  }
});

test('without a learning rate the answer is where scores begin', () => {
  const given = problem(101, 0);
  const sorted = Float64Array.from(Float32Array.from(given.target!)).sort();
  for (const [parameters, expected] of [
    [{}, meanOf(sorted)],
    [{ loss: 'absolute_error' }, sorted[50]],
    [{ loss: 'quantile', alpha: 0.25 }, sorted[25]],
    [{ init: 'zero' }, 0],
  ] as const) {
    const rounds = { n_estimators: 2, learning_rate: 0, ...parameters };
    const { answers } = fitAndEvaluate(kernels, gradientBoostingTreesRegression, given, rounds);
    assertClose([answers.scores[7]], [expected], 1e-12);
  }
});

test('boosting ends when rows set aside are met no better', () => {
  const given = problem(300, 3);
  const parameters = { n_estimators: 300, learning_rate: 0.5, n_iter_no_change: 3 };
  const { fitted } = fitAndEvaluate(kernels, gradientBoostingTreesClassification, given, parameters);
  assert.ok((fitted.details!.rounds as number) < 60, `${fitted.details!.rounds as number} rounds`);
});

test('a fit can be cancelled wherever it looks', () => {
  const hyperparameters = { n_estimators: 3, subsample: 0.7, n_iter_no_change: 3 };
  assertCancellable(kernels, gradientBoostingTreesClassification, problem(60, 3), { hyperparameters, least: 3 });
});

test('what cannot be is said so', () => {
  const weights = Float32Array.from(problem(40, 2).target!, (label) => 1 - label);
  for (const [given, parameters, message] of [
    [problem(40, 3), { loss: 'exponential' }, /is for two classes, but the target has 3/],
    [{ ...problem(40, 2), weights }, {}, /all rows but those of one class have the weight 0/],
    [problem(40, 2), { n_iter_no_change: 2, validation_fraction: 1 }, /validation_fraction must lie between 0 and 1/],
  ] as const)
    assert.throws(
      () => fitAndEvaluate(kernels, gradientBoostingTreesClassification, given, parameters),
      (error) => error instanceof FitError && message.test(error.message),
    );
  assert.throws(
    () => fitAndEvaluate(kernels, gradientBoostingTreesRegression, problem(40, 0), { loss: 'huber', alpha: 1 }),
    /alpha must lie between 0 and 1, but 1 was given/,
  );
});
