/**
 * The tests of a binary decision tree. Nodes are numbered in the order in which they were made, the root is node 0; every
 * array has one entry per node. A value below the threshold goes left, a missing value goes where `missingLeft` says.
 */
export interface TreeTests {
  /** The left child, or -1: the node is a leaf. */
  readonly left: Int32Array;
  readonly right: Int32Array;
  readonly feature: Uint32Array;
  readonly threshold: Float32Array;
  readonly missingLeft: Uint8Array;
  /**
   * The nodes whose test is on categories, instead of the threshold, each with its set of those that go left: code c is
   * one of them if bit c % 32 of word c / 32 is set. Other codes, and what is no code, go right.
   */
  readonly categories?: ReadonlyMap<number, Uint32Array>;
}

/** A tree that adds one float32 to one output. */
export interface DecisionTree extends TreeTests {
  /** What a leaf adds to its output. */
  readonly value: Float32Array;
}

/** A tree that adds float64 numbers to one or more outputs. */
export interface TableTree extends TreeTests {
  /** `width` numbers for each node: what a leaf adds. Those of other nodes are not used. */
  readonly rows: Float64Array;
}

/** Where a node of a growing tree is split. */
export interface SplitPoint {
  readonly feature: number;
  readonly threshold: number;
  readonly missingLeft: boolean;
  /** Codes that go left, see TreeTests; the threshold is not used then. */
  readonly categories?: Uint32Array | undefined;
}

const float = new Float32Array(1);
const bits = new Int32Array(float.buffer);

/** The threshold T, a float32, for which `x < T` says what `x <= limit` says, for every finite float32 x. */
export function thresholdAtMost(limit: number): number {
  const rounded = Math.fround(limit);
  if (rounded > limit || rounded === Infinity) return rounded;
  if (rounded === 0) return 2 ** -149;
  float[0] = rounded;
  bits[0] += rounded > 0 ? 1 : -1;
  return float[0];
}

/** A tree while it grows. */
export class TreeBuilder {
  readonly #left: number[] = [];
  readonly #right: number[] = [];
  readonly #feature: number[] = [];
  readonly #threshold: number[] = [];
  readonly #missingLeft: number[] = [];
  readonly #value: number[] = [];
  readonly #categories = new Map<number, Uint32Array>();

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
    if (point.categories) this.#categories.set(node, point.categories);
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
      ...(this.#categories.size > 0 ? { categories: this.#categories } : {}),
    };
  }
}

/** The longest way from the root to a leaf: 0 for a tree that is one leaf. */
export function depthOf(tree: TreeTests): number {
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
