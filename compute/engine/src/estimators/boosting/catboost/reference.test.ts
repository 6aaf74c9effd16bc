/** There is no CatBoost to compare with: the quality of xgboost, on rows that were not learned from, is a floor. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadKernels } from '@pgml/kernels';
import { rocAuc } from '../../../metrics/classification.js';
import { checkParameters } from '../../../parameters.js';
import { evaluate, fitContext, trainingData } from '../../../testing/data.js';
import { readReference, referenceTable } from '../../../testing/reference.js';
import { catboostClassification, catboostRegression } from './index.js';

interface Floor {
  readonly task: 'regression' | 'classification';
  readonly table: string;
  readonly score: number;
}

const SEEDS = [1, 2, 3, 4, 5];
const kernels = loadKernels();
for (const { task, table, score } of readReference<{ floors: Floor[] }>('catboost').floors)
  test(`reference: catboost ${task} learns ${table} no worse than xgboost`, () => {
    const { columns, target = [] } = referenceTable(table);
    const half = (part: number) => {
      const some = (values: ArrayLike<number>) => Array.from(values).filter((_, row) => row % 2 === part);
      return trainingData(kernels, columns.map(some), some(target), task === 'classification' ? 2 : 0);
    };
    const estimator = task === 'classification' ? catboostClassification : catboostRegression;
    const [train, rest] = [half(0), half(1)];
    const own = SEEDS.map((random_seed) => {
      const settings = { iterations: 100, learning_rate: 0.1, random_seed };
      const fitted = estimator.fit(train, checkParameters(estimator, settings), fitContext(kernels));
      const { scores } = evaluate(kernels, fitted, rest);
      return task === 'classification' ? rocAuc(rest.target, scores)! : rSquared(rest.target, scores);
    });
    const mean = own.reduce((sum, value) => sum + value, 0) / own.length;
    assert.ok(mean > score - estimator.agreement.tolerance, `${mean}, xgboost has ${score}`);
  });

function rSquared(truth: Float32Array, scores: Float64Array): number {
  const mean = truth.reduce((sum, value) => sum + value, 0) / truth.length;
  const errorOf = (guess: (row: number) => number): number =>
    truth.reduce((sum, value, row) => sum + (value - guess(row)) ** 2, 0);
  return 1 - errorOf((row) => scores[row]) / errorOf(() => mean);
}
