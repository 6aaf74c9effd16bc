import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadKernels, RandomState } from '@pgml/kernels';
import { FitError } from '../../../estimator.js';
import { fitAndEvaluate } from '../../../testing/data.js';
import { knnClassification, knnRegression } from './index.js';

const kernels = loadKernels();

test('the definition, with rows that are there twice: equally near rows count by their number', () => {
  const random = new RandomState(2);
  const rows = 200;
  const columns = Array.from({ length: 2 }, () => Float32Array.from({ length: rows }, () => random.integer(0, 8)));
  const target = Float32Array.from({ length: rows }, () => random.integer(0, 3));
  const { answers } = fitAndEvaluate(kernels, knnClassification, { columns, target }, { n_neighbors: 6 });
  for (let row = 0; row < rows; row++) {
    const distance = (other: number) => columns.reduce((sum, column) => sum + (column[row] - column[other]) ** 2, 0);
    const nearest = Array.from({ length: rows }, (_, other) => other)
      .sort((one, other) => distance(one) - distance(other) || one - other)
      .slice(0, 6);
    const votes = [0, 1, 2].map((label) => nearest.filter((other) => target[other] === label).length);
    assert.equal(answers.predictions[row], votes.indexOf(Math.max(...votes)));
    votes.forEach((count, label) => assert.ok(Math.abs(answers.probabilities[3 * row + label] - count / 6) < 1e-6));
  }
});

test('a row that is known gives its own target when neighbours count by distance', () => {
  const columns = [Float32Array.of(0, 1, 2, 5)];
  const { answers } = fitAndEvaluate(
    kernels,
    knnRegression,
    { columns, target: [3, 1, 4, 1.5] },
    { n_neighbors: 3, weights: 'distance' },
  );
  assert.deepEqual([...answers.predictions], [3, 1, 4, 1.5]);
});

test('more neighbours than rows are refused', () => {
  const problem = { columns: [Float32Array.of(1, 2)], target: [1, 2] };
  assert.throws(() => fitAndEvaluate(kernels, knnRegression, problem), FitError);
});
