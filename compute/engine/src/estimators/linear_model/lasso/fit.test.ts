import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadKernels } from '@pgml/kernels';
import { assertClose, fitAndEvaluate } from '../../../testing/data.js';
import { elasticNet } from '../elastic_net/index.js';
import { assertLinearInvariants, coefficientsOf, noisyLine } from '../../../linear/testing/linear-models.js';
import { lasso } from './index.js';

const kernels = loadKernels();

test('the elastic net of l1_ratio 1, and least squares where the penalty is next to nothing', () => {
  const problem = noisyLine(200, 6, 4);
  const fit = (given: object) => fitAndEvaluate(kernels, lasso, problem, given).fitted;
  const elastic = fitAndEvaluate(kernels, elasticNet, problem, { alpha: 0.2, l1_ratio: 1 }).fitted;
  assert.deepEqual(fit({ alpha: 0.2 }), elastic);
  const tiny = fitAndEvaluate(kernels, lasso, problem, { alpha: 1e-10, tol: 1e-13, max_iter: 10_000 });
  const residual = problem.target.map((value, row) => value - tiny.answers.scores[row]);
  for (const column of problem.columns)
    assertClose([column.reduce((sum, value, row) => sum + value * residual[row], 0)], [0], 1e-3);
});

test('one column: soft thresholding', () => {
  const column = [-1, 0, 1, 2];
  const { weights } = coefficientsOf(
    fitAndEvaluate(kernels, lasso, { columns: [column], target: column.map((value) => 3 * value) }, { alpha: 0.5 })
      .fitted,
  );
  // Variance 1.25: (3 * 1.25 - 0.5) / 1.25.
  assertClose(weights, [2.6], 1e-14);
});

test('threads, order of rows, weights', () => {
  assertLinearInvariants(kernels, lasso, { alpha: 0.1, tol: 1e-12 });
});
