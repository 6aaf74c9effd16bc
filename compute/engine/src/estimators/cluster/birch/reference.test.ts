/** scikit-learn as the measure; made by proof/reference/make_birch.py. */
import assert from 'node:assert/strict';
import { testReference } from '../../../testing/reference.js';
import { birch } from './index.js';

interface Expected {
  readonly count: number;
  /** In lexicographic order, the first of them. */
  readonly centroids: number[];
  /** In the same order, of all of them. */
  readonly clusters: number[];
  /** Of the rows. */
  readonly labels: number[];
}

testReference<Expected>(birch, ({ fitted, answers, expected, close, problem }) => {
  const features = problem.columns.length;
  const words = fitted.block.words[0] as Float64Array;
  const centroids = Array.from({ length: words.length / features }, (_, i) =>
    words.subarray(i * features, (i + 1) * features),
  );
  assert.equal(centroids.length, expected.count);
  const order = [...centroids.keys()].sort((a, b) => lexicographic(centroids[a], centroids[b]));
  const first = order.slice(0, expected.centroids.length / features).flatMap((i) => [...centroids[i]]);
  close(first, expected.centroids, 'centroid value');
  samePartition(
    order.map((i) => fitted.clusters![i]),
    expected.clusters,
  );
  samePartition(
    Array.from(answers.predictions, (subcluster) => fitted.clusters![subcluster]),
    expected.labels,
  );
});

function lexicographic(a: Float64Array, b: Float64Array): number {
  const difference = a.findIndex((value, i) => value !== b[i]);
  return difference < 0 ? 0 : a[difference] - b[difference];
}

/** The same up to the numbers of the clusters. */
function samePartition(actual: readonly number[], expected: readonly number[]): void {
  const pairs = new Set(actual.map((label, i) => `${label} ${expected[i]}`));
  assert.equal(actual.length, expected.length);
  assert.equal(pairs.size, new Set(actual).size);
  assert.equal(pairs.size, new Set(expected).size);
}
