/**
 * Grows trees leaf by leaf, the leaf that gains most first, in f64 (Shi, "Best-first Decision Tree Learning", 2007; Ke et
 * al., "LightGBM: A Highly Efficient Gradient Boosting Decision Tree", 2017). How leaves are judged is the splitter's
 * matter. Of two children the smaller one's histogram is built from its rows; the other's is what is left of the parent.
 *
 * The result does not depend on the number of threads: histograms are sums of pieces whose bounds depend on the data
 * alone, added in order; all else that threads do side by side is independent.
 */
import type { Kernels } from '@pgml/kernels';
import type { FitContext } from '../estimator.js';
import type { BinnedData } from './bins.js';
import { Dispatch } from './dispatch.js';
import { Histograms } from './histograms.js';
import { PythonHeap } from './python-heap.js';
import { RowSets } from './row-sets.js';
import { pieces, type Stretch } from './stretch.js';
import type { ValueTree } from './value-tree.js';

/** Features that one call counts: those whose bins lie in one load of a row, and whose counts in the first-level cache. */
const FEATURES_PER_COUNT = 16;

/** What a child of a split will be. */
export interface Side {
  readonly gradient: number;
  readonly hessian: number;
  /** Before shrinkage. */
  readonly value: number;
}

export interface LeafSplit {
  readonly gain: number;
  readonly feature: number;
  /** Bins 0 … bin go left, unless there is a set. */
  readonly bin: number;
  readonly missingLeft: boolean;
  /** By bin (that of missing values, 255, included) 1 for those that go left. */
  readonly set?: Uint8Array | undefined;
  readonly left: Side;
  readonly right: Side;
}

/** A leaf that may be split. */
export interface OpenLeaf extends Stretch, Side {
  readonly id: number;
  readonly depth: number;
  /** The splits on the way from the root, in order. */
  readonly path: readonly { readonly split: LeafSplit; readonly isLeft: boolean }[];
  /** Address of its histogram; 0 while it has none. */
  histogram: number;
  /** Address of its counts of rows, where rows are counted; else 0. */
  counts: number;
  split: LeafSplit | undefined;
}

/** Judges leaves. */
export interface Splitter {
  /** The best split of each leaf; undefined where there is none. */
  find(leaves: readonly OpenLeaf[]): readonly (LeafSplit | undefined)[];
  /** Whether a leaf is worth a look at all. */
  maySplit(leaf: OpenLeaf): boolean;
}

export interface LeafwiseRule {
  /** Splits on the way from the root to a leaf; Infinity: no limit. */
  readonly maximumDepth: number;
  /** Infinity: no limit. */
  readonly maximumLeaves: number;
  /** Whether the rows in each bin are to be counted. */
  readonly counted: boolean;
  /** The categories of a categorical feature by bin; undefined for numeric features. */
  categoriesOf(feature: number): readonly number[] | undefined;
  /** Which way missing values go at a threshold where no value was missing. */
  unseenMissingLeft(threshold: number, leftRows: number, rightRows: number): boolean;
}

/** A leaf of a grown tree: where its rows lie in the permutation of `rows`. */
export interface GrownLeaf extends Stretch {
  /** Its node in the tree. */
  readonly node: number;
}

export interface GrownTree {
  readonly tree: ValueTree;
  readonly leaves: readonly GrownLeaf[];
}

/** One grower grows all trees of a fit, one after the other. Working memory: that of RowSets and Histograms. */
export class LeafwiseGrower {
  readonly rows: RowSets;
  readonly #bins: BinnedData;
  readonly #rule: LeafwiseRule;
  readonly #histograms: Histograms;
  readonly #counts: Counts | undefined;
  readonly #kernels: Kernels;
  readonly #sums: number;
  readonly #set: number;

  constructor(bins: BinnedData, rule: LeafwiseRule, { kernels, team }: Pick<FitContext, 'kernels' | 'team'>) {
    const dispatch = new Dispatch(kernels, team);
    this.#bins = bins;
    this.#rule = rule;
    this.#kernels = kernels;
    this.rows = new RowSets(bins, 1, kernels, dispatch);
    this.#histograms = new Histograms(bins, kernels, dispatch);
    this.#counts = rule.counted ? new Counts(bins, kernels, dispatch) : undefined;
    this.#sums = kernels.allocate(16);
    this.#set = kernels.allocate(256);
  }

