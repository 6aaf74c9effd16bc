/** An exact tree after it has grown: what it is pruned by, what its features are worth, and how it becomes a model. */
import { type TableTree, thresholdAtMost } from '../tree.js';

/** Nodes are numbered in the order in which they were made, the root is 0; every array has an entry for each node. */
export interface GrownTree {
  /** The left child, or -1: the node is a leaf. */
  readonly left: Int32Array;
  readonly right: Int32Array;
  readonly feature: Uint32Array;
  /** Values up to it go left. */
  readonly threshold: Float64Array;
  readonly impurity: Float64Array;
  /** The weight of its samples. */
  readonly weight: Float64Array;
  /** Its stretch of the samples. */
  readonly start: Uint32Array;
  readonly end: Uint32Array;
  /** `width` numbers for each node: weights of classes, or an answer for each target. */
  readonly width: number;
  readonly values: Float64Array;
}

/**
 * The smallest of the subtrees for which impurity plus `leafCost` for each leaf is least (Breiman et al.,
 * "Classification and Regression Trees", 1984, chapter 3): minimal cost-complexity pruning. Children come after parents.
 */
export function prune(tree: GrownTree, leafCost: number): GrownTree {
  if (leafCost <= 0) return tree;
  const count = tree.left.length;
  const cost = new Float64Array(count);
  const cut = new Uint8Array(count);
  for (let node = count - 1; node >= 0; node--) {
    const asLeaf = (tree.weight[node] / tree.weight[0]) * tree.impurity[node] + leafCost;
    const left = tree.left[node];
    const asBranch = left < 0 ? Infinity : cost[left] + cost[tree.right[node]];
    cut[node] = Number(asLeaf <= asBranch);
    cost[node] = Math.min(asLeaf, asBranch);
  }
  const kept: number[] = [];
  const order = [0];
  const numbers = new Int32Array(count).fill(-1);
  for (let node = order.pop(); node !== undefined; node = order.pop()) {
    numbers[node] = kept.push(node) - 1;
    if (!cut[node]) order.push(tree.right[node], tree.left[node]);
  }
  const pick = <List extends Float64Array | Uint32Array>(list: List) =>
    (list.constructor as unknown as { from(source: number[], map: (node: number) => number): List }).from(
      kept,
      (node) => list[node],
    );
  const child = (children: Int32Array) => Int32Array.from(kept, (node) => (cut[node] ? -1 : numbers[children[node]]));
  const values = new Float64Array(kept.length * tree.width);
  kept.forEach((node, index) => {
    values.set(tree.values.subarray(node * tree.width, (node + 1) * tree.width), index * tree.width);
  });
  return {
    left: child(tree.left),
    right: child(tree.right),
    feature: pick(tree.feature),
    threshold: pick(tree.threshold),
    impurity: pick(tree.impurity),
    weight: pick(tree.weight),
    start: pick(tree.start),
    end: pick(tree.end),
    width: tree.width,
    values,
  };
}

/** How much the splits by each feature took away from the impurity, weighted and relative to the weight of all. */
export function impurityDecreases(tree: GrownTree, features: number): Float64Array {
  const { left, right, weight, impurity } = tree;
  const decreases = new Float64Array(features);
  for (let node = 0; node < left.length; node++) {
    if (left[node] < 0) continue;
    const [a, b] = [left[node], right[node]];
    decreases[tree.feature[node]] += weight[node] * impurity[node] - weight[a] * impurity[a] - weight[b] * impurity[b];
  }
  return decreases.map((decrease) => decrease / weight[0]);
}

/** In place, so that they sum to 1; all 0 stay so. */
export function normalize(numbers: Float64Array): Float64Array {
  const sum = numbers.reduce((total, number) => total + number, 0);
  if (sum > 0) numbers.forEach((number, index) => (numbers[index] = number / sum));
  return numbers;
}

/** Sums of trees' importances; trees that are a single leaf do not count. */
export class Importances {
  readonly #features: number;
  readonly #normalized: boolean;
  readonly #sums: Float64Array;

  /** `normalized`: the importances of each tree sum to 1 before they are added. */
  constructor(features: number, normalized: boolean) {
    this.#features = features;
    this.#normalized = normalized;
    this.#sums = new Float64Array(features);
  }

  add(tree: GrownTree, factor = 1): void {
    if (tree.left.length === 1) return;
    const decreases = impurityDecreases(tree, this.#features);
    const shares = this.#normalized ? normalize(decreases) : decreases;
    shares.forEach((share, feature) => (this.#sums[feature] += factor * share));
  }

  /** Divided by the sum of all factors. */
  mean(factors: number): { readonly impurity: Float64Array } {
    return { impurity: this.#sums.map((sum) => sum / factors) };
  }

  /** As they are kept in a model: summing to 1. */
  result(): { readonly impurity: Float64Array } {
    return { impurity: normalize(this.#sums.slice()) };
  }
}

/** As an evaluator reads it; `rows` is what each leaf adds to the outputs, `width` numbers for each node. */
export function tableTree(tree: GrownTree, rows: Float64Array): TableTree {
  const { left, right, feature, threshold } = tree;
  const thresholds = new Float32Array(left.length);
  for (let node = 0; node < left.length; node++)
    if (left[node] >= 0) thresholds[node] = thresholdAtMost(threshold[node]);
  return { left, right, feature, threshold: thresholds, missingLeft: new Uint8Array(left.length), rows };
}

/** What each leaf adds to the outputs, from its values: `width` numbers for each node, 0 for those that are split. */
export function leafRows(
  tree: GrownTree,
  width: number,
  rowOf: (values: Float64Array) => ArrayLike<number>,
): Float64Array {
  const rows = new Float64Array(tree.left.length * width);
  for (let node = 0; node < tree.left.length; node++)
    if (tree.left[node] < 0)
      rows.set(rowOf(tree.values.subarray(node * tree.width, (node + 1) * tree.width)), node * width);
  return rows;
}

/** The weights of all nodes, tree after tree, in the order in which `treeTableWords` lays them out. */
export function coversOf(trees: readonly GrownTree[]): Float32Array {
  const covers = new Float32Array(trees.reduce((sum, { left }) => sum + left.length, 0));
  let end = 0;
  for (const tree of trees) {
    const order = [0];
    for (const node of order) {
      covers[end++] = tree.weight[node];
      if (tree.left[node] >= 0) order.push(tree.left[node], tree.right[node]);
    }
  }
  return covers;
}
