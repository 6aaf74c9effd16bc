/** Oblivious trees as binary trees: the nodes of a level all have the same test. */
import { type GrownTree, GrownTreeBuilder } from '../../../trees/grown-tree.js';
import type { TableTree } from '../../../trees/tree.js';
import type { NodeTest } from './features.js';

export interface ModelTree extends GrownTree, TableTree {}

/**
 * `values` are f64[leaves][outputs], rounded to float32 for a single output; `covers` the weights of leaves; the first test
 * is the highest bit of a leaf's number, 1 is right. `gains` are those of levels, which their nodes share in.
 */
export function modelTree(
  tests: readonly NodeTest[],
  values: Float64Array,
  outputs: number,
  covers: Float64Array,
  gains: readonly number[],
): ModelTree {
  const builder = new GrownTreeBuilder();
  let level = [0];
  tests.forEach(({ swapped, ...point }, depth) => {
    level = level.flatMap((node) => {
      const left = builder.split(node, point);
      builder.setGain(node, Math.max(0, gains[depth]) / 2 ** depth);
      return swapped ? [left + 1, left] : [left, left + 1];
    });
  });
  level.forEach((node, leaf) => {
    if (outputs === 1) builder.setValue(node, values[leaf]);
    builder.setCover(node, covers[leaf]);
  });
  const tree = builder.build();
  const rows = new Float64Array(tree.left.length * outputs);
  level.forEach((node, leaf) => {
    rows.set(values.subarray(leaf * outputs, (leaf + 1) * outputs), node * outputs);
  });
  // Children are made after their parents.
  for (let node = tree.left.length - 1; node >= 0; node--)
    if (tree.left[node] >= 0) tree.cover[node] = tree.cover[tree.left[node]] + tree.cover[tree.right[node]];
  return { ...tree, rows };
}

/** The node at which a row ends. */
export function leafOf(tree: ModelTree, columns: readonly Float32Array[], row: number): number {
  let node = 0;
  while (tree.left[node] >= 0) {
    const value = columns[tree.feature[node]][row];
    node = goesLeft(tree, node, value) ? tree.left[node] : tree.right[node];
  }
  return node;
}

function goesLeft({ categories, missingLeft, threshold }: ModelTree, node: number, value: number): boolean {
  if (Number.isNaN(value)) return missingLeft[node] === 1;
  const bits = categories?.get(node);
  if (!bits) return !(value >= threshold[node]);
  if (!Number.isInteger(value) || value < 0 || value >= 32 * bits.length) return false;
  return ((bits[value >>> 5] >>> (value & 31)) & 1) === 1;
}
