import type { FitContext } from '../estimator.js';
import type { Distances } from './distances.js';
import { type ClusterTree, clusterTree, type Merge } from './merges.js';

/**
 * Single linkage: the edges of a minimum spanning tree (Prim's algorithm from point 0) in ascending order. Whether the
 * earlier of two clusters comes first in a merge, matters to the numbers of clusters only.
 */
export function spanningTree(
  { count, width, values }: Distances,
  earlierFirst: boolean,
  checkpoint: FitContext['checkpoint'],
  progress = 0.5,
): ClusterTree {
  const reached = new Uint8Array(count);
  const nearest = new Float64Array(count).fill(Infinity);
  const sources = new Int32Array(count);
  const merges: Merge[] = [];
  let current = 0;
  while (merges.length < count - 1) {
    checkpoint(progress);
    reached[current] = 1;
    let next = -1;
    for (let i = 0; i < count; i++) {
      if (reached[i] === 1) continue;
      const distance = values[current * width + i];
      if (distance < nearest[i]) {
        nearest[i] = distance;
        sources[i] = current;
      }
      if (next < 0 || nearest[i] < nearest[next]) next = i;
    }
    merges.push({ a: sources[next], b: next, distance: nearest[next] });
    current = next;
  }
  return clusterTree(count, merges, earlierFirst);
}
