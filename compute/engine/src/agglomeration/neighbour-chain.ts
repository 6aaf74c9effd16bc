import { placeNumbers } from '../algebra/columns.js';
import type { FitContext } from '../estimator.js';
import type { Distances } from './distances.js';
import { type ClusterTree, clusterTree, type Merge } from './merges.js';

/** By number as the kernel knows them. */
const linkages = { ward: 0, complete: 1, average: 2 } as const;
export type ChainLinkage = keyof typeof linkages;

/**
 * Agglomerative clustering by nearest-neighbour chains (Murtagh, "A survey of recent advances in hierarchical clustering
 * algorithms", 1983; Müllner, "Modern hierarchical, agglomerative clustering algorithms", 2011), with ties decided as SciPy
 * decides them: the one before in the chain, then the first. Overwrites the distances.
 */
export function neighbourChain(
  distances: Distances,
  linkage: ChainLinkage,
  { kernels, checkpoint }: FitContext,
  progress = 0.5,
): ClusterTree {
  const { count, width, pointer, values } = distances;
  const sizesAt = placeNumbers(kernels, new Float64Array(width).fill(1));
  const sizes = kernels.f64(sizesAt, count);
  const nearest = (cluster: number) => kernels.run.nearestInRow(pointer + 8 * cluster * width, width) as number;
  const chain: number[] = [];
  const merges: Merge[] = [];
  while (merges.length < count - 1) {
    checkpoint(progress);
    if (chain.length === 0) chain.push(sizes.findIndex((size) => size > 0));
    for (;;) {
      const last = chain[chain.length - 1];
      const next = nearest(last);
      const before = chain.length > 1 ? chain[chain.length - 2] : -1;
      if (before >= 0 && !(values[last * width + next] < values[last * width + before])) break;
      chain.push(next);
    }
    const [a, b] = [chain.pop()!, chain.pop()!].sort((x, y) => x - y);
    merges.push({ a, b, distance: values[a * width + b] });
    // What b names from here on is the union.
    kernels.run.mergeClusters(pointer, width, count, a, b, linkages[linkage], sizesAt);
    sizes[b] += sizes[a];
    sizes[a] = 0;
  }
  return clusterTree(count, merges, true);
}
