/** Trees with what is known of their splits: for importances, and for explaining single answers. */
import { type DecisionTree, TreeBuilder } from './tree.js';

export interface GrownTree extends DecisionTree {
  /** By node: the gain of its split, 0 for leaves. */
  readonly gain: Float32Array;
  /** By node: the sum of the hessians of the rows that came to it. */
  readonly cover: Float32Array;
}

export class GrownTreeBuilder extends TreeBuilder {
  readonly #gain: number[] = [];
  readonly #cover: number[] = [];

  setGain(node: number, gain: number): void {
    this.#gain[node] = gain;
  }

  setCover(node: number, cover: number): void {
    this.#cover[node] = cover;
  }

  override build(): GrownTree {
    const tree = super.build();
    const gain = Float32Array.from(tree.left, (_, node) => this.#gain[node] ?? 0);
    const cover = Float32Array.from(tree.left, (_, node) => this.#cover[node] ?? 0);
    return { ...tree, gain, cover };
  }
}

/** The covers of all nodes, breadth first, tree after tree: the order in which readTrees numbers the nodes of a block. */
export function coversOf(trees: readonly GrownTree[]): Float32Array {
  const covers = new Float32Array(trees.reduce((nodes, tree) => nodes + tree.left.length, 0));
  let end = 0;
  for (const tree of trees) {
    const order = [0];
    for (const node of order) {
      covers[end++] = tree.cover[node];
      if (tree.left[node] >= 0) order.push(tree.left[node], tree.right[node]);
    }
  }
  return covers;
}

/**
 * How much each feature mattered, as xgboost counts it: `weight` is the number of splits on it, `total_gain` and
 * `total_cover` the sums of their gains and hessians, `gain` and `cover` the means.
 */
export function treeImportances(trees: readonly GrownTree[], features: number): Record<string, Float64Array> {
  const weight = new Float64Array(features);
  const totalGain = new Float64Array(features);
  const totalCover = new Float64Array(features);
  for (const { left, feature, gain, cover } of trees)
    left.forEach((child, node) => {
      if (child < 0) return;
      weight[feature[node]]++;
      totalGain[feature[node]] += gain[node];
      totalCover[feature[node]] += cover[node];
    });
  const mean = (total: Float64Array) => total.map((sum, index) => (weight[index] > 0 ? sum / weight[index] : 0));
  return { gain: mean(totalGain), weight, cover: mean(totalCover), total_gain: totalGain, total_cover: totalCover };
}
