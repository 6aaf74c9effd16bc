import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { loadKernels, RandomState } from '@pgml/kernels';
import { Cancelled, type Estimator, FitError, type Fitted } from '../../../estimator.js';
import { checkParameters } from '../../../parameters.js';
import {
  backwardsTeam,
  columnsOf,
  evaluate,
  type FitContextOptions,
  fitContext,
  trainingData,
} from '../../../testing/data.js';
import { linearClassification, linearRegression } from './index.js';

interface Reference {
  tables: Record<string, number[] | number[][]>;
  regressions: {
    name: string;
    features: string;
    target: string;
    parameters: object;
    coefficients: number[];
    intercept: number;
    predictions: number[];
  }[];
  classifications: {
    name: string;
    features: string;
    target: string;
    parameters: { C?: number; multi_class?: string };
    coefficients: number[][];
    intercepts: number[];
    probabilities: number[][];
  }[];
}

const reference: Reference = JSON.parse(
  readFileSync(new URL('../../../../../../proof/reference/linear.json', import.meta.url), 'utf8'),
);
const kernels = loadKernels();

interface Outcome {
  /** outputs × features. */
  weights: Float64Array;
  intercepts: Float64Array;
  fitted: Fitted;
  answers: ReturnType<typeof evaluate>;
}

function fit(
  estimator: Estimator,
  columns: ArrayLike<number>[],
  target: ArrayLike<number>,
  given: object = {},
  more: FitContextOptions = {},
): Outcome {
  const classes = estimator.task === 'classification' ? Array.from(target).reduce((a, b) => Math.max(a, b)) + 1 : 0;
  const mark = kernels.mark();
  const data = trainingData(kernels, columns, target, classes);
  const before = kernels.mark();
  const fitted = estimator.fit(data, checkParameters(estimator, given), fitContext(kernels, more));
  assert.equal(kernels.mark(), before, 'the fit released what it allocated');
  const answers = evaluate(kernels, fitted, data);
  kernels.release(mark);
  const [weights, intercepts] = fitted.block.words as [Float64Array, Float64Array];
  return { weights, intercepts, fitted, answers };
}

function assertClose(actual: ArrayLike<number>, expected: ArrayLike<number>, tolerance: number, what = 'value'): void {
  assert.equal(actual.length, expected.length);
  const allowed = tolerance * Math.max(1, ...Array.from(expected, Math.abs));
  for (let i = 0; i < expected.length; i++)
    assert.ok(Math.abs(actual[i] - expected[i]) <= allowed, `${what} ${i}: ${actual[i]} is not ${expected[i]}`);
}

const featureTable = (name: string) => columnsOf(reference.tables[name] as number[][]);
const targetTable = (name: string) => reference.tables[name] as number[];

for (const entry of reference.regressions)
  test(`regression as scikit-learn's: ${entry.name}`, () => {
    const columns = featureTable(entry.features);
    const { weights, intercepts, answers } = fit(
      linearRegression,
      columns,
      targetTable(entry.target),
      entry.parameters,
    );
    assertClose(weights, entry.coefficients, 1e-6, 'coefficient');
    assertClose(intercepts, [entry.intercept], 1e-6, 'intercept');
    assertClose(answers.scores.slice(0, entry.predictions.length), entry.predictions, 1e-6, 'prediction');
  });

for (const entry of reference.classifications)
  test(`classification at scikit-learn's optimum: ${entry.name}`, () => {
    // The defaults are good for six digits, except where there is next to no penalty.
    const patience = (entry.parameters.C ?? 1) >= 100 ? { tol: 1e-5, max_iter: 1000 } : {};
    const { weights, intercepts, fitted, answers } = fit(
      linearClassification,
      featureTable(entry.features),
      targetTable(entry.target),
      { ...entry.parameters, ...patience },
    );
    // The two-class softmax is stored as one score, the difference of both classes: twice scikit-learn's coefficients.
    const factor = entry.parameters.multi_class === 'multinomial' ? 2 : 1;
    const expected = entry.coefficients.flat().map((value) => value * factor);
    assert.equal(fitted.details?.converged, true, JSON.stringify(fitted.details));
    assertClose(weights, expected, 1e-6, 'coefficient');
    assertClose(
      intercepts,
      entry.intercepts.map((value) => value * factor),
      1e-6,
      'intercept',
    );
    const classes = entry.probabilities[0].length;
    for (const [i, row] of entry.probabilities.entries())
      assertClose(answers.probabilities.subarray(7 * i * classes, (7 * i + 1) * classes), row, 1e-6, 'probability');
  });

/** Rows of normal deviates as columns, and a target that depends on them. */
function randomRegression(rows: number, features: number, seed: number): { columns: number[][]; target: number[] } {
  const random = new RandomState(seed);
  const columns = Array.from({ length: features }, () =>
    Array.from({ length: rows }, () => Math.fround(random.normal())),
  );
  const target = Array.from({ length: rows }, (_, row) =>
    Math.fround(columns.reduce((sum, column, j) => sum + (j + 1) * column[row], 2) + 0.1 * random.normal()),
  );
  return { columns, target };
}

