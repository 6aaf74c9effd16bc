import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadKernels, RandomState } from '@pgml/kernels';
import {
  assertCancellable,
  assertClose,
  backwardsTeam,
  type FitContextOptions,
  fitAndEvaluate,
} from '../../../testing/data.js';
import { linearRegression } from './index.js';

const kernels = loadKernels();

function fit(
  columns: ArrayLike<number>[],
  target: ArrayLike<number>,
  hyperparameters: object = {},
  options: FitContextOptions = {},
) {
  const { fitted, answers } = fitAndEvaluate(kernels, linearRegression, { columns, target }, hyperparameters, options);
  // Coefficients by output and feature, intercepts by output.
  const [weights, intercepts] = fitted.block.words as [Float64Array, Float64Array];
  return { weights, intercepts, fitted, answers };
}

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

test('the residual is orthogonal to every feature and to the constant', () => {
  for (const [rows, features] of [
    [2, 1],
    [50, 3],
    [1000, 20],
    [3000, 7],
  ] as const) {
    const { columns, target } = randomRegression(rows, features, rows);
    const { answers } = fit(columns, target);
    const residual = target.map((value, row) => value - answers.scores[row]);
    for (const column of [...columns, target.map(() => 1)]) {
      const product = column.reduce((sum, value, row) => sum + value * residual[row], 0);
      assert.ok(Math.abs(product) < 1e-9 * rows, `${rows} × ${features}: ${product}`);
    }
  }
});

test('normal equations and orthogonal transformations agree; repeated rows change nothing', () => {
  const { columns, target } = randomRegression(400, 6, 1);
  const direct = fit(columns, target);
  assert.equal(direct.fitted.details?.method, 'cholesky');
  const doubled = fit([...columns, columns[2]], target);
  assert.equal(doubled.fitted.details?.method, 'orthogonal');
  assert.equal(doubled.fitted.details?.rank, 6);
  assertClose(doubled.answers.scores, direct.answers.scores, 1e-12);
  assert.ok(Math.abs(doubled.weights[2] - doubled.weights[6]) < 1e-12, 'the least coefficients share equally');
  const large = randomRegression(20_000, 6, 2);
  assert.deepEqual(
    fit(large.columns, large.target, {}, { team: backwardsTeam(kernels) }).fitted,
    fit(large.columns, large.target).fitted,
  );
  const twice = fit(
    columns.map((column) => [...column, ...column]),
    [...target, ...target],
  );
  assertClose(twice.weights, direct.weights, 1e-12);
});

test('rows in another order, columns in another unit', () => {
  const { columns, target } = randomRegression(777, 5, 2);
  const { weights } = fit(columns, target);
  const order = [...new RandomState(9).permutation(777)];
  const shuffled = fit(
    columns.map((column) => order.map((row) => column[row])),
    order.map((row) => target[row]),
  );
  assertClose(shuffled.weights, weights, 1e-12);
  const units = [2 ** -100, 2 ** 60, 1, 2 ** 20, 2 ** -20];
  const scaled = fit(
    columns.map((column, j) => column.map((value) => value * units[j])),
    target,
  );
  assertClose(
    scaled.weights.map((weight, j) => weight * units[j]),
    weights,
    1e-12,
  );
});

test('edges', () => {
  const single = fit([[3], [4]], [5]);
  assert.deepEqual([...single.weights], [0, 0]);
  assert.deepEqual([...single.answers.predictions], [5]);
  const constant = fit(
    [
      [7.3, 7.3, 7.3, 7.3],
      [1, 2, 3, 5],
    ],
    [2, 4, 6, 10],
  );
  assertClose(constant.weights, [0, 2], 1e-14);
  assertClose(constant.intercepts, [0], 1e-13);
  const flat = fit([[0, 0, 0]], [1, 2, 3], { fit_intercept: false });
  assert.deepEqual([...flat.weights], [0]);
  // A year and a half of days since 1970, in which float32 products would drown.
  const days = Array.from({ length: 500 }, (_, i) => 19_000 + i);
  const trend = fit(
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
    const { weights, answers } = fit(columns, target, { positive: true });
    const residual = target.map((value, row) => Math.fround(value) - answers.scores[row]);
    for (const [j, column] of columns.entries()) {
      const slope = column.reduce((sum, value, row) => sum + Math.fround(value) * residual[row], 0);
      assert.ok(weights[j] >= 0);
      assert.ok(weights[j] > 0 ? Math.abs(slope) < 1e-8 : slope < 1e-8, `seed ${seed}, column ${j}: ${slope}`);
    }
  }
});

test('a fit can be cancelled wherever it looks', () => {
  for (const hyperparameters of [{}, { positive: true }])
    assertCancellable(kernels, linearRegression, randomRegression(200, 4, 1), { hyperparameters });
});
