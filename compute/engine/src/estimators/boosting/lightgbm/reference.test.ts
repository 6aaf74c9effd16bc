/**
 * There is no LightGBM to compare with. With equal settings and a bin for each value, scikit-learn's HistGradientBoosting
 * grows the same trees; with cuts of each one's own it learns as well; and xgboost's quality is a floor.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadKernels, RandomState } from '@pgml/kernels';
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

interface Band {
  readonly task: 'regression' | 'classification';
  readonly kind: 'values' | 'classes' | 'signs';
  /** For each seed from 0 on, on the rows after the first LEARNED. */
  readonly scores: readonly number[];
}

const [LEARNED, MEASURED, FEATURES] = [20_000, 5_000, 10];

/** The table that make_lightgbm.py makes. */
function generated(kind: Band['kind'], seed: number) {
  const random = new RandomState(seed);
  const rows = LEARNED + MEASURED;
  const columns = Array.from({ length: FEATURES }, () => new Float32Array(rows));
  for (let row = 0; row < rows; row++)
    for (const column of columns) {
      const value = random.normal();
      column[row] = kind === 'signs' ? roundToEven(value * 8) / 8 : value;
    }
  const [a, b, c, d, e] = columns;
  const target = Float32Array.from({ length: rows }, (_, row) => {
    const noise = random.normal();
    if (kind === 'signs') return Math.sign(a[row] * b[row]) + 0.8 * c[row] * d[row] + 0.5 * e[row] + 0.8 * noise;
    const value = (a[row] + 1) * (b[row] + 1) + c[row] * c[row] + 2 * d[row] - e[row] + noise;
    return kind === 'classes' ? Number(value > 0.5) : value;
  });
  const part = (from: number, to: number) =>
    trainingData(
      kernels,
      columns.map((column) => column.subarray(from, to)),
      target.subarray(from, to),
      kind === 'classes' ? 2 : 0,
    );
  return { learned: part(0, LEARNED), measured: part(LEARNED, rows) };
}

function roundToEven(value: number): number {
  return value + 1.5 * 2 ** 52 - 1.5 * 2 ** 52;
}

for (const { task, kind, scores } of readReference<{ bands: Band[] }>('lightgbm').bands)
  test(`reference: lightgbm ${task} learns as scikit-learn does: ${kind}, mean of ${scores.length} seeds`, () => {
    const estimator = task === 'classification' ? lightgbmClassification : lightgbmRegression;
    // As HistGradientBoosting has it: all rows choose the cuts, and leaves are limited by rows alone.
    const settings = { min_data_in_bin: 1, min_child_weight: 0, min_child_samples: 20 };
    const own = scores.map((_, seed) => {
      const mark = kernels.mark();
      const { learned, measured } = generated(kind, seed);
      const fitted = estimator.fit(learned, checkParameters(estimator, settings), fitContext(kernels));
      const answers = evaluate(kernels, fitted, measured).scores;
      const score = task === 'classification' ? rocAuc(measured.target, answers)! : rSquared(measured.target, answers);
      kernels.release(mark);
      return score;
    });
    const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;
    const difference = mean(own) - mean(scores);
    assert.ok(Math.abs(difference) <= 0.003, `${own.join(', ')} against ${scores.join(', ')}`);
  });

function rSquared(truth: Float32Array, scores: Float64Array): number {
  const mean = truth.reduce((sum, value) => sum + value, 0) / truth.length;
  const errorOf = (guess: (row: number) => number): number =>
    truth.reduce((sum, value, row) => sum + (value - guess(row)) ** 2, 0);
  return 1 - errorOf((row) => scores[row]) / errorOf(() => mean);
}
