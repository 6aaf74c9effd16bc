/** Decision trees whose leaves are f64 values and whose tests may be on sets of categories, and their evaluator block. */
import type { BlockDescription } from '@pgml/kernels';
import { treeTableWords } from './layout.js';
import type { TableTree } from './tree.js';

/** Nodes are numbered in the order in which they were made, the root is node 0; every array has one entry per node. */
export interface ValueTree {
  /** The left child, or -1: the node is a leaf. */
  readonly left: readonly number[];
  readonly right: readonly number[];
  readonly feature: readonly number[];
  /** Values below it go left. NaN: all present values do. */
  readonly threshold: readonly number[];
  readonly missingLeft: readonly boolean[];
  /** Instead of a threshold, the categories (integers) that go left; all other present values go right. */
  readonly categories: readonly (readonly number[] | undefined)[];
  /** What a leaf adds to its output. */
  readonly value: number[];
  /** What splitting the node gained; 0 for leaves. */
  readonly gain: readonly number[];
  /** The weight (rows or hessians) that came to the node. */
  readonly cover: readonly number[];
}

/** A tree's nodes as `treeTableWords` lays them out: breadth first. */
function breadthFirst({ left, right }: ValueTree): number[] {
  const order = [0];
  for (const node of order) if (left[node] >= 0) order.push(left[node], right[node]);
  return order;
}

/**
 * Words 6 … of a block with kind `trees`, and the covers of its nodes in their order. Tree t adds to output t % outputs,
 * which begins at its base score.
 */
export function valueTreeWords(
  trees: readonly ValueTree[],
  baseScores: Float64Array,
): { words: BlockDescription['words']; covers: Float32Array } {
  const covers = trees.flatMap((tree) => breadthFirst(tree).map((node) => tree.cover[node]));
  return { words: treeTableWords(trees.map(tableTree), 1, baseScores), covers: Float32Array.from(covers) };
}

function tableTree(tree: ValueTree): TableTree {
  return {
    left: Int32Array.from(tree.left),
    right: Int32Array.from(tree.right),
    feature: Uint32Array.from(tree.feature),
    threshold: Float32Array.from(tree.threshold),
    missingLeft: Uint8Array.from(tree.missingLeft, Number),
    categories: new Map(tree.categories.flatMap((codes, node) => (codes ? [[node, bitsOf(codes)] as const] : []))),
    rows: Float64Array.from(tree.value),
  };
}

function bitsOf(categories: readonly number[]): Uint32Array {
  const largest = categories.reduce((a, b) => Math.max(a, b), -1);
  const bits = new Uint32Array(Math.floor(largest / 32) + 1);
  for (const category of categories) bits[category >>> 5] |= 1 << (category & 31);
  return bits;
}

/** What a tree adds for a row. */
export function valueOf(tree: ValueTree, columns: readonly Float32Array[], row: number): number {
  let node = 0;
  while (tree.left[node] >= 0) {
    const value = columns[tree.feature[node]][row];
    node = goesLeft(tree, node, value) ? tree.left[node] : tree.right[node];
  }
  return tree.value[node];
}

function goesLeft({ categories, missingLeft, threshold }: ValueTree, node: number, value: number): boolean {
  if (Number.isNaN(value)) return missingLeft[node];
  const set = categories[node];
  return set ? set.includes(value) : !(value >= threshold[node]);
}

/** Importances of features: the gains of their splits (`gain`), and how many there are (`weight`). */
export function splitImportances(
  trees: readonly ValueTree[],
  features: number,
): { readonly gain: Float64Array; readonly weight: Float64Array } {
  const gain = new Float64Array(features);
  const weight = new Float64Array(features);
  for (const tree of trees)
    for (const [node, left] of tree.left.entries()) {
      if (left < 0) continue;
      gain[tree.feature[node]] += tree.gain[node];
      weight[tree.feature[node]]++;
    }
  return { gain, weight };
}
