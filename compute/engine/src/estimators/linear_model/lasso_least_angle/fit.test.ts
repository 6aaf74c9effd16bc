import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadKernels } from '@pgml/kernels';
import { assertCancellable, assertClose, fitAndEvaluate } from '../../../testing/data.js';
import { lasso } from '../lasso/index.js';
import { assertLinearInvariants, coefficientsOf, noisyLine } from '../../../linear/testing/linear-models.js';
import { lassoLeastAngle } from './index.js';

const kernels = loadKernels();

test('the end of the path is the lasso that coordinate descent finds, features that left included', () => {
  let left = 0;
  for (let seed = 0; seed < 12; seed++)
    for (const [rows, features] of [
      [40, 6],
      [15, 30],
    ] as const)
      for (const positive of [false, true]) {
        const problem = noisyLine(rows, features, seed);
        const given = { alpha: 0.02, positive };
        const path = fitAndEvaluate(kernels, lassoLeastAngle, problem, given).fitted;
        const descent = fitAndEvaluate(kernels, lasso, problem, { ...given, tol: 1e-13, max_iter: 1_000_000 }).fitted;
        assertClose(coefficientsOf(path).weights, coefficientsOf(descent).weights, 1e-5, `seed ${seed}`);
        const { iterations, active } = path.details as { iterations: number; active: number };
        left += Number(iterations > active);
      }
  assert.ok(left >= 5, `${left} paths had features that left`);
});

test('threads and order of rows', () => {
  assertLinearInvariants(kernels, lassoLeastAngle, { alpha: 0.1 });
});

test('a fit can be cancelled wherever it looks', () => {
  assertCancellable(kernels, lassoLeastAngle, noisyLine(20, 30, 1), { hyperparameters: { alpha: 0.1 } });
});
