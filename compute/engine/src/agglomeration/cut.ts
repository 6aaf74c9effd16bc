import { PythonHeap } from '../trees/python-heap.js';
import type { ClusterTree } from './merges.js';

/** How many clusters are left when those at least so far apart stay apart. */
export function clustersAbove({ distances }: ClusterTree, threshold: number): number {
  return 1 + distances.reduce((sum, distance) => sum + Number(distance >= threshold), 0);
}

/**
 * The cluster 0 … clusters - 1 of each point when the last merges are undone. Clusters are numbered in the order that
 * scikit-learn's heap leaves them in.
 */
export function cutTree({ count, children }: ClusterTree, clusters: number): Int32Array {
  const heap = new PythonHeap<number>((a, b) => a > b);
  heap.push(2 * count - 2);
  for (let i = 1; i < clusters; i++) {
    const merge = 2 * (2 * count - 1 - i - count);
    heap.push(children[merge]);
    heap.replaceFirst(children[merge + 1]);
  }
  const labels = new Int32Array(count);
  for (const [label, top] of heap.rest().entries()) {
    const pending = [top];
    while (pending.length > 0) {
      const cluster = pending.pop()!;
      if (cluster < count) labels[cluster] = label;
      else pending.push(children[2 * (cluster - count)], children[2 * (cluster - count) + 1]);
    }
  }
  return labels;
}
