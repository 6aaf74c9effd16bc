import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadKernels, RandomState } from '@pgml/kernels';
import { FitError } from '../../../estimator.js';
import { assertCancellable, assertClose, backwardsTeam, fitAndEvaluate } from '../../../testing/data.js';
import { distance, orthogonality, plainMatrix, plainProduct, plainTransposed } from '../../../testing/matrices.js';
import { enoughComponents, likeliestDimension, logGammaOfHalf } from './dimension.js';
import { pca } from './index.js';

const kernels = loadKernels();

/** Rows in a space of `rank` dimensions, and a little noise beside it. */
function nearSubspace(rows: number, features: number, rank: number, noise: number, seed: number): Float32Array[] {
  const random = new RandomState(seed);
  const axes = Array.from({ length: rank }, () => Float64Array.from({ length: features }, () => random.normal()));
  const columns = Array.from({ length: features }, () => new Float32Array(rows));
  for (let row = 0; row < rows; row++) {
    const along = axes.map((_, i) => random.normal() * (rank - i));
    for (const [j, column] of columns.entries())
      column[row] = 5 + noise * random.normal() + axes.reduce((sum, axis, i) => sum + axis[j] * along[i], 0);
  }
  return columns;
}

const fit = (columns: ArrayLike<number>[], given: object = {}, options = {}) =>
  fitAndEvaluate(kernels, pca, { columns }, given, options);

test('components are orthogonal and projections uncorrelated, with the variances that are told', () => {
  for (const [rows, features] of [
    [300, 7],
    [20, 50],
    [2, 3],
  ] as const) {
    const { fitted, answers } = fit(nearSubspace(rows, features, 3, 0.1, rows));
    const count = fitted.block.outputs;
    assert.equal(count, Math.min(rows, features));
    const [numbers] = fitted.block.words as [Float64Array];
    assert.ok(orthogonality({ rows: count, columns: features, numbers }) < 1e-12);
    const projected = { rows, columns: count, numbers: answers.scores };
    const covariance = plainProduct(plainTransposed(projected), projected).numbers.map((x) => x / (rows - 1));
    const { explained_variance: variances } = fitted.details as { explained_variance: number[] };
    const expected = plainMatrix(count, count, (i, j) => (i === j ? variances[i] : 0)).numbers;
    assert.ok(distance(covariance, expected) < 1e-12);
    // The row farthest along a component is on its positive side.
    for (let i = 0; i < count - 1; i++) {
      const values = Array.from({ length: rows }, (_, row) => answers.scores[row * count + i]);
      assert.ok(Math.max(...values) >= -Math.min(...values) * (1 - 1e-9), `component ${i}`);
    }
    assertClose([fitted.metrics!.cumulative_explained_variance], [1], 1e-12);
  }
});

test('whitened projections have variance 1; they give the rows back if no component is missing', () => {
  const columns = nearSubspace(200, 4, 4, 0.1, 3);
  const { answers, fitted } = fit(columns, { whiten: true });
  for (let i = 0; i < 4; i++) {
    let squares = 0;
    for (let row = 0; row < 200; row++) squares += answers.scores[4 * row + i] ** 2;
    assertClose([squares / 199], [1], 1e-10);
  }
  const [weights, intercepts] = fitted.block.words as [Float64Array, Float64Array];
  const { explained_variance: variances } = fitted.details as { explained_variance: number[] };
  const means = columns.map((column) => column.reduce((sum, x) => sum + x, 0) / 200);
  for (let j = 0; j < 4; j++) {
    let value = means[j];
    for (let i = 0; i < 4; i++) value += answers.scores[i] * variances[i] * weights[4 * i + j];
    assertClose([value], [columns[j][0]], 1e-6);
  }
  assertClose(
    intercepts,
    Float64Array.from(intercepts, (_, i) => -means.reduce((sum, mean, j) => sum + mean * weights[4 * i + j], 0)),
    1e-6,
  );
});

test('how many components', () => {
  const columns = nearSubspace(400, 8, 3, 0.05, 5);
  const kept = (given: object) => fit(columns, given).fitted.block.outputs;
  assert.equal(kept({ n_components: 'mle' }), 3);
  assert.equal(kept({ n_components: 5 }), 5);
  assert.equal(kept({ n_components: 1 }), 1);
  assert.equal(kept({ svd_solver: 'arpack' }), 7);
  assert.equal(kept({ svd_solver: 'randomized' }), 8);
  assert.equal(enoughComponents(Float64Array.of(0.5, 0.25, 0.25), 0.5), 2);
  assert.equal(enoughComponents(Float64Array.of(0.5, 0.25, 0.25), 0.49), 1);
  assert.equal(enoughComponents(Float64Array.of(0.5, 0.25, 0.125), 0.99), 3);
  assert.equal(likeliestDimension(Float64Array.of(3), 10), 0);
  // Γ(½) = √π, Γ(5) = 24, Γ(3½) = 15/8 √π.
  for (const [n, value] of [
    [1, Math.sqrt(Math.PI)],
    [2, 1],
    [10, 24],
    [7, (15 / 8) * Math.sqrt(Math.PI)],
  ])
    assertClose([logGammaOfHalf(n)], [Math.log(value)], 1e-15);
});

test('what does not go together is refused', () => {
  const columns = nearSubspace(5, 8, 2, 0.1, 1);
  for (const [given, message] of [
    [{ n_components: 6 }, /at most 5 components/],
    [{ n_components: 5, svd_solver: 'arpack' }, /arpack" finds 4/],
    [{ n_components: 'mle' }, /at least as many rows/],
    [{ n_components: 'mle', svd_solver: 'randomized' }, /does not go with/],
    [{ n_components: 0.5, svd_solver: 'arpack' }, /part of the variance/],
  ] as const)
    assert.throws(
      () => fit(columns, given),
      (error) => error instanceof FitError && message.test(error.message),
    );
  assert.throws(() => fit(columns.map((column) => column.slice(0, 1))), FitError);
  assert.throws(() => fit([[1, 2, 3]], { svd_solver: 'arpack' }), FitError);
  assert.throws(() => fit([[1, 2, 3]], { n_components: 'mle' }), FitError);
});

test('same bytes whatever the threads; constant features have no part', () => {
  const columns = nearSubspace(5000, 9, 4, 0.2, 2);
  assert.deepEqual(fit(columns, {}, { team: backwardsTeam(kernels) }), fit(columns));
  const { fitted } = fit([...columns.slice(0, 2), new Float32Array(5000).fill(1e6)], { n_components: 2 });
  const [weights] = fitted.block.words as [Float64Array];
  assertClose([weights[2], weights[5]], [0, 0], 1e-12);
  const constant = fit([new Float32Array(5).fill(3)]);
  assert.deepEqual([...constant.answers.scores], [0, 0, 0, 0, 0]);
  assert.equal(constant.fitted.metrics!.cumulative_explained_variance, 0);
});

test('a fit can be cancelled wherever it looks', () => {
  assertCancellable(kernels, pca, { columns: nearSubspace(3000, 4, 2, 0.1, 1) }, { least: 4 });
  assertCancellable(kernels, pca, { columns: nearSubspace(10, 20, 3, 0.1, 1) }, { least: 4 });
});
