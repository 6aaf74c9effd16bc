import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadKernels, RandomState } from '@pgml/kernels';
import { rowOf } from '../../../algebra/matrix.js';
import { FitError } from '../../../estimator.js';
import {
  assertCancellable,
  assertClose,
  backwardsTeam,
  fitAndEvaluate,
  fitContext,
  trainingData,
} from '../../../testing/data.js';
import { gaussianProcessClassification, gaussianProcessRegression } from './index.js';
import { laplace } from './laplace.js';
import { placeColumns, placedKernelMatrix } from './learn-kernel.js';
import { parseKernel } from './parse-kernel.js';

const kernels = loadKernels();

function wave(rows: number, seed: number) {
  const random = new RandomState(seed);
  const columns = [0, 1].map(() => Float32Array.from({ length: rows }, () => 3 * random.double()));
  const target = Array.from(columns[0], (x, row) => Math.fround(x * x - columns[1][row] + 0.1 * random.normal()));
  return { columns, target };
}

const classesOf = ({ columns, target }: ReturnType<typeof wave>, classes: number) => ({
  columns,
  target: target.map((y) => Math.max(0, Math.min(classes - 1, Math.round(y / 2)))),
});

test('regression: residuals are the noise times the coefficients; several targets share the kernel matrix', () => {
  const { columns, target } = wave(80, 1);
  const other = wave(80, 2).target;
  const given = { kernel: 'RBF(0.5)', alpha: 0.2, optimizer: null, normalize_y: true };
  const both = fitAndEvaluate(kernels, gaussianProcessRegression, { columns, target: [...target, ...other] }, given);
  assert.equal(both.fitted.block.decision, 'vector');
  const coefficients = both.fitted.block.words[4] as Float64Array;
  for (const [index, own] of [target, other].entries()) {
    const alone = fitAndEvaluate(kernels, gaussianProcessRegression, { columns, target: own }, given);
    for (const [row, y] of own.entries()) {
      const residual = y - both.answers.scores[2 * row + index];
      assert.ok(Math.abs(residual - 0.2 * coefficients[2 * row + index]) < 1e-9);
      assert.ok(Math.abs(alone.answers.scores[row] - both.answers.scores[2 * row + index]) < 1e-9);
    }
  }
});

test('the likelihood of two classes has the slope that its weights say', () => {
  const { columns, target } = classesOf(wave(30, 3), 2);
  const labels = Float64Array.from(target);
  const context = fitContext(kernels);
  const data = trainingData(kernels, columns);
  const placed = placeColumns(kernels, data);
  const kernel = parseKernel('2 * RBF(0.7) + WhiteKernel(0.1)');
  const matrix = placedKernelMatrix(kernel, placed, context);
  const weights = laplace(matrix, labels, 100, context)!.weights();
  for (const [i, j] of [
    [0, 0],
    [7, 2],
    [29, 28],
    [13, 13],
  ]) {
    const at = (change: number): number => {
      const changed = placedKernelMatrix(kernel, placed, context);
      rowOf(kernels, changed, i)[j] += change;
      return laplace(changed, labels, 100, context)!.value;
    };
    const slope = (at(1e-4) - at(-1e-4)) / 2e-4;
    const expected = rowOf(kernels, weights, i)[j] * (i === j ? 1 : 2);
    assert.ok(Math.abs(slope - expected) < 1e-4 * Math.max(1, Math.abs(expected)), `${i}, ${j}: ${slope}, ${expected}`);
  }
});

test('a learned kernel is more likely than the one it started from, and restarts make it no less likely', () => {
  const problem = wave(60, 4);
  const likelihood = (more: object) =>
    fitAndEvaluate(kernels, gaussianProcessRegression, problem, {
      kernel: '1.0 * RBF(5.0) + WhiteKernel(1.0)',
      ...more,
    }).fitted.details!.log_marginal_likelihood as number;
  const [given, learned, restarted] = [{ optimizer: null }, {}, { n_restarts_optimizer: 2, random_state: 1 }].map(
    likelihood,
  );
  assert.ok(learned > given + 1);
  assert.ok(restarted >= learned - 1e-6);
});

test('threads change nothing, and fits can be cancelled', () => {
  const regression = wave(70, 5);
  const classification = classesOf(wave(50, 6), 2);
  const hyperparameters = { kernel: '1.0 * RBF(1.0) + WhiteKernel(0.1)' };
  for (const [estimator, problem] of [
    [gaussianProcessRegression, regression],
    [gaussianProcessClassification, classification],
  ] as const) {
    const fit = (options = {}) => fitAndEvaluate(kernels, estimator, problem, hyperparameters, options).fitted;
    assert.deepEqual(fit({ team: backwardsTeam(kernels) }), fit());
    assertCancellable(kernels, estimator, problem, { hyperparameters: {}, least: 2 });
  }
});

test('classes: equal kernels are stored once, and probabilities are whole', () => {
  const problem = classesOf(wave(90, 7), 3);
  const once = fitAndEvaluate(kernels, gaussianProcessClassification, problem, {});
  assert.equal(once.fitted.block.words[8], 1);
  const learned = fitAndEvaluate(kernels, gaussianProcessClassification, problem, { kernel: '1.0 * RBF(1.0)' });
  assert.equal(learned.fitted.block.words[8], 3);
  for (const { answers } of [once, learned]) {
    for (let row = 0; row < 90; row++)
      assertClose([answers.probabilities.subarray(3 * row, 3 * row + 3).reduce((sum, p) => sum + p, 0)], [1], 1e-6);
    const right = problem.target.filter((label, row) => label === answers.predictions[row]);
    assert.ok(right.length > 70, `${right.length} of 90`);
  }
});

test('what cannot be fitted is refused with a reason', () => {
  const { columns, target } = wave(10, 8);
  const twice = { columns: columns.map((column) => [...column, ...column]), target: [...target, ...target] };
  const refused = (
    message: RegExp,
    hyperparameters: object,
    problem: typeof twice = { columns: columns.map((c) => [...c]), target },
  ) =>
    assert.throws(
      () => fitAndEvaluate(kernels, gaussianProcessRegression, problem, hyperparameters),
      (error) => error instanceof FitError && message.test(error.message),
    );
  refused(/not positive definite/, { alpha: 0 }, twice);
  refused(/alpha has 2 numbers, but there are 10/, { alpha: [1, 2] });
  refused(/3 length scales, but there are 2 features/, { kernel: 'RBF([1, 2, 3])' });
  refused(/cannot be read/, { kernel: 'RBF(' });
  assert.throws(
    () =>
      fitAndEvaluate(kernels, gaussianProcessClassification, classesOf(wave(20, 9), 3), { multi_class: 'one_vs_one' }),
    /one_vs_one is not served/,
  );
});
