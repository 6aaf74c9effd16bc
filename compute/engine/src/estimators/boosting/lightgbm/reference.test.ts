/**
 * There is no LightGBM to compare with. With equal settings and a bin for each value, scikit-learn's HistGradientBoosting
 * grows the same trees; and xgboost's quality is a floor.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadKernels } from '@pgml/kernels';
import { rocAuc } from '../../../metrics/classification.js';
import { checkParameters } from '../../../parameters.js';
import { evaluate, fitContext, trainingData } from '../../../testing/data.js';
import { readReference, referenceTable, testReference } from '../../../testing/reference.js';
import { lightgbmClassification, lightgbmRegression } from './index.js';

for (const estimator of [lightgbmRegression, lightgbmClassification])
  testReference<{ scores: readonly number[] }>(estimator, ({ answers, expected, close }) => {
    close(answers.scores.subarray(0, expected.scores.length), expected.scores, 'score');
  });

interface Floor {
  readonly task: 'regression' | 'classification';
  readonly table: string;
  readonly score: number;
}

const kernels = loadKernels();
for (const { task, table, score } of readReference<{ floors: Floor[] }>('lightgbm').floors)
  test(`learns ${table} about as well as xgboost`, () => {
    const { columns, target = [] } = referenceTable(table);
    const half = (part: number) => {
      const some = (values: ArrayLike<number>) => Array.from(values).filter((_, row) => row % 2 === part);
      return trainingData(kernels, columns.map(some), some(target), task === 'classification' ? 2 : 0);
    };
    const estimator = task === 'classification' ? lightgbmClassification : lightgbmRegression;
    const settings = {
      n_estimators: 60,
      num_leaves: 15,
      min_child_samples: 5,
      min_child_weight: 1,
      min_data_in_bin: 1,
    };
    const fitted = estimator.fit(half(0), checkParameters(estimator, settings), fitContext(kernels));
    const rest = half(1);
    const { scores } = evaluate(kernels, fitted, rest);
    const own = task === 'classification' ? rocAuc(rest.target, scores)! : rSquared(rest.target, scores);
    assert.ok(own > score - 0.02, `${own}, xgboost has ${score}`);
  });

function rSquared(truth: Float32Array, scores: Float64Array): number {
  const mean = truth.reduce((sum, value) => sum + value, 0) / truth.length;
  const errorOf = (guess: (row: number) => number): number =>
    truth.reduce((sum, value, row) => sum + (value - guess(row)) ** 2, 0);
  return 1 - errorOf((row) => scores[row]) / errorOf(() => mean);
}
