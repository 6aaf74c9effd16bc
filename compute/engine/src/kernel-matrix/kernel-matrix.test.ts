import assert from 'node:assert/strict';
import { test } from 'node:test';
import { exp, loadKernels, RandomState } from '@pgml/kernels';
import { rowOf } from '../algebra/matrix.js';
import { backwardsTeam, columnsOf, fitContext, trainingData } from '../testing/data.js';
import { kernelMatrix, placeKernel, placeRows } from './kernel-matrix.js';

test('the lower triangle holds the kernels of all pairs, whatever the threads', () => {
  const kernels = loadKernels();
  const random = new RandomState(1);
  for (const rows of [1, 2, 5, 1100]) {
    const mark = kernels.mark();
    const values = Array.from({ length: rows }, () =>
      [random.normal(), random.normal(), random.normal()].map(Math.fround),
    );
    const placed = placeRows(kernels, trainingData(kernels, columnsOf(values)));
    const kernel = placeKernel(kernels, 'rbf', [0.5, 0, 0]);
    const matrix = kernelMatrix(fitContext(kernels), kernel, placed, 0);
    const other = kernelMatrix(fitContext(kernels, { team: backwardsTeam(kernels) }), kernel, placed, 0);
    for (let i = 0; i < rows; i += rows > 100 ? 97 : 1) {
      const row = rowOf(kernels, matrix, i);
      assert.deepEqual(rowOf(kernels, other, i), row);
      for (let j = 0; j < rows; j++) {
        const squares = values[i].reduce((sum, x, f) => sum + (x - values[j][f]) * (x - values[j][f]), 0);
        assert.equal(row[j], j <= i ? exp(-0.5 * squares) : 0);
      }
    }
    kernels.release(mark);
  }
});
