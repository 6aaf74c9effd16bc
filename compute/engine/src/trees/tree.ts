/**
 * A binary decision tree. Nodes are numbered in the order in which they were made, the root is node 0; every array has
 * one entry per node. A value below the threshold goes left, a missing value goes where `missingLeft` says.
 */
export interface DecisionTree {
  /** The left child, or -1: the node is a leaf. */
  readonly left: Int32Array;
  readonly right: Int32Array;
  readonly feature: Uint32Array;
  readonly threshold: Float32Array;
  readonly missingLeft: Uint8Array;
  /** What a leaf adds to its output. */
  readonly value: Float32Array;
}

/** Where a node of a growing tree is split. */
export interface SplitPoint {
  readonly feature: number;
  readonly threshold: number;
  readonly missingLeft: boolean;
}

/** A tree while it grows. */
export class TreeBuilder {
  readonly #left: number[] = [];
  readonly #right: number[] = [];
  readonly #feature: number[] = [];
  readonly #threshold: number[] = [];
  readonly #missingLeft: number[] = [];
  readonly #value: number[] = [];

  constructor() {
    this.#add();
  }

  #add(): number {
    this.#right.push(-1);
    this.#feature.push(0);
    this.#threshold.push(0);
    this.#missingLeft.push(0);
    this.#value.push(0);
    return this.#left.push(-1) - 1;
  }

  /** Splits a leaf; returns its left child, after which comes the right one. */
  split(node: number, point: SplitPoint): number {
    const left = this.#add();
    this.#left[node] = left;
    this.#right[node] = this.#add();
    this.#feature[node] = point.feature;
    this.#threshold[node] = point.threshold;
    this.#missingLeft[node] = point.missingLeft ? 1 : 0;
    return left;
  }

  setValue(leaf: number, value: number): void {
    this.#value[leaf] = value;
  }

  build(): DecisionTree {
    return {
      left: Int32Array.from(this.#left),
      right: Int32Array.from(this.#right),
      feature: Uint32Array.from(this.#feature),
      threshold: Float32Array.from(this.#threshold),
      missingLeft: Uint8Array.from(this.#missingLeft),
      value: Float32Array.from(this.#value),
    };
  }
}

/** The longest way from the root to a leaf: 0 for a tree that is one leaf. */
export function depthOf(tree: DecisionTree): number {
  const depths = new Uint32Array(tree.left.length);
  let deepest = 0;
  // Children are made after their parents.
  for (let node = 0; node < depths.length; node++) {
    const depth = depths[node];
    if (depth > deepest) deepest = depth;
    if (tree.left[node] < 0) continue;
    depths[tree.left[node]] = depth + 1;
    depths[tree.right[node]] = depth + 1;
  }
  return deepest;
}
