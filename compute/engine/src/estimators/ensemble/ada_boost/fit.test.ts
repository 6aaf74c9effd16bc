import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadKernels, RandomState } from '@pgml/kernels';
import { FitError } from '../../../estimator.js';
import { assertCancellable, fitAndEvaluate, type Problem } from '../../../testing/data.js';
import { adaBoostClassification, adaBoostRegression } from './index.js';

const kernels = loadKernels();

function problem(rows: number, classes: number): Problem {
  const random = new RandomState(rows + classes);
  const columns = Array.from({ length: 4 }, () => Float32Array.from({ length: rows }, () => random.normal()));
  const score = Array.from(columns[0], (x, row) => x + columns[1][row]);
  return {
    columns,
    target: classes > 0 ? score.map((s) => Math.min(classes - 1, Math.max(0, Math.round(s + 1)))) : score,
  };
}

test('more stumps make fewer errors, though each splits once', () => {
  for (const algorithm of ['SAMME', 'SAMME.R'])
    for (const classes of [2, 3]) {
      const given = problem(400, classes);
      const errors = [1, 10, 100].map((n_estimators) => {
        const { answers } = fitAndEvaluate(kernels, adaBoostClassification, given, { algorithm, n_estimators });
        return Array.from(given.target!).filter((label, row) => answers.predictions[row] !== label).length;
      });
      assert.ok(errors[2] < errors[1] && errors[1] < errors[0], `${algorithm} ${classes}: ${errors.join(' ')}`);
    }
});

test('a class that a stump tells apart needs no second one', () => {
  const given = { columns: [[1, 2, 3, 4]], target: [0, 0, 1, 1] };
  for (const algorithm of ['SAMME', 'SAMME.R']) {
    const { fitted, answers } = fitAndEvaluate(kernels, adaBoostClassification, given, { algorithm });
    assert.equal(fitted.details!.trees, 1);
    assert.deepEqual([...answers.predictions], given.target);
  }
});

test('regression answers what one of its trees answers, within the targets', () => {
  const given = problem(200, 0);
  const { answers, fitted } = fitAndEvaluate(kernels, adaBoostRegression, given, { n_estimators: 9 });
  const trees = fitted.details!.trees as number;
  answers.predictions.forEach((prediction, row) => {
    const own = answers.scores.subarray(row * trees, (row + 1) * trees);
    assert.ok(own.some((score) => Math.fround(score) === prediction));
  });
  const error = Array.from(given.target!).reduce((sum, y, row) => sum + (y - answers.predictions[row]) ** 2, 0) / 200;
  assert.ok(error < 0.4, `${error}`);
});

test('rows that count nothing change nothing', () => {
  const given = problem(80, 2);
  const weights = Float32Array.from({ length: 80 }, (_, row) => Number(row < 60));
  const changed = given.columns.map((column) => Float32Array.from(column, (x, row) => (row < 60 ? x : -5 * x)));
  const one = fitAndEvaluate(kernels, adaBoostClassification, { ...given, weights }, { n_estimators: 5 });
  const other = fitAndEvaluate(
    kernels,
    adaBoostClassification,
    { ...given, columns: changed, weights },
    { n_estimators: 5 },
  );
  assert.deepEqual(one.answers.scores.subarray(0, 60), other.answers.scores.subarray(0, 60));
});

test('a fit can be cancelled wherever it looks', () => {
  for (const [estimator, classes] of [
    [adaBoostClassification, 2],
    [adaBoostRegression, 0],
  ] as const)
    assertCancellable(kernels, estimator, problem(60, classes), { hyperparameters: { n_estimators: 4 }, least: 4 });
});

test('nothing to boost is said so', () => {
  const given = { columns: [new Float32Array(8)], target: [0, 1, 0, 1, 0, 1, 0, 1] };
  assert.throws(
    () => fitAndEvaluate(kernels, adaBoostClassification, given, { algorithm: 'SAMME' }),
    (error) => error instanceof FitError && /no more about the classes than chance/.test(error.message),
  );
});