test('regression: the residual is orthogonal to every feature and to the constant', () => {
  for (const [rows, features] of [
    [2, 1],
    [50, 3],
    [1000, 20],
    [3000, 7],
  ] as const) {
    const { columns, target } = randomRegression(rows, features, rows);
    const { answers } = fit(linearRegression, columns, target);
    const residual = target.map((value, row) => value - answers.scores[row]);
    for (const column of [...columns, target.map(() => 1)]) {
      const product = column.reduce((sum, value, row) => sum + value * residual[row], 0);
      assert.ok(Math.abs(product) < 1e-9 * rows, `${rows} × ${features}: ${product}`);
    }
  }
});

test('regression: normal equations and orthogonal transformations agree; repeated rows change nothing', () => {
  const { columns, target } = randomRegression(400, 6, 1);
  const direct = fit(linearRegression, columns, target);
  assert.equal(direct.fitted.details?.method, 'cholesky');
  const doubled = fit(linearRegression, [...columns, columns[2]], target);
  assert.equal(doubled.fitted.details?.method, 'orthogonal');
  assert.equal(doubled.fitted.details?.rank, 6);
  assertClose(doubled.answers.scores, direct.answers.scores, 1e-12);
  assert.ok(Math.abs(doubled.weights[2] - doubled.weights[6]) < 1e-12, 'the least coefficients share equally');
  const large = randomRegression(20_000, 6, 2);
  assert.deepEqual(
    fit(linearRegression, large.columns, large.target, {}, { team: backwardsTeam(kernels) }).fitted,
    fit(linearRegression, large.columns, large.target).fitted,
  );
  const twice = fit(
    linearRegression,
    columns.map((column) => [...column, ...column]),
    [...target, ...target],
  );
  assertClose(twice.weights, direct.weights, 1e-12);
});

test('regression: rows in another order, columns in another unit', () => {
  const { columns, target } = randomRegression(777, 5, 2);
  const { weights } = fit(linearRegression, columns, target);
  const order = [...new RandomState(9).permutation(777)];
  const shuffled = fit(
    linearRegression,
    columns.map((column) => order.map((row) => column[row])),
    order.map((row) => target[row]),
  );
  assertClose(shuffled.weights, weights, 1e-12);
  const units = [2 ** -100, 2 ** 60, 1, 2 ** 20, 2 ** -20];
  const scaled = fit(
    linearRegression,
    columns.map((column, j) => column.map((value) => value * units[j])),
    target,
  );
  assertClose(
    scaled.weights.map((weight, j) => weight * units[j]),
    weights,
    1e-12,
  );
});

test('regression: edges', () => {
  const single = fit(linearRegression, [[3], [4]], [5]);
  assert.deepEqual([...single.weights], [0, 0]);
  assert.deepEqual([...single.answers.predictions], [5]);
  const constant = fit(
    linearRegression,
    [
      [7.3, 7.3, 7.3, 7.3],
      [1, 2, 3, 5],
    ],
    [2, 4, 6, 10],
  );
  assertClose(constant.weights, [0, 2], 1e-14);
  assertClose(constant.intercepts, [0], 1e-13);
  const flat = fit(linearRegression, [[0, 0, 0]], [1, 2, 3], { fit_intercept: false });
  assert.deepEqual([...flat.weights], [0]);
  // A year and a half of days since 1970, in which float32 products would drown.
  const days = Array.from({ length: 500 }, (_, i) => 19_000 + i);
  const trend = fit(
    linearRegression,
    [days],
    days.map((day) => 3 * (day - 19_000)),
  );
  assertClose(trend.weights, [3], 1e-12);
});

test('positive: no coefficient is negative, and the optimality conditions hold', () => {
  for (let seed = 0; seed < 20; seed++) {
    const random = new RandomState(seed);
    const { columns } = randomRegression(40, 8, seed);
    columns.push(columns[0].map((value, row) => value + columns[1][row]));
    const target = columns[0].map((value, row) => value - 2 * columns[1][row] + random.normal());
    const { weights, answers } = fit(linearRegression, columns, target, { positive: true });
    const residual = target.map((value, row) => Math.fround(value) - answers.scores[row]);
    for (const [j, column] of columns.entries()) {
      const slope = column.reduce((sum, value, row) => sum + Math.fround(value) * residual[row], 0);
      assert.ok(weights[j] >= 0);
      assert.ok(weights[j] > 0 ? Math.abs(slope) < 1e-8 : slope < 1e-8, `seed ${seed}, column ${j}: ${slope}`);
    }
  }
});

/** Three overlapping clouds. */
function randomClasses(rows: number, features: number, classes: number, seed: number) {
  const random = new RandomState(seed);
  const target = Array.from({ length: rows }, (_, row) => row % classes);
  const columns = Array.from({ length: features }, (_, j) =>
    target.map((label) => Math.fround(random.normal() + (label === j % classes ? 1 : 0))),
  );
  return { columns, target };
}

