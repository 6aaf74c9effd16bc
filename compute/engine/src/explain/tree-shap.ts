/**
 * Exact Shapley values of a decision tree in polynomial time: Lundberg, Erion & Lee, "Consistent Individualized Feature
 * Attribution for Tree Ensembles", 2018, algorithm 2. A feature that is left out is averaged over: both branches count, in
 * proportion to the weight of the training rows that took them (path-dependent feature perturbation).
 */

/** A tree as it is explained; every array has one entry per node, the root is node 0. */
export interface ExplainableTree {
  /** The left child, or -1: the node is a leaf. */
  readonly left: Int32Array;
  readonly right: Int32Array;
  readonly feature: Uint32Array;
  /** The weight of the training rows that came to the node. */
  readonly cover: ArrayLike<number>;
  goesLeft(node: number, row: ArrayLike<number>): boolean;
}

/**
 * The features on the way to a node, each once: by which part of the training rows (`zero`) and whether by the row
 * itself (`one`) their tests let pass, and `weight`, by number of known features, the share of subsets that lead here.
 */
class Path {
  readonly feature: Int32Array;
  readonly zero: Float64Array;
  readonly one: Float64Array;
  readonly weight: Float64Array;

  constructor(length: number) {
    this.feature = new Int32Array(length);
    this.zero = new Float64Array(length);
    this.one = new Float64Array(length);
    this.weight = new Float64Array(length);
  }

  copyFrom(other: Path, length: number): void {
    for (let i = 0; i < length; i++) {
      this.feature[i] = other.feature[i]!;
      this.zero[i] = other.zero[i]!;
      this.one[i] = other.one[i]!;
      this.weight[i] = other.weight[i]!;
    }
  }

  /** The paper's EXTEND: appends a feature as element `length`. */
  extend(length: number, zero: number, one: number, feature: number): void {
    const { weight } = this;
    this.feature[length] = feature;
    this.zero[length] = zero;
    this.one[length] = one;
    weight[length] = length === 0 ? 1 : 0;
    for (let i = length - 1; i >= 0; i--) {
      weight[i + 1] += (one * weight[i] * (i + 1)) / (length + 1);
      weight[i] = (zero * weight[i] * (length - i)) / (length + 1);
    }
  }

  /** The paper's UNWIND: takes element `index` out of a path whose last element is `last`. */
  unwind(last: number, index: number): void {
    const { weight } = this;
    const one = this.one[index];
    const zero = this.zero[index];
    let next = weight[last];
    for (let i = last - 1; i >= 0; i--) {
      if (one !== 0) {
        const before = weight[i];
        weight[i] = (next * (last + 1)) / ((i + 1) * one);
        next = before - (weight[i] * zero * (last - i)) / (last + 1);
      } else if (zero !== 0) weight[i] = (weight[i] * (last + 1)) / (zero * (last - i));
      // Neither way leads here: the weights of the path are 0 and stay so.
    }
    for (let i = index; i < last; i++) {
      this.feature[i] = this.feature[i + 1]!;
      this.zero[i] = this.zero[i + 1]!;
      this.one[i] = this.one[i + 1]!;
    }
  }

  /** The sum of the weights that UNWIND of element `index` would leave. */
  unwoundSum(last: number, index: number): number {
    const { weight } = this;
    const one = this.one[index];
    const zero = this.zero[index];
    let next = weight[last];
    let total = 0;
    for (let i = last - 1; i >= 0; i--) {
      if (one !== 0) {
        const unwound = (next * (last + 1)) / ((i + 1) * one);
        total += unwound;
        next = weight[i] - (unwound * zero * (last - i)) / (last + 1);
      } else if (zero !== 0) total += (weight[i] * (last + 1)) / (zero * (last - i));
    }
    return total;
  }
}

/** Explains rows by one tree after the other, with one set of working arrays. */
export class TreeShap {
  readonly #paths: Path[] = [];

  /**
   * Calls `add(feature, share, leaf)` so that the Shapley value of each feature is the sum of share × value of the leaf. A
   * feature may be told of any number of times.
   */
  explain(
    tree: ExplainableTree,
    row: ArrayLike<number>,
    add: (feature: number, share: number, leaf: number) => void,
  ): void {
    const visit = (node: number, depth: number, length: number, zero: number, one: number, feature: number): void => {
      const path = this.#pathAt(depth);
      if (depth > 0) path.copyFrom(this.#pathAt(depth - 1), length);
      path.extend(length, zero, one, feature);
      if (tree.left[node] < 0) {
        // Element 0 stands for no feature.
        for (let i = 1; i <= length; i++) {
          const share = path.unwoundSum(length, i) * (path.one[i] - path.zero[i]);
          if (share !== 0) add(path.feature[i], share, node);
        }
        return;
      }
      const split = tree.feature[node];
      const hot = tree.goesLeft(node, row) ? tree.left[node] : tree.right[node];
      const cold = hot === tree.left[node] ? tree.right[node] : tree.left[node];
      let incomingZero = 1;
      let incomingOne = 1;
      let last = length;
      let earlier = 1;
      while (earlier <= length && path.feature[earlier] !== split) earlier++;
      if (earlier <= length) {
        incomingZero = path.zero[earlier];
        incomingOne = path.one[earlier];
        path.unwind(length, earlier);
        last--;
      }
      const all = tree.cover[node];
      const part = (child: number) => (all > 0 ? tree.cover[child] / all : 0.5);
      visit(hot, depth + 1, last + 1, incomingZero * part(hot), incomingOne, split);
      visit(cold, depth + 1, last + 1, incomingZero * part(cold), 0, split);
    };
    visit(0, 0, 0, 1, 1, -1);
  }

  #pathAt(depth: number): Path {
    // A path has at most one element for each node above, and one for none.
    while (this.#paths.length <= depth) this.#paths.push(new Path(this.#paths.length + 2));
    return this.#paths[depth];
  }
}

/** The share of the training rows' weight that came to each leaf; 0 for other nodes. They add up to 1. */
export function leafShares(tree: Pick<ExplainableTree, 'left' | 'right' | 'cover'>): Float64Array {
  const shares = new Float64Array(tree.left.length);
  const share = (node: number, part: number): void => {
    if (tree.left[node] < 0) {
      shares[node] = part;
      return;
    }
    const all = tree.cover[node];
    for (const child of [tree.left[node], tree.right[node]])
      share(child, part * (all > 0 ? tree.cover[child] / all : 0.5));
  };
  share(0, 1);
  return shares;
}
