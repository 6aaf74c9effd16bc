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
import { cheapestOffset } from './proximal-newton.js';

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
    { C: 0.25, multi_class: 'ovr', solver: 'newton-cholesky', dual: false },
  ];
  for (const given of variants) assert.deepEqual(fit(columns, target, given).weights, standard.weights);
});

test('combinations that the reference refuses', () => {
  const { columns, target } = randomClasses(60, 3, 2, 6);
  const refused = (given: object, wording: RegExp) =>
    assert.throws(
      () => fit(columns, target, given),
      (error) => error instanceof FitError && wording.test(`${error.message}: ${error.hint}`),
    );
  refused({ penalty: 'l1' }, /"lbfgs" does not support penalty "l1".*"saga"/);
  refused({ penalty: 'elasticnet', solver: 'liblinear' }, /does not support penalty "elasticnet".*"saga"/);
  refused({ penalty: 'elasticnet', solver: 'saga' }, /needs l1_ratio/);
  refused({ penalty: null, solver: 'liblinear' }, /does not support fits without penalty/);
  refused({ dual: true }, /dual/);
  refused({ dual: true, solver: 'liblinear', penalty: 'l1' }, /dual/);
  refused({ solver: 'liblinear', intercept_scaling: 0 }, /intercept_scaling/);
  refused({ multi_class: 'multinomial', solver: 'liblinear' }, /multinomial/);
  refused({ class_weight: { 3: 1 } }, /"3", which is no class/);
});

test('penalties with corners: no slope is steeper than they hold, and just as steep where a coefficient is not 0', () => {
  for (const [classes, rows, features] of [
    [2, 300, 6],
    [3, 300, 6],
    [4, 200, 5],
    [2, 30, 50],
    [3, 30, 50],
  ] as const)
    for (const l1_ratio of [1, 0.4]) {
      const { columns, target } = randomClasses(rows, features, classes, classes);
      const given = { penalty: 'elasticnet', l1_ratio, C: 0.2, solver: 'saga', max_iter: 1000 };
      const { weights, answers, fitted } = fit(columns, target, given);
      assert.equal(fitted.details?.converged, true);
      const outputs = classes === 2 ? 1 : classes;
      for (let k = 0; k < outputs; k++) {
        const own = outputs === 1 ? 1 : k;
        const residual = target.map(
          (label, row) => answers.probabilities[row * classes + own] - (label === own ? 1 : 0),
        );
        for (const [j, column] of columns.entries()) {
          const weight = weights[k * columns.length + j];
          const slope = column.reduce(
            (sum, value, row) => sum + value * residual[row],
            ((1 - l1_ratio) * weight) / 0.2,
          );
          // Probabilities are float32.
          if (weight === 0) assert.ok(Math.abs(slope) < l1_ratio / 0.2 + 2e-5, `${classes} classes: ${slope}`);
          else assert.ok(Math.abs(slope + (Math.sign(weight) * l1_ratio) / 0.2) < 2e-5, `${classes} classes: ${slope}`);
        }
      }
    }
});

test('cornered penalties: bytes whatever the threads, units, and rows that are certain', () => {
  const { columns, target } = randomClasses(20_000, 3, 3, 4);
  const given = { penalty: 'l1', solver: 'saga', C: 0.01 };
  assert.deepEqual(
    fit(columns, target, given, { team: backwardsTeam(kernels) }).fitted,
    fit(columns, target, given).fitted,
  );
  const separable = fit([[-2, -1, 1, 2]], [0, 0, 1, 1], { penalty: 'l1', solver: 'saga', C: 1000 });
  assert.equal(separable.fitted.details?.converged, true);
  assert.deepEqual([...separable.answers.predictions], [0, 0, 1, 1]);
  // Class 1 of 3 is known, but the rows to train on have none of it.
  const absent = fit([[1, 2, 3, 4]], [0, 2, 0, 2], { penalty: 'l1', solver: 'saga' });
  assert.ok([...absent.weights, ...absent.intercepts].every(Number.isFinite));
});

test('the offset that all outputs share and that costs least', () => {
  const random = new RandomState(4);
  for (let trial = 0; trial < 50; trial++) {
    const values = Array.from({ length: 1 + (trial % 5) }, () => random.normal());
    for (const [l1, l2] of [
      [1, 0],
      [0, 1],
      [1, 0.5],
      [0.2, 2],
    ] as const) {
      const cost = (offset: number) =>
        values.reduce((sum, value) => sum + l1 * Math.abs(value - offset) + (l2 / 2) * (value - offset) ** 2, 0);
      const best = cost(cheapestOffset(values, l1, l2));
      for (let offset = -3; offset <= 3; offset += 0.01) assert.ok(cost(offset) >= best - 1e-12);
    }
  }
});

test('a fit can be cancelled wherever it looks', () => {
  for (const classes of [2, 3])
    for (const hyperparameters of [{}, { penalty: 'l1', solver: 'saga', C: 0.1 }])
      assertCancellable(kernels, linearClassification, randomClasses(200, 4, classes, 1), { hyperparameters });
});