test('classification: the gradient of the penalized loss, written down anew, is 0', () => {
  for (const classes of [2, 3, 5]) {
    const { columns, target } = randomClasses(300, 4, classes, classes);
    const { weights, answers } = fit(linearClassification, columns, target, { C: 0.5 });
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

test('classification: same bytes whatever the threads; other orders and units of the same data reach the same optimum', () => {
  const { columns, target } = randomClasses(20_000, 3, 3, 4);
  const once = fit(linearClassification, columns, target);
  const again = fit(linearClassification, columns, target, {}, { team: backwardsTeam(kernels) });
  assert.deepEqual(once.fitted, again.fitted);
  const order = [...new RandomState(1).permutation(target.length)];
  const shuffled = fit(
    linearClassification,
    columns.map((column) => order.map((row) => column[row])),
    order.map((row) => target[row]),
  );
  assertClose(shuffled.weights, once.weights, 1e-7);
  const units = [1e6, 1, 1e-6];
  const given = { penalty: 'none' };
  const plain = fit(linearClassification, columns, target, given);
  const scaled = fit(
    linearClassification,
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

test('classification: a row twice is a row of weight two; balanced weights undo it', () => {
  const { columns, target } = randomClasses(90, 3, 2, 8);
  const even = fit(linearClassification, columns, target, { penalty: 'none' });
  const repeated = [...target.keys(), ...[...target.keys()].filter((row) => target[row] === 1)];
  const given = { penalty: 'none', class_weight: 'balanced' };
  const balanced = fit(
    linearClassification,
    columns.map((column) => repeated.map((row) => column[row])),
    repeated.map((row) => target[row]),
    given,
  );
  assertClose(balanced.weights, even.weights, 1e-6);
  assertClose(balanced.intercepts, even.intercepts, 1e-6);
});

test('classification: edges', () => {
  const separable = fit(linearClassification, [[-1, 1]], [0, 1], { penalty: 'none', max_iter: 50 });
  assert.deepEqual([...separable.answers.predictions], [0, 1]);
  assert.ok([...separable.weights, ...separable.intercepts].every(Number.isFinite));
  const constant = fit(linearClassification, [[5, 5, 5]], [0, 1, 1]);
  assert.deepEqual([...constant.weights], [0]);
  assertClose(constant.intercepts, [Math.log(2)], 1e-8);
  const huge = fit(linearClassification, [[-1e30, 1e30, 2e30, 1e29]], [0, 1, 1, 0]);
  assert.equal(huge.fitted.details?.converged, true);
  const wide = randomClasses(8, 40, 2, 3);
  assert.deepEqual([...fit(linearClassification, wide.columns, wide.target).answers.predictions], wide.target);
  const many = randomClasses(600, 300, 2, 3);
  assert.equal(fit(linearClassification, many.columns, many.target).fitted.details?.converged, true);
  // Class 1 of 3 is known, but the rows to train on have none of it.
  const absent = fit(linearClassification, [[1, 2, 3, 4]], [0, 2, 0, 2], { class_weight: 'balanced' });
  assert.ok([...absent.weights, ...absent.intercepts].every(Number.isFinite));
  assert.ok(absent.answers.predictions.every((label) => label !== 1));
  const impatient = fit(linearClassification, wide.columns, wide.target, { max_iter: 1 });
  assert.equal(impatient.fitted.details?.converged, false);
});

test('classification: names of other solvers and libraries', () => {
  const { columns, target } = randomClasses(60, 3, 2, 6);
  const standard = fit(linearClassification, columns, target, { C: 0.25 });
  const variants = [
    { alpha: 4, max_iterations: 100, gradient_tolerance: 1e-4 },
    { C: 0.25, solver: 'saga', warm_start: true, verbose: 1, n_jobs: -1 },
    { C: 0.25, multi_class: 'ovr', solver: 'liblinear', dual: false },
  ];
  for (const given of variants)
    assert.deepEqual(fit(linearClassification, columns, target, given).weights, standard.weights);
  assert.throws(
    () => fit(linearClassification, columns, target, { penalty: 'l1', solver: 'saga' }),
    (error) => error instanceof FitError && /penalty "l1"/.test(error.message) && /"l2"/.test(error.hint ?? ''),
  );
  assert.throws(
    () => fit(linearClassification, columns, target, { multi_class: 'multinomial', solver: 'liblinear' }),
    FitError,
  );
});

test('fits can be cancelled, and give back their memory', () => {
  const { columns, target } = randomClasses(200, 4, 2, 1);
  for (const estimator of [linearRegression, linearClassification]) {
    const mark = kernels.mark();
    const data = trainingData(kernels, columns, target, 2);
    const before = kernels.mark();
    const context = fitContext(kernels, {
      beforeEach: (count) => {
        if (count === 3) throw new Cancelled();
      },
    });
    assert.throws(() => estimator.fit(data, checkParameters(estimator, {}), context), Cancelled);
    assert.equal(kernels.mark(), before);
    kernels.release(mark);
  }
});