  /**
   * `gradients` is the address of f32[rows][2]. Only the rows of `sample` are learned from, all if there is none; the
   * others are in no leaf.
   */
  grow(gradients: number, splitter: Splitter, checkpoint: () => void, sample?: Uint32Array): GrownTree {
    const growing = new GrowingTree();
    const finished: OpenLeaf[] = [];
    const open = new PythonHeap<OpenLeaf>((a, b) => a.split!.gain > b.split!.gain);
    const receive = (leaf: OpenLeaf): void => {
      if (leaf.split) open.push(leaf);
      else finished.push(leaf);
    };
    const root = this.#root(gradients, sample);
    growing.add(root);
    if (this.#wanted(root, splitter)) this.#build(root, gradients);
    this.#look([root], splitter);
    receive(root);
    let leaves = 1;
    while (leaves < this.#rule.maximumLeaves) {
      const leaf = open.pop();
      if (!leaf) break;
      leaves++;
      const children = this.#split(leaf, growing);
      if (leaves < this.#rule.maximumLeaves) this.#lookAtChildren(leaf, children, splitter, gradients);
      else this.#release(leaf);
      children.forEach(receive);
      checkpoint();
    }
    for (const leaf of open.rest()) {
      this.#release(leaf);
      finished.push(leaf);
    }
    return {
      tree: growing.tree(),
      leaves: finished.map(({ id, from, to }) => ({ node: id, from, to })),
    };
  }

  #root(gradients: number, sample: Uint32Array | undefined): OpenLeaf {
    const stretch = sample ? this.rows.choose(sample) : this.rows.reset();
    const leaf = { id: 0, depth: 0, ...stretch, path: [], histogram: 0, counts: 0, split: undefined, value: 0 };
    if (sample) {
      const pairs = this.#kernels.f32(gradients, 2 * this.#bins.rows);
      let gradient = 0;
      let hessian = 0;
      for (const row of sample) {
        gradient += pairs[2 * row];
        hessian += pairs[2 * row + 1];
      }
      return { ...leaf, gradient, hessian };
    }
    this.#kernels.run.sumGradients(gradients, this.#bins.rows, this.#sums);
    const [gradient, hessian] = this.#kernels.f64(this.#sums, 2) as unknown as [number, number];
    return { ...leaf, gradient, hessian };
  }

  #split(leaf: OpenLeaf, growing: GrowingTree): [OpenLeaf, OpenLeaf] {
    const split = leaf.split!;
    const { from, to } = leaf;
    let boundary: number;
    if (split.set) {
      this.#kernels.u8(this.#set, 256).set(split.set);
      boundary = this.rows.splitBySet(leaf, split.feature, this.#set);
    } else [boundary] = this.rows.split([{ ...split, from, to }]) as [number];
    const child = (isLeft: boolean): OpenLeaf => ({
      id: growing.size,
      depth: leaf.depth + 1,
      from: isLeft ? from : boundary,
      to: isLeft ? boundary : to,
      ...(isLeft ? split.left : split.right),
      path: [...leaf.path, { split, isLeft }],
      histogram: 0,
      counts: 0,
      split: undefined,
    });
    const left = child(true);
    growing.add(left);
    const right = child(false);
    growing.add(right);
    growing.split(leaf, left, right, this.#bins, this.#rule);
    return [left, right];
  }

  /** Gives the children that may be split their histograms, and looks for their splits. */
  #lookAtChildren(
    parent: OpenLeaf,
    [left, right]: readonly [OpenLeaf, OpenLeaf],
    splitter: Splitter,
    gradients: number,
  ): void {
    const [small, large] = left.to - left.from < right.to - right.from ? [left, right] : [right, left];
    const inherits = this.#wanted(large, splitter) && parent.histogram !== 0;
    if (inherits || this.#wanted(small, splitter)) this.#build(small, gradients);
    if (inherits) {
      large.histogram = parent.histogram;
      large.counts = parent.counts;
      parent.histogram = parent.counts = 0;
      this.#histograms.subtract([{ parent: large.histogram, child: small.histogram }]);
      this.#counts?.subtract(large.counts, small.counts);
    } else {
      this.#release(parent);
      if (this.#wanted(large, splitter)) this.#build(large, gradients);
    }
    this.#look([left, right], splitter);
    // Two are what splitting a leaf without a histogram needs.
    if (this.#histograms.available < 2) [left, right].forEach((leaf) => this.#release(leaf));
  }

  #wanted(leaf: OpenLeaf, splitter: Splitter): boolean {
    return leaf.depth < this.#rule.maximumDepth && splitter.maySplit(leaf);
  }

  /** Looks for the splits of leaves that have their histograms; those without a split lose them. */
  #look(leaves: readonly OpenLeaf[], splitter: Splitter): void {
    const wanted = leaves.filter((leaf) => this.#wanted(leaf, splitter));
    const splits = splitter.find(wanted);
    wanted.forEach((leaf, index) => {
      leaf.split = splits[index];
    });
    for (const leaf of leaves) if (!leaf.split) this.#release(leaf);
  }

  #build(leaf: OpenLeaf, gradients: number): void {
    leaf.histogram = this.#histograms.acquire();
    if (leaf.to - leaf.from === this.#bins.rows) this.#histograms.buildRoot(leaf.histogram, gradients);
    else
      this.#histograms.build(gradients, this.rows.permutation, [
        { histogram: leaf.histogram, from: leaf.from, to: leaf.to },
      ]);
    if (this.#counts) leaf.counts = this.#counts.build(leaf, this.rows.permutation);
  }

  #release(leaf: OpenLeaf): void {
    if (leaf.histogram !== 0) this.#histograms.release(leaf.histogram);
    if (leaf.counts !== 0) this.#counts!.release(leaf.counts);
    leaf.histogram = leaf.counts = 0;
  }
}

/** The counts of rows beside histograms, 1 KiB for each feature. */
class Counts {
  readonly #bins: BinnedData;
  readonly #kernels: Kernels;
  readonly #dispatch: Dispatch;
  readonly #features: number;
  readonly #free: number[] = [];

