/** Two clusters that were merged, each named by a point in it. */
export interface Merge {
  readonly a: number;
  readonly b: number;
  readonly distance: number;
}

/**
 * A hierarchy of clusters. Clusters 0 … count - 1 are the points; the i-th merge, by ascending distance, makes the
 * cluster count + i out of the clusters children[2 i] and children[2 i + 1].
 */
export interface ClusterTree {
  readonly count: number;
  readonly children: Int32Array;
  readonly distances: Float64Array;
}

/** Sorts merges by distance, the first of equals first, and names the clusters. */
export function clusterTree(count: number, merges: readonly Merge[], smallerFirst: boolean): ClusterTree {
  const children = new Int32Array(2 * merges.length);
  const distances = new Float64Array(merges.length);
  const parents = Int32Array.from({ length: 2 * count - 1 }, (_, i) => i);
  const rootOf = (cluster: number): number => {
    while (parents[cluster] !== cluster) {
      parents[cluster] = parents[parents[cluster]];
      cluster = parents[cluster];
    }
    return cluster;
  };
  for (const [i, { a, b, distance }] of merges.toSorted((x, y) => x.distance - y.distance).entries()) {
    const [first, second] = [rootOf(a), rootOf(b)];
    const swap = smallerFirst && first > second;
    children[2 * i] = swap ? second : first;
    children[2 * i + 1] = swap ? first : second;
    distances[i] = distance;
    parents[first] = parents[second] = count + i;
  }
  return { count, children, distances };
}
