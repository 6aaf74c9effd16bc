import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadKernels } from '@pgml/kernels';
import { FitError } from '../../../estimator.js';
import { assertCancellable, assertClose, backwardsTeam, fitAndEvaluate } from '../../../testing/data.js';
import { coefficientsOf, noisyLine } from '../../../linear/testing/linear-models.js';
import { automaticRelevanceDetermination } from './index.js';

const kernels = loadKernels();
const fit = (problem: Parameters<typeof fitAndEvaluate>[2], given: object = {}, options = {}) =>
  fitAndEvaluate(kernels, automaticRelevanceDetermination, problem, given, options).fitted;

test('features that tell nothing are dropped, the others keep their coefficients', () => {
  // The target depends on the first three of twelve, with coefficients 3, 1 and -1.
  const fitted = fit(noisyLine(3000, 12, 1), { threshold_lambda: 100 });
  const { weights } = coefficientsOf(fitted);
  assertClose(weights.subarray(0, 3), [3, 1, -1], 0.05);
  assert.ok(weights.subarray(3).filter((value) => value === 0).length >= 6);
  assert.equal(fitted.details?.kept, weights.filter((value) => value !== 0).length);
  assert.ok(Math.abs((fitted.details as { alpha: number }).alpha - 1) < 0.1);
});

test('same bytes whatever the threads; a feature twice', () => {
  const problem = noisyLine(3000, 5, 1);
  assert.deepEqual(fit(problem, {}, { team: backwardsTeam(kernels) }), fit(problem));
  const wide = noisyLine(20, 40, 1);
  assert.deepEqual(fit(wide, { n_iter: 4 }, { team: backwardsTeam(kernels) }), fit(wide, { n_iter: 4 }));
  const twice = fit({ columns: [...problem.columns, problem.columns[0]], target: problem.target });
  const { weights } = coefficientsOf(twice);
  assertClose([weights[0] + weights[5]], [coefficientsOf(fit(problem)).weights[0]], 1e-2);
});

test('edges: a single row is refused, a constant target drops all, constant features too', () => {
  assert.throws(() => fit({ columns: [[1], [2]], target: [3] }), FitError);
  const { columns } = noisyLine(30, 3, 1);
  const constant = coefficientsOf(fit({ columns, target: new Float32Array(30).fill(5) }));
  assertClose(constant.weights, [0, 0, 0], 1e-12);
  assertClose([constant.intercept], [5], 1e-12);
  const flat = coefficientsOf(fit({ columns: [[7, 7, 7]], target: [1, 2, 6] }));
  assert.deepEqual(flat, { weights: new Float64Array(1), intercept: 3 });
});

test('a fit can be cancelled wherever it looks', () => {
  assertCancellable(kernels, automaticRelevanceDetermination, noisyLine(60, 4, 1), { least: 5 });
  const hyperparameters = { n_iter: 3, compute_score: true };
  assertCancellable(kernels, automaticRelevanceDetermination, noisyLine(10, 20, 1), { least: 5, hyperparameters });
});
