/** Where rows fall in a grown tree. */
import type { GrownTree } from './tree.js';

/** The number of the leaf that a row comes to. */
export function findLeaf(tree: GrownTree, columns: readonly Float32Array[], row: number): number {
  const { left, right, feature, threshold } = tree;
  let node = 0;
  while (left[node] >= 0) node = columns[feature[node]][row] <= threshold[node] ? left[node] : right[node];
  return node;
}

/**
 * The leaf of every row to `out`: of the samples by their stretches, of the rows that are no samples by their values.
 */
export function findLeaves(
  tree: GrownTree,
  samples: Uint32Array,
  columns: readonly Float32Array[],
  out: Int32Array,
): void {
  if (samples.length < out.length) out.fill(-1);
  for (let node = 0; node < tree.left.length; node++)
    if (tree.left[node] < 0) for (let i = tree.start[node]; i < tree.end[node]; i++) out[samples[i]] = node;
  if (samples.length < out.length)
    for (let row = 0; row < out.length; row++) if (out[row] < 0) out[row] = findLeaf(tree, columns, row);
}
