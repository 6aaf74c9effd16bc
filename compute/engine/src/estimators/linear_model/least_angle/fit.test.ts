import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadKernels } from '@pgml/kernels';
import { assertCancellable, assertClose, fitAndEvaluate } from '../../../testing/data.js';
import { linearRegression } from '../linear/index.js';
import { assertLinearInvariants, coefficientsOf, noisyLine } from '../../../linear/testing/linear-models.js';
import { leastAngle } from './index.js';

const kernels = loadKernels();

test('after k steps, k features covary equally with the residual, and the others less', () => {
  for (const [rows, features] of [
    [100, 7],
    [20, 40],
  ] as const) {
    const { columns, target } = noisyLine(rows, features, rows);
    for (let steps = 1; steps <= 6; steps++) {
      const { fitted, answers } = fitAndEvaluate(kernels, leastAngle, { columns, target }, { n_nonzero_coefs: steps });
      const { weights } = coefficientsOf(fitted);
      const residual = target.map((value, row) => value - answers.scores[row]);
      const heights = columns.map((column) => {
        const mean = column.reduce((sum, value) => sum + value, 0) / rows;
        return Math.abs(column.reduce((sum, value, row) => sum + (value - mean) * residual[row], 0));
      });
      const inside = heights.filter((_, j) => weights[j] !== 0);
      assert.equal(inside.length, steps);
      const common = inside[0];
      for (const height of inside) assert.ok(Math.abs(height - common) < 1e-4);
      for (const height of heights) assert.ok(height < common + 1e-4);
    }
  }
});

test('all steps lead to least squares', () => {
  const problem = noisyLine(80, 6, 3);
  const path = coefficientsOf(fitAndEvaluate(kernels, leastAngle, problem).fitted);
  const direct = coefficientsOf(fitAndEvaluate(kernels, linearRegression, problem).fitted);
  assertClose(path.weights, direct.weights, 1e-6);
});

test('a repeated column and a constant one stay out', () => {
  const { columns, target } = noisyLine(60, 3, 4);
  const alone = coefficientsOf(fitAndEvaluate(kernels, leastAngle, { columns, target }).fitted);
  const more = [...columns, columns[0], target.map(() => 2)];
  const { weights } = coefficientsOf(fitAndEvaluate(kernels, leastAngle, { columns: more, target }).fitted);
  assertClose(weights.slice(0, 3), alone.weights, 1e-9);
  assert.deepEqual([...weights.slice(3)], [0, 0]);
});

test('more features than rows: no more features than are independent', () => {
  const problem = noisyLine(20, 60, 4);
  const { fitted, answers } = fitAndEvaluate(kernels, leastAngle, problem);
  assert.ok((fitted.details?.active as number) <= 19);
  assert.ok(coefficientsOf(fitted).weights.every((weight) => Math.abs(weight) < 100));
  assertClose(answers.scores, problem.target, 0.1);
});

test('jitter: noise of the seed, too little to matter here', () => {
  const problem = noisyLine(60, 3, 4);
  const fit = (given: object, seed = 1) =>
    coefficientsOf(fitAndEvaluate(kernels, leastAngle, problem, given, { seed }).fitted).weights;
  assert.deepEqual(fit({ jitter: 1e-9 }, 7), fit({ jitter: 1e-9, random_state: 7 }));
  assert.notDeepEqual(fit({ jitter: 1e-9 }, 7), fit({}));
  assertClose(fit({ jitter: 1e-9 }), fit({}), 1e-9);
});

test('threads and order of rows', () => {
  assertLinearInvariants(kernels, leastAngle, { n_nonzero_coefs: 3 });
});

test('a fit can be cancelled wherever it looks', () => {
  assertCancellable(kernels, leastAngle, noisyLine(60, 5, 1));
  assertCancellable(kernels, leastAngle, noisyLine(10, 30, 1));
});
