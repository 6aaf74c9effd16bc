import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadKernels } from '@pgml/kernels';
import { FitError } from '../../../estimator.js';
import { assertCancellable, assertClose, fitAndEvaluate } from '../../../testing/data.js';
import { linearRegression } from '../linear/index.js';
import { assertLinearInvariants, coefficientsOf, noisyLine } from '../../../linear/testing/linear-models.js';
import { orthogonalMatchingPursuit } from './index.js';

const kernels = loadKernels();
const fit = (problem: ReturnType<typeof noisyLine>, given: object = {}) =>
  fitAndEvaluate(kernels, orthogonalMatchingPursuit, problem, given);

test('least squares over the features chosen, each of which covaried most with what the earlier ones left', () => {
  for (const [rows, features] of [
    [100, 8],
    [20, 40],
  ] as const) {
    const { columns, target } = noisyLine(rows, features, features);
    let earlier = fit({ columns, target }, { n_nonzero_coefs: 1 });
    for (let count = 2; count <= 5; count++) {
      const now = fit({ columns, target }, { n_nonzero_coefs: count });
      const active = now.fitted.details?.active as number[];
      const residual = target.map((value, row) => value - earlier.answers.scores[row]);
      const heights = columns.map((column) => {
        const mean = column.reduce((sum, value) => sum + value, 0) / rows;
        return Math.abs(column.reduce((sum, value, row) => sum + (value - mean) * residual[row], 0));
      });
      assert.equal(heights.indexOf(Math.max(...heights)), active.at(-1));
      const chosen = { columns: active.map((j) => columns[j]), target };
      const direct = coefficientsOf(fitAndEvaluate(kernels, linearRegression, chosen).fitted);
      const { weights } = coefficientsOf(now.fitted);
      assertClose(
        active.map((j) => weights[j]),
        direct.weights,
        1e-9,
      );
      earlier = now;
    }
  }
});

test('how many features: a tenth, as asked, or as the error demands', () => {
  const problem = noisyLine(100, 25, 1);
  const active = (given: object) => (fit(problem, given).fitted.details?.active as number[]).length;
  assert.equal(active({}), 2);
  assert.equal(active({ n_nonzero_coefs: 7 }), 7);
  const { squared_error } = fit(problem, { n_nonzero_coefs: 4 }).fitted.details as { squared_error: number };
  assert.equal(active({ tol: squared_error * (1 + 1e-9) }), 4);
  assert.equal(active({ tol: squared_error * (1 - 1e-9) }), 5);
  assert.throws(() => fit(problem, { n_nonzero_coefs: 26 }), FitError);
});

test('a repeated column and a constant one stay out', () => {
  const { columns, target } = noisyLine(60, 3, 4);
  const more = [...columns, columns[0], target.map(() => 2)];
  const { weights } = coefficientsOf(fit({ columns: more, target }, { n_nonzero_coefs: 5 }).fitted);
  assert.deepEqual([...weights.slice(3)], [0, 0]);
});

test('threads and order of rows', () => {
  assertLinearInvariants(kernels, orthogonalMatchingPursuit, { n_nonzero_coefs: 3 });
});

test('a fit can be cancelled wherever it looks', () => {
  assertCancellable(kernels, orthogonalMatchingPursuit, noisyLine(60, 5, 1), {
    hyperparameters: { n_nonzero_coefs: 4 },
  });
  assertCancellable(kernels, orthogonalMatchingPursuit, noisyLine(10, 30, 1));
});
