import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadKernels, RandomState } from '@pgml/kernels';
import { FitError } from '../../../estimator.js';
import {
  assertCancellable,
  assertClose,
  backwardsTeam,
  type FitContextOptions,
  fitAndEvaluate,
} from '../../../testing/data.js';
import { linearClassification } from './index.js';

const kernels = loadKernels();

function fit(
  columns: ArrayLike<number>[],
  target: ArrayLike<number>,
  hyperparameters: object = {},
  options: FitContextOptions = {},
) {
  const { fitted, answers } = fitAndEvaluate(
    kernels,
    linearClassification,
    { columns, target },
    hyperparameters,
    options,
  );
  // Coefficients by output and feature, intercepts by output.
  const [weights, intercepts] = fitted.block.words as [Float64Array, Float64Array];
  return { weights, intercepts, fitted, answers };
}

/** Three overlapping clouds. */
function randomClasses(rows: number, features: number, classes: number, seed: number) {
  const random = new RandomState(seed);
  const target = Array.from({ length: rows }, (_, row) => row % classes);
  const columns = Array.from({ length: features }, (_, j) =>
    target.map((label) => Math.fround(random.normal() + (label === j % classes ? 1 : 0))),
  );
  return { columns, target };
}

test('the gradient of the penalized loss, written down anew, is 0', () => {
  for (const classes of [2, 3, 5]) {
    const { columns, target } = randomClasses(300, 4, classes, classes);
    const { weights, answers } = fit(columns, target, { C: 0.5 });
    const outputs = classes === 2 ? 1 : classes;
    for (let k = 0; k < outputs; k++) {
      const own = outputs === 1 ? 1 : k;
      const residual = target.map((label, row) => answers.probabilities[row * classes + own] - (label === own ? 1 : 0));
      for (const [j, column] of [...columns, target.map(() => 1)].entries()) {
        const penalty = j < columns.length ? weights[k * columns.length + j] / 0.5 : 0;
        const slope = column.reduce((sum, value, row) => sum + value * residual[row], penalty);
        // Probabilities are float32.
        assert.ok(Math.abs(slope) < 2e-5, `${classes} classes, output ${k}, feature ${j}: ${slope}`);
      }
    }
  }
});

test('same bytes whatever the threads; other orders and units of the same data reach the same optimum', () => {
  const { columns, target } = randomClasses(20_000, 3, 3, 4);
  const once = fit(columns, target);
  const again = fit(columns, target, {}, { team: backwardsTeam(kernels) });
  assert.deepEqual(once.fitted, again.fitted);
  const order = [...new RandomState(1).permutation(target.length)];
  const shuffled = fit(
    columns.map((column) => order.map((row) => column[row])),
    order.map((row) => target[row]),
  );
  assertClose(shuffled.weights, once.weights, 1e-7);
  const units = [1e6, 1, 1e-6];
  const given = { penalty: 'none' };
  const plain = fit(columns, target, given);
  const scaled = fit(
    columns.map((column, j) => column.map((value) => value * units[j])),
    target,
    given,
  );
  assertClose(
    scaled.weights.map((weight, i) => weight * units[i % 3]),
    plain.weights,
    1e-5,
  );
});

test('a row twice is a row of weight two; balanced weights undo it', () => {
  const { columns, target } = randomClasses(90, 3, 2, 8);
  const even = fit(columns, target, { penalty: 'none' });
  const repeated = [...target.keys(), ...[...target.keys()].filter((row) => target[row] === 1)];
  const given = { penalty: 'none', class_weight: 'balanced' };
  const balanced = fit(
    columns.map((column) => repeated.map((row) => column[row])),
    repeated.map((row) => target[row]),
    given,
  );
  assertClose(balanced.weights, even.weights, 1e-6);
  assertClose(balanced.intercepts, even.intercepts, 1e-6);
});

test('edges', () => {
  const separable = fit([[-1, 1]], [0, 1], { penalty: 'none', max_iter: 50 });
  assert.deepEqual([...separable.answers.predictions], [0, 1]);
  assert.ok([...separable.weights, ...separable.intercepts].every(Number.isFinite));
  const constant = fit([[5, 5, 5]], [0, 1, 1]);
  assert.deepEqual([...constant.weights], [0]);
  assertClose(constant.intercepts, [Math.log(2)], 1e-8);
  const huge = fit([[-1e30, 1e30, 2e30, 1e29]], [0, 1, 1, 0]);
  assert.equal(huge.fitted.details?.converged, true);
  const wide = randomClasses(8, 40, 2, 3);
  assert.deepEqual([...fit(wide.columns, wide.target).answers.predictions], wide.target);
  const many = randomClasses(600, 300, 2, 3);
  assert.equal(fit(many.columns, many.target).fitted.details?.converged, true);
  // Class 1 of 3 is known, but the rows to train on have none of it.
  const absent = fit([[1, 2, 3, 4]], [0, 2, 0, 2], { class_weight: 'balanced' });
  assert.ok([...absent.weights, ...absent.intercepts].every(Number.isFinite));
  assert.ok(absent.answers.predictions.every((label) => label !== 1));
  const impatient = fit(wide.columns, wide.target, { max_iter: 1 });
  assert.equal(impatient.fitted.details?.converged, false);
});

test('names of other solvers and libraries', () => {
  const { columns, target } = randomClasses(60, 3, 2, 6);
  const standard = fit(columns, target, { C: 0.25 });
  const variants = [
    { alpha: 4, max_iterations: 100, gradient_tolerance: 1e-4 },
    { C: 0.25, solver: 'saga', warm_start: true, verbose: 1, n_jobs: -1 },
    { C: 0.25, multi_class: 'ovr', solver: 'liblinear', dual: false },
  ];
  for (const given of variants) assert.deepEqual(fit(columns, target, given).weights, standard.weights);
  assert.throws(
    () => fit(columns, target, { penalty: 'l1', solver: 'saga' }),
    (error) => error instanceof FitError && /penalty "l1"/.test(error.message) && /"l2"/.test(error.hint ?? ''),
  );
  assert.throws(() => fit(columns, target, { multi_class: 'multinomial', solver: 'liblinear' }), FitError);
});

test('a fit can be cancelled wherever it looks', () => {
  for (const classes of [2, 3]) assertCancellable(kernels, linearClassification, randomClasses(200, 4, classes, 1));
});
