import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadKernels, RandomState } from '@pgml/kernels';
import { assertCancellable, assertClose, fitAndEvaluate } from '../../../testing/data.js';
import { passiveAggressiveClassification, passiveAggressiveRegression } from './index.js';

const kernels = loadKernels();
const once = { shuffle: false, max_iter: 1, tol: null, fit_intercept: false };

test('one row is made right to epsilon, unless C forbids', () => {
  const problem = { columns: [[1], [2]], target: [11] };
  const weightsOf = (hyperparameters: object) =>
    fitAndEvaluate(kernels, passiveAggressiveRegression, problem, { ...once, ...hyperparameters }).fitted.block
      .words[0] as Float64Array;
  // The loss is 10, the squared length 5.
  assertClose(weightsOf({ C: 100, epsilon: 1 }), [2, 4], 1e-14);
  assertClose(weightsOf({ C: 0.5, epsilon: 1 }), [0.5, 1], 1e-14);
  assertClose(weightsOf({ C: 0.5, epsilon: 1, loss: 'squared_epsilon_insensitive' }), [10 / 6, 20 / 6], 1e-14);
});

test('one row is put to its side with a margin of 1', () => {
  for (const label of [0, 1]) {
    const problem = { columns: [[1], [2]], target: [label] };
    const { fitted } = fitAndEvaluate(kernels, passiveAggressiveClassification, problem, { ...once, C: 9 });
    const side = label === 1 ? 1 : -1;
    assertClose(fitted.block.words[0] as Float64Array, [0.2 * side, 0.4 * side], 1e-14);
  }
});

test('a line without noise is found; a row of zeros without an intercept changes nothing', () => {
  const random = new RandomState(8);
  const columns = [0, 1].map(() => Float32Array.from({ length: 400 }, (_, row) => (row === 7 ? 0 : random.normal())));
  const target = Array.from(columns[0], (a, row) => 3 * a - columns[1][row]);
  const given = { epsilon: 1e-6, fit_intercept: false, tol: 1e-9 };
  const { fitted } = fitAndEvaluate(kernels, passiveAggressiveRegression, { columns, target }, given);
  assertClose(fitted.block.words[0] as Float64Array, [3, -1], 1e-5);
  assertCancellable(kernels, passiveAggressiveRegression, { columns, target }, { least: 3 });
  assert.deepEqual(fitted.block.words[1], Float64Array.of(0));
});
