import type { FitContext } from '../estimator.js';
import { distancesOf, type Metric, type Points } from './distances.js';
import type { ClusterTree } from './merges.js';
import { type ChainLinkage, neighbourChain } from './neighbour-chain.js';
import { spanningTree } from './spanning-tree.js';

export type Linkage = ChainLinkage | 'single';

/**
 * The hierarchy of at least one point, as scikit-learn and SciPy build it. Kernel memory, released at the end: 8 bytes
 * times the square of the number of points.
 */
export function agglomerate(points: Points, linkage: Linkage, metric: Metric, context: FitContext): ClusterTree {
  const { kernels, checkpoint } = context;
  const mark = kernels.mark();
  try {
    const distances = distancesOf(points, metric, context);
    // scikit-learn has its own spanning tree for the distances that are metrics, and SciPy's for the others.
    if (linkage === 'single') return spanningTree(distances, metric === 'cosine', checkpoint);
    return neighbourChain(distances, linkage, context);
  } finally {
    kernels.release(mark);
  }
}
