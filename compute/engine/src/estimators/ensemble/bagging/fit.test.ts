import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadKernels, RandomState } from '@pgml/kernels';
import { FitError } from '../../../estimator.js';
import { assertCancellable, fitAndEvaluate, type Problem } from '../../../testing/data.js';
import { baggingClassification, baggingRegression } from './index.js';

const kernels = loadKernels();

function problem(rows: number, classes: number): Problem {
  const random = new RandomState(rows);
  const columns = Array.from({ length: 4 }, () => Float32Array.from({ length: rows }, () => random.normal()));
  const score = Array.from(columns[0], (x, row) => x + columns[1][row]);
  return { columns, target: classes > 0 ? score.map((value) => Number(value > 0)) : score };
}

test('without random rows and features every tree answers the training targets', () => {
  const given = problem(120, 0);
  const { answers } = fitAndEvaluate(kernels, baggingRegression, given, { bootstrap: false, n_estimators: 3 });
  assert.deepEqual([...answers.predictions], [...Float32Array.from(given.target!)]);
});

test('a mean of trees errs less than one of them', () => {
  const given = problem(400, 0);
  const held = Float32Array.from({ length: 400 }, (_, row) => Number(row % 2 === 0));
  const errorOf = (n_estimators: number) => {
    const { answers } = fitAndEvaluate(kernels, baggingRegression, { ...given, weights: held }, { n_estimators });
    return Array.from(given.target!).reduce(
      (sum, value, row) => sum + (row % 2 === 1 ? (value - answers.predictions[row]) ** 2 : 0),
      0,
    );
  };
  assert.ok(errorOf(30) < 0.7 * errorOf(1), `${errorOf(30)} ${errorOf(1)}`);
});

test('a fit can be cancelled wherever it looks', () => {
  const hyperparameters = { n_estimators: 3, oob_score: true };
  assertCancellable(kernels, baggingClassification, problem(60, 2), { hyperparameters, least: 6 });
});

test('what cannot be is said so', () => {
  for (const [parameters, message] of [
    [{ bootstrap: false, oob_score: true }, /oob_score needs rows that trees have not seen/],
    [{ max_samples: 31 }, /max_samples is 31, but there are 30 rows to train on/],
    [{ max_features: 5 }, /max_features is 5, but there are 4 features/],
  ] as const)
    assert.throws(
      () => fitAndEvaluate(kernels, baggingRegression, problem(30, 0), parameters),
      (error) => error instanceof FitError && message.test(error.message),
    );
  assert.throws(
    () => fitAndEvaluate(kernels, baggingRegression, problem(30, 0), { estimator: 'svm' }),
    /"estimator" of bagging must be "decision_tree", or null/,
  );
});
