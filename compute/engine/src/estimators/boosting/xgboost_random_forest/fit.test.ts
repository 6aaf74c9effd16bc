import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadKernels, RandomState } from '@pgml/kernels';
import { checkParameters, ParameterError } from '../../../parameters.js';
import { assertCancellable, backwardsTeam, blockOf, fitAndEvaluate, type Problem } from '../../../testing/data.js';
import { readTrees } from '../../../trees/layout.js';
import { xgboostRandomForestClassification, xgboostRandomForestRegression } from './index.js';

const kernels = loadKernels();
const random = new RandomState(3);
const columns = Array.from({ length: 5 }, () => Array.from({ length: 200 }, () => random.normal()));
const regression: Problem = { columns, target: columns[0].map((x, row) => x * columns[1][row]) };
const classification: Problem = { columns, target: columns[0].map((x) => Number(x > -0.5) + Number(x > 0.5)) };

test('grows so many trees for each output, which differ', () => {
  for (const [estimator, problem, outputs] of [
    [xgboostRandomForestRegression, regression, 1],
    [xgboostRandomForestClassification, classification, 3],
  ] as const) {
    const { fitted } = fitAndEvaluate(kernels, estimator, problem, { n_estimators: 6 });
    const { trees } = readTrees(blockOf(fitted, columns.length));
    assert.equal(trees.length, 6 * outputs);
    assert.ok(
      new Set(trees.map(({ threshold, value }) => `${threshold.join()} ${value.join()}`)).size > trees.length / 2,
    );
  }
});

test('the answer is the mean of forests of one tree, where nothing is drawn', () => {
  const whole = { subsample: 1, colsample_bynode: 1 };
  const [one, many] = [1, 9].map(
    (n_estimators) =>
      fitAndEvaluate(kernels, xgboostRandomForestRegression, regression, { ...whole, n_estimators }).answers,
  );
  for (const [row, score] of one.scores.entries()) assert.ok(Math.abs(score - many.scores[row]) < 1e-5);
});

test('the same bytes from any number of threads; another seed, another forest', () => {
  const bytes = (options: object) =>
    blockOf(fitAndEvaluate(kernels, xgboostRandomForestRegression, regression, { n_estimators: 4 }, options).fitted, 5);
  assert.deepEqual(bytes({ team: backwardsTeam(kernels) }), bytes({}));
  assert.notDeepEqual(bytes({ seed: 7 }), bytes({}));
});

test('has no parameters of boosting', () => {
  for (const name of ['num_parallel_tree', 'early_stopping_rounds', 'rate_drop', 'booster'])
    assert.throws(() => checkParameters(xgboostRandomForestRegression, { [name]: 1 }), ParameterError);
});

test('a fit can be cancelled between its trees', () => {
  const hyperparameters = { n_estimators: 3, max_depth: 2 };
  assertCancellable(kernels, xgboostRandomForestRegression, regression, { hyperparameters, least: 6 });
});