  constructor(bins: BinnedData, kernels: Kernels, dispatch: Dispatch) {
    this.#bins = bins;
    this.#kernels = kernels;
    this.#dispatch = dispatch;
    this.#features = Math.ceil(bins.features / 4) * 4;
  }

  /** The address of u32[features][256]. */
  build({ from, to }: Stretch, permutation: number): number {
    const counts = this.#free.pop() ?? this.#kernels.allocate(1024 * this.#features);
    const { byRow, stride } = this.#bins;
    this.#dispatch.run(
      'countBins',
      pieces({ from: 0, to: this.#features }, FEATURES_PER_COUNT).map((block) => [
        byRow + block.from,
        stride,
        block.to - block.from,
        permutation,
        from,
        to,
        counts + 1024 * block.from,
      ]),
      (to - from) * this.#features,
    );
    return counts;
  }

  subtract(target: number, source: number): void {
    this.#kernels.run.subtractCounts(target, source, this.#features);
  }

  release(counts: number): void {
    this.#free.push(counts);
  }
}

/** A tree while it grows. */
class GrowingTree {
  readonly #left: number[] = [];
  readonly #right: number[] = [];
  readonly #feature: number[] = [];
  readonly #threshold: number[] = [];
  readonly #missingLeft: boolean[] = [];
  readonly #categories: (readonly number[] | undefined)[] = [];
  readonly #value: number[] = [];
  readonly #gain: number[] = [];
  readonly #cover: number[] = [];

  get size(): number {
    return this.#left.length;
  }

  add({ from, to, value }: OpenLeaf): void {
    this.#left.push(-1);
    this.#right.push(-1);
    this.#feature.push(0);
    this.#threshold.push(0);
    this.#missingLeft.push(false);
    this.#categories.push(undefined);
    this.#value.push(value);
    this.#gain.push(0);
    this.#cover.push(to - from);
  }

  split(node: OpenLeaf, left: OpenLeaf, right: OpenLeaf, bins: BinnedData, rule: LeafwiseRule): void {
    const { id, split } = node;
    const { feature, bin, missingLeft, set, gain } = split!;
    this.#feature[id] = feature;
    this.#gain[id] = gain;
    this.#left[id] = left.id;
    this.#right[id] = right.id;
    if (!set) {
      this.#threshold[id] = bins.threshold(feature, bin);
      this.#missingLeft[id] = bins.hasMissing(feature)
        ? missingLeft
        : rule.unseenMissingLeft(this.#threshold[id], left.to - left.from, right.to - right.from);
      return;
    }
    // An unknown category is in no set and goes right: the right side must be that of missing values.
    const goesLeft = bins.hasMissing(feature)
      ? missingLeft
      : rule.unseenMissingLeft(Number.NaN, left.to - left.from, right.to - right.from);
    if (goesLeft) [this.#left[id], this.#right[id]] = [right.id, left.id];
    this.#categories[id] = rule.categoriesOf(feature)!.filter((_, bin) => (set[bin] === 1) !== goesLeft);
  }

  tree(): ValueTree {
    return {
      left: this.#left,
      right: this.#right,
      feature: this.#feature,
      threshold: this.#threshold,
      missingLeft: this.#missingLeft,
      categories: this.#categories,
      value: this.#value,
      gain: this.#gain,
      cover: this.#cover,
    };
  }
}
