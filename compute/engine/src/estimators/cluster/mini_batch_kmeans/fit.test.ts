import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadKernels, RandomState } from '@pgml/kernels';
import { FitError } from '../../../estimator.js';
import { assertCancellable, fitAndEvaluate } from '../../../testing/data.js';
import { kmeans } from '../kmeans/index.js';
import { miniBatchKmeans } from './index.js';

const kernels = loadKernels();

/** Six clusters of some thousand rows. */
function blobs() {
  const random = new RandomState(6);
  const rows = Array.from({ length: 6000 }, (_, row) => {
    const cluster = row % 6;
    return [6 * (cluster % 3) + random.normal(), 6 * (cluster >> 1) + random.normal(), random.normal()];
  });
  return [0, 1, 2].map((feature) => Float32Array.from(rows, (row) => row[feature]));
}

test('is nearly as good as k-means over all rows', () => {
  const inertia = (estimator: typeof kmeans) =>
    fitAndEvaluate(kernels, estimator, { columns: blobs() }, { n_clusters: 6 }).fitted.details!.inertia as number;
  assert.ok(inertia(miniBatchKmeans) < 1.03 * inertia(kmeans));
});

test('weights are how often rows are there', () => {
  const columns = [Float32Array.of(0, 1, 10, 20)];
  const weights = [3, 1, 1, 1];
  const { fitted } = fitAndEvaluate(
    kernels,
    miniBatchKmeans,
    { columns, weights },
    { n_clusters: 1, max_iter: 400, max_no_improvement: null },
  );
  // The mean of 0, 0, 0, 1, 10, 20, to which the batches only come near.
  assert.ok(Math.abs((fitted.block.words[0] as Float64Array)[0] - 31 / 6) < 0.5);
});

test('more clusters than rows, and centroids of another shape, are refused', () => {
  const columns = [Float32Array.of(1, 2, 3)];
  assert.throws(() => fitAndEvaluate(kernels, miniBatchKmeans, { columns }), FitError);
  assert.throws(
    () => fitAndEvaluate(kernels, miniBatchKmeans, { columns }, { n_clusters: 1, init: [[1, 2]] }),
    FitError,
  );
});

test('can be cancelled', () =>
  assertCancellable(
    kernels,
    miniBatchKmeans,
    { columns: blobs() },
    { hyperparameters: { n_clusters: 6 }, least: 5, step: 7 },
  ));
