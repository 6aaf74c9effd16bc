import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadKernels, RandomState } from '@pgml/kernels';
import { assertCancellable, assertClose, fitAndEvaluate } from '../../../testing/data.js';
import { birch } from './index.js';
import { FeatureTree } from './feature-tree.js';

const kernels = loadKernels();

/** Rows around 5 centres along a line. */
function blobs(rows: number, width: number) {
  const random = new RandomState(1);
  const truth = Array.from({ length: rows }, () => random.integer(0, 5));
  const columns = [10, -10].map((step) => truth.map((cluster) => step * cluster + width * random.normal()));
  return { columns, truth };
}

test('clusters that are far apart are found, whatever the branching factor', () => {
  const { columns, truth } = blobs(400, 0.5);
  for (const branching_factor of [2, 3, 50]) {
    const { fitted, answers } = fitAndEvaluate(kernels, birch, { columns }, { n_clusters: 5, branching_factor });
    const pairs = new Set(
      Array.from(answers.predictions, (subcluster, row) => `${fitted.clusters![subcluster]} ${truth[row]}`),
    );
    assert.equal(pairs.size, 5);
    assert.equal(fitted.details?.clusters, 5);
  }
});

test('a threshold above all distances makes one subcluster, the mean; a tiny one makes each row its own', () => {
  const { columns } = blobs(100, 3);
  const one = fitAndEvaluate(kernels, birch, { columns }, { threshold: 1e6, n_clusters: null });
  const means = columns.map((column) => column.reduce((sum, value) => sum + Math.fround(value), 0) / 100);
  assertClose(one.fitted.block.words[0] as Float64Array, means, 1e-12);
  const all = fitAndEvaluate(kernels, birch, { columns }, { threshold: 1e-6, n_clusters: null });
  assert.equal(all.fitted.details?.subclusters, 100);
  assert.equal(new Set(all.answers.predictions).size, 100);
  // Fewer subclusters than clusters stay what they are.
  const few = fitAndEvaluate(kernels, birch, { columns }, { threshold: 1e6, n_clusters: 3 });
  assert.deepEqual(few.fitted.clusters, [0]);
});

test('radii stay below the threshold, and every row is counted', () => {
  const random = new RandomState(4);
  const tree = new FeatureTree({ features: 2, threshold: 0.4, branchingFactor: 4 });
  const rows = Array.from({ length: 300 }, () => Float64Array.of(random.normal(), random.normal()));
  for (const row of rows) tree.insert(row);
  const centroids = tree.centroids();
  assert.ok(centroids.length < 300);
  for (const row of rows) {
    const nearest = Math.min(...centroids.map((centroid) => Math.hypot(row[0] - centroid[0], row[1] - centroid[1])));
    assert.ok(nearest < 2, String(nearest));
  }
});

test('a fit can be cancelled wherever it looks', () => {
  const { columns } = blobs(300, 1);
  assertCancellable(kernels, birch, { columns }, { hyperparameters: { threshold: 0.8 }, least: 3, step: 7 });
});
