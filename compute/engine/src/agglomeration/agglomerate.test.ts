import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadKernels, RandomState } from '@pgml/kernels';
import { assertClose, fitContext } from '../testing/data.js';
import { agglomerate, type Linkage } from './agglomerate.js';
import { clustersAbove, cutTree } from './cut.js';
import type { ClusterTree } from './merges.js';

const context = fitContext(loadKernels());

function randomPoints(count: number, dimensions: number, seed: number): Float64Array[] {
  const random = new RandomState(seed);
  return Array.from({ length: count }, () => Float64Array.from({ length: dimensions }, () => random.normal()));
}

const distance = (a: Float64Array, b: Float64Array) => Math.hypot(...a.map((value, i) => value - b[i]));

/** How far two clusters of points are from each other, by the definition of the linkage. */
function between(linkage: Linkage, one: readonly Float64Array[], other: readonly Float64Array[]): number {
  const pairs = one.flatMap((a) => other.map((b) => distance(a, b)));
  if (linkage === 'single') return Math.min(...pairs);
  if (linkage === 'complete') return Math.max(...pairs);
  if (linkage === 'average') return pairs.reduce((sum, value) => sum + value, 0) / pairs.length;
  const centre = (points: readonly Float64Array[]) =>
    points[0].map((_, i) => points.reduce((sum, point) => sum + point[i], 0) / points.length);
  const share = (2 * one.length * other.length) / (one.length + other.length);
  return Math.sqrt(share) * distance(centre(one), centre(other));
}

/** Merges the nearest two clusters again and again; the points of each cluster after each merge. */
function slowly(points: readonly Float64Array[], linkage: Linkage) {
  let clusters = points.map((_, i) => [i]);
  const distances: number[] = [];
  const partitions = [clusters];
  while (clusters.length > 1) {
    let best = { i: 0, j: 1, value: Infinity };
    for (let i = 0; i < clusters.length; i++)
      for (let j = i + 1; j < clusters.length; j++) {
        const of = (cluster: readonly number[]) => cluster.map((point) => points[point]);
        const value = between(linkage, of(clusters[i]), of(clusters[j]));
        if (value < best.value) best = { i, j, value };
      }
    distances.push(best.value);
    const union = [...clusters[best.i], ...clusters[best.j]].sort((a, b) => a - b);
    clusters = [...clusters.filter((_, i) => i !== best.i && i !== best.j), union];
    partitions.push(clusters);
  }
  return { distances, partitions };
}

/** The points of each cluster, as text that does not depend on the clusters' numbers. */
function partitionOf(labels: ArrayLike<number>): string {
  const members = new Map<number, number[]>();
  for (let i = 0; i < labels.length; i++) members.set(labels[i], [...(members.get(labels[i]) ?? []), i]);
  return [...members.values()]
    .map((list) => list.join())
    .sort()
    .join(' ');
}

test('every linkage merges what is nearest by its definition', () => {
  for (const linkage of ['ward', 'complete', 'average', 'single'] as const)
    for (const count of [1, 2, 3, 24]) {
      const points = randomPoints(count, 3, count);
      const tree = agglomerate(points, linkage, 'euclidean', context);
      const { distances, partitions } = slowly(points, linkage);
      assertClose(tree.distances, distances, 1e-12);
      for (const clusters of partitions) {
        const cut = partitionOf(cutTree(tree, clusters.length));
        assert.equal(
          cut,
          clusters
            .map((list) => list.join())
            .sort()
            .join(' '),
          `${linkage} ${count}`,
        );
      }
    }
});

test('a threshold counts the clusters that stay apart', () => {
  const tree: ClusterTree = {
    count: 4,
    children: Int32Array.of(0, 1, 2, 3, 4, 5),
    distances: Float64Array.of(1, 2, 3),
  };
  assert.deepEqual(
    [0.5, 1, 1.5, 2, 3, 3.5].map((threshold) => clustersAbove(tree, threshold)),
    [4, 4, 3, 3, 2, 1],
  );
  assert.deepEqual([...cutTree(tree, 1)], [0, 0, 0, 0]);
  assert.equal(partitionOf(cutTree(tree, 2)), '0,1 2,3');
});

test('all metrics, and points that repeat', () => {
  const points = [Float64Array.of(1, 0), Float64Array.of(0, 2), Float64Array.of(3, 0), Float64Array.of(0, 2)];
  const merged = (metric: 'manhattan' | 'cosine') => [...agglomerate(points, 'single', metric, context).distances];
  assertClose(merged('manhattan'), [0, 2, 3], 1e-15);
  assertClose(merged('cosine'), [0, 0, 1], 1e-15);
});
