import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadKernels, RandomState } from '@pgml/kernels';
import { FitError } from '../../../estimator.js';
import { assertCancellable, assertClose, backwardsTeam, fitAndEvaluate } from '../../../testing/data.js';
import { kernelRidge } from './index.js';

const kernels = loadKernels();

function wave(rows: number, seed: number) {
  const random = new RandomState(seed);
  const columns = [0, 1].map(() => Float32Array.from({ length: rows }, () => 1 + random.double()));
  const target = Array.from(columns[0], (x, row) => Math.fround(3 * x * x - columns[1][row] + 0.1 * random.normal()));
  return { columns, target };
}

const NAMES = ['linear', 'poly', 'polynomial', 'rbf', 'sigmoid', 'laplacian', 'cosine', 'chi2', 'additive_chi2'];

test('residuals are alpha times the coefficients, for every kernel', () => {
  const { columns, target } = wave(70, 1);
  for (const kernel of NAMES.slice(1)) {
    const { fitted, answers } = fitAndEvaluate(kernels, kernelRidge, { columns, target }, { kernel, alpha: 0.3 });
    const coefficients = fitted.block.words[4] as Float64Array;
    for (const [row, y] of target.entries())
      assert.ok(Math.abs(y - answers.scores[row] - 0.3 * coefficients[row]) < 1e-9, `${kernel}, row ${row}`);
  }
});

test('several targets by one fit are those of a fit for each, with a penalty for each', () => {
  const { columns, target } = wave(60, 2);
  const other = wave(60, 3).target;
  for (const [kernel, alpha] of [
    ['rbf', [0.5, 2]],
    ['linear', [1, 1]],
  ] as const) {
    const both = fitAndEvaluate(kernels, kernelRidge, { columns, target: [...target, ...other] }, { kernel, alpha });
    assert.equal(both.fitted.block.decision, 'vector');
    for (const [index, own] of [target, other].entries()) {
      const alone = fitAndEvaluate(kernels, kernelRidge, { columns, target: own }, { kernel, alpha: alpha[index] });
      assertClose(
        both.answers.scores.filter((_, i) => i % 2 === index),
        alone.answers.scores,
        1e-10,
      );
    }
  }
});

test('rows that weigh nothing are not stored; a singular matrix gives the shortest solution', () => {
  const { columns, target } = wave(40, 4);
  const weights = target.map((_, row) => row % 2);
  const { fitted } = fitAndEvaluate(kernels, kernelRidge, { columns, target, weights }, { kernel: 'rbf' });
  assert.equal(fitted.block.words[1], 20);
  const twice = { columns: columns.map((column) => [...column, ...column]), target: [...target, ...target] };
  const singular = fitAndEvaluate(kernels, kernelRidge, twice, { kernel: 'laplacian', alpha: 0 });
  assert.equal(singular.fitted.details!.singular, true);
  assertClose(singular.answers.scores, twice.target, 1e-9);
  const coefficients = singular.fitted.block.words[4] as Float64Array;
  assertClose(coefficients.subarray(0, 40), coefficients.subarray(40), 1e-9);
});

test('threads change nothing, and it can be cancelled', () => {
  const problem = wave(500, 5);
  const fit = (options = {}) => fitAndEvaluate(kernels, kernelRidge, problem, { kernel: 'rbf' }, options).fitted;
  assert.deepEqual(fit({ team: backwardsTeam(kernels) }), fit());
  assertCancellable(kernels, kernelRidge, problem, { hyperparameters: { kernel: 'rbf' }, least: 3, step: 5 });
});

test('what cannot be fitted is refused with a reason', () => {
  const columns = [Float32Array.of(1, 2, -3)];
  const target = [1, 2, 3];
  const fit = (hyperparameters: object) => () =>
    fitAndEvaluate(kernels, kernelRidge, { columns, target }, hyperparameters);
  assert.throws(fit({ kernel: 'chi2' }), (error) => error instanceof FitError && /-3.*at least 0/.test(error.message));
  assert.throws(fit({ alpha: [1, 2] }), /2 numbers.*1 targets/);
});
