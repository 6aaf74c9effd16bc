/** Decision trees whose leaves are f64 values and whose tests may be on sets of categories, and their evaluator block. */
import type { BlockDescription } from '@pgml/kernels';

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

const NODE_WORDS = 4;
const MISSING_RIGHT = 1;
const BY_CATEGORY = 2;

/** A tree's nodes, breadth first: the upper levels, which every row sees, lie together, and so do siblings. */
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
  const count = trees.reduce((nodes, tree) => nodes + tree.left.length, 0);
  const words = new Uint32Array(NODE_WORDS * count);
  const floats = new Float32Array(words.buffer);
  const roots = new Uint32Array(trees.length);
  const covers = new Float32Array(count);
  const leaves: number[] = [];
  const sets: number[] = [];
  let first = 0;
  for (const [t, tree] of trees.entries()) {
    roots[t] = 4 * NODE_WORDS * first;
    const order = breadthFirst(tree);
    let child = first + 1;
    for (const [place, node] of order.entries()) {
      const word = NODE_WORDS * (first + place);
      covers[first + place] = tree.cover[node]!;
      if (tree.left[node] < 0) {
        floats[word + 1] = Number.NaN;
        words[word + 2] = 4 * word;
        words[word + 3] = leaves.length;
        leaves.push(tree.value[node]);
        continue;
      }
      const categories = tree.categories[node];
      words[word] =
        4 * tree.feature[node] + (tree.missingLeft[node] ? 0 : MISSING_RIGHT) + (categories ? BY_CATEGORY : 0);
      if (categories) {
        words[word + 1] = sets.length;
        sets.push(...categorySet(categories));
      } else floats[word + 1] = tree.threshold[node]!;
      words[word + 2] = 4 * NODE_WORDS * child;
      child += 2;
    }
    first += order.length;
  }
  return {
    words: [
      trees.length,
      baseScores,
      0,
      words,
      roots,
      1,
      Float64Array.from(leaves),
      Uint32Array.from(sets),
      sets.length,
    ],
    covers,
  };
}

/** {u32 n, u32 bits[n]} */
function categorySet(categories: readonly number[]): number[] {
  const largest = categories.reduce((a, b) => Math.max(a, b), -1);
  const bits = new Uint32Array(Math.floor(largest / 32) + 1);
  for (const category of categories) bits[category >>> 5] |= 1 << (category & 31);
  return [bits.length, ...bits];
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
