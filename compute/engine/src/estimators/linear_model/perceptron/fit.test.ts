import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadKernels, RandomState } from '@pgml/kernels';
import { FitError } from '../../../estimator.js';
import { assertCancellable, fitAndEvaluate } from '../../../testing/data.js';
import { perceptron } from './index.js';

const kernels = loadKernels();

test('rows on the wrong side are added, by hand', () => {
  const problem = { columns: [[2, 1, -1]], target: [0, 1, 0] };
  const given = { shuffle: false, max_iter: 1, tol: null };
  const { fitted } = fitAndEvaluate(kernels, perceptron, problem, given);
  // Row 1 scores 0, which is wrong: -2, -1. Row 2 scores -3, wrong: -1, 0. Row 3 scores 1, wrong: 0, -1.
  assert.deepEqual(fitted.block.words, [Float64Array.of(0), Float64Array.of(-1)]);
});

test('classes that a plane parts are parted', () => {
  const random = new RandomState(2);
  const columns = [0, 1, 2].map(() => Float32Array.from({ length: 500 }, () => random.normal()));
  const margins = Array.from(columns[0], (a, row) => a - 2 * columns[1][row] + 0.3);
  const rows = [...margins.keys()].filter((row) => Math.abs(margins[row]) > 0.2);
  const problem = {
    columns: columns.map((column) => rows.map((row) => column[row])),
    target: rows.map((row) => Number(margins[row] > 0)),
  };
  const { fitted, answers } = fitAndEvaluate(kernels, perceptron, problem);
  assert.deepEqual([...answers.predictions], problem.target);
  assert.equal(fitted.block.decision, 'sign');
  assertCancellable(kernels, perceptron, problem, { least: 3 });
});

test('steps must go somewhere', () => {
  const problem = { columns: [[2, 1, -1]], target: [0, 1, 0] };
  assert.throws(() => fitAndEvaluate(kernels, perceptron, problem, { eta0: 0 }), FitError);
});
