import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadKernels, RandomState } from '@pgml/kernels';
import { FitError } from '../../../estimator.js';
import { assertCancellable, assertClose, fitAndEvaluate } from '../../../testing/data.js';
import { linearRegression } from '../linear/index.js';
import { theilSen } from './index.js';

const kernels = loadKernels();

test('one feature without an intercept: the median of the slopes', () => {
  const x = [1, 2, 4, 5, 8];
  const y = [2, 4.5, 7, 90, 15];
  const { fitted } = fitAndEvaluate(kernels, theilSen, { columns: [x], target: y }, { fit_intercept: false });
  assertClose(fitted.block.words[0] as Float64Array, [2], 1e-15);
  assert.equal(fitted.details?.subsets, 5);
});

test('a quarter of outliers hardly moves it; all rows in one subset are least squares', () => {
  const random = new RandomState(6);
  const column = Float32Array.from({ length: 60 }, () => random.normal());
  const line = Array.from(column, (a) => 2 * a + 1 + 0.01 * random.normal());
  const spoilt = line.map((y, row) => (row % 4 === 0 ? y + 100 : y));
  const { fitted } = fitAndEvaluate(kernels, theilSen, { columns: [column], target: spoilt }, { tol: 1e-6 });
  const [weights, intercepts] = fitted.block.words as [Float64Array, Float64Array];
  assertClose(weights, [2], 0.1);
  assertClose(intercepts, [1], 0.1);
  assert.equal(fitted.details?.subsets, (60 * 59) / 2);
  const whole = fitAndEvaluate(kernels, theilSen, { columns: [column], target: line }, { n_subsamples: 60 }).fitted;
  const squares = fitAndEvaluate(kernels, linearRegression, { columns: [column], target: line }).fitted;
  assertClose(whole.block.words[0] as Float64Array, squares.block.words[0] as Float64Array, 1e-12);
  assertCancellable(kernels, theilSen, { columns: [column], target: spoilt }, { least: 4 });
});

test('subsets with rows that repeat leave a choice, and the shortest coefficients are taken', () => {
  const problem = { columns: [[2, 2]], target: [5, 5] };
  const { fitted } = fitAndEvaluate(kernels, theilSen, problem);
  // Of all w and b with 2 w + b = 5.
  assertClose(fitted.block.words[0] as Float64Array, [2], 1e-12);
  assertClose(fitted.block.words[1] as Float64Array, [1], 1e-12);
});

test('what cannot be fitted is said', () => {
  const problem = { columns: [[1, 2, 3, 4]], target: [1, 2, 3, 4] };
  const refused = (n_subsamples: number) =>
    assert.throws(
      () => fitAndEvaluate(kernels, theilSen, problem, { n_subsamples }),
      (error) => error instanceof FitError && /between 2 and 4/.test(error.message),
    );
  refused(1);
  refused(5);
});
