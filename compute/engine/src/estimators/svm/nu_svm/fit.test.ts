import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadKernels, RandomState } from '@pgml/kernels';
import { FitError } from '../../../estimator.js';
import { assertCancellable, assertClose, fitAndEvaluate, type Problem } from '../../../testing/data.js';
import { svmClassification, svmRegression } from '../svm/index.js';
import { nuSvmClassification, nuSvmRegression } from './index.js';

const kernels = loadKernels();
/** With a gamma that does not depend on the rows. */
const TIGHT = { tol: 1e-9, gamma: 0.5 };

/** `share` of the rows are of class 1. */
function classes(seed: number, rows: number, share: number): Problem & { target: number[] } {
  const random = new RandomState(seed);
  const target = Array.from({ length: rows }, (_, row) => (row < share * rows ? 1 : 0));
  const columns = [0, 1].map(() => Float32Array.from(target, (label) => label + random.normal()));
  return { columns, target };
}

function waves(seed: number, rows: number): Problem & { target: Float32Array } {
  const random = new RandomState(seed);
  const columns = [0, 1].map(() => Float32Array.from({ length: rows }, () => random.normal()));
  const target = Float32Array.from({ length: rows }, (_, row) => Math.sin(columns[0][row]) + 0.3 * random.normal());
  return { columns, target };
}

test('classification: nu bounds the share of rows behind the margin, and that of support vectors', () => {
  const problem = classes(1, 100, 0.5);
  for (const nu of [0.5, 0.7, 0.9]) {
    const { answers, fitted } = fitAndEvaluate(kernels, nuSvmClassification, problem, { ...TIGHT, nu });
    const behind = problem.target.filter((label, row) => (label === 0 ? 1 : -1) * answers.scores[row] < 1 - 1e-5);
    assert.ok(behind.length <= nu * 100, `${behind.length} behind the margin, nu ${nu}`);
    assert.ok((fitted.details?.support_vectors as number) >= nu * 100);
  }
});

test('classification: the same as svm with the cost that it finds', () => {
  const problem = classes(2, 80, 0.4);
  const nu = fitAndEvaluate(kernels, nuSvmClassification, problem, { ...TIGHT, nu: 0.5 });
  // Coefficients of rows behind the margin are the cost.
  const coefficients = nu.fitted.block.words[4] as Float64Array;
  const C = coefficients.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0);
  const svm = fitAndEvaluate(kernels, svmClassification, problem, { ...TIGHT, C });
  assertClose(nu.answers.scores, svm.answers.scores, 1e-5, 'score');
});

test('regression: the same as svm with the epsilon that it finds', () => {
  const problem = waves(3, 80);
  const nu = fitAndEvaluate(kernels, nuSvmRegression, problem, { ...TIGHT, nu: 0.4, C: 2 });
  const epsilon = nu.fitted.details?.epsilon as number;
  assert.ok(epsilon > 0);
  const svm = fitAndEvaluate(kernels, svmRegression, problem, { ...TIGHT, epsilon, C: 2 });
  assertClose(nu.answers.predictions, svm.answers.predictions, 1e-5, 'prediction');
  const outside = problem.target.filter((y, row) => Math.abs(y - nu.answers.predictions[row]) > epsilon + 1e-5);
  assert.ok(outside.length <= 0.4 * 80);
});

test('a row of weight 2 is two rows, and one of weight 0 is none', () => {
  for (const [estimator, problem] of [
    [nuSvmClassification, classes(4, 60, 0.5)],
    [nuSvmRegression, waves(4, 60)],
  ] as const) {
    const weights = Array.from({ length: 60 }, (_, row) => row % 3);
    const repeated = weights.flatMap((weight, row) => Array.from({ length: weight }, () => row));
    const weighted = fitAndEvaluate(kernels, estimator, { ...problem, weights }, TIGHT).answers.scores;
    const twice = {
      columns: problem.columns.map((column) => Float32Array.from(repeated, (row) => column[row])),
      target: repeated.map((row) => problem.target[row]),
    };
    const plain = fitAndEvaluate(kernels, estimator, twice, TIGHT).answers.scores;
    assertClose(
      plain,
      repeated.map((row) => weighted[row]),
      1e-5,
      'score',
    );
  }
});

test('a nu that is infeasible is refused, with what is feasible', () => {
  const problem = classes(5, 100, 0.2);
  const fit = (nu: number, weights?: number[]) =>
    fitAndEvaluate(kernels, nuSvmClassification, { ...problem, weights }, { nu });
  fit(0.39);
  for (const nu of [0.41, 0.5]) assert.throws(() => fit(nu), FitError);
  assert.throws(() => fit(0.5), /nu 0.5 is infeasible .* "0" and "1", which have 80 and 20 rows/);
  fit(
    0.5,
    problem.target.map((label) => (label === 1 ? 4 : 1)),
  );
});

test('class_weight says nothing, as in scikit-learn', () => {
  const problem = classes(6, 50, 0.5);
  const plain = fitAndEvaluate(kernels, nuSvmClassification, problem);
  const weighted = fitAndEvaluate(kernels, nuSvmClassification, problem, { class_weight: { 0: 5 } });
  assert.deepEqual(weighted.answers.scores, plain.answers.scores);
});

test('can be cancelled at each checkpoint', () => {
  assertCancellable(kernels, nuSvmClassification, classes(7, 60, 0.5), {
    hyperparameters: { probability: true },
    least: 6,
  });
  assertCancellable(kernels, nuSvmRegression, waves(7, 60));
});
