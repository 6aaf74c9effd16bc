/**
 * Grows regression trees on binned data from gradients and hessians (Chen & Guestrin, "XGBoost: A Scalable Tree Boosting
 * System", 2016), level by level or best leaf first. A node's histogram is built from its rows, or is its parent's less
 * its sibling's: the smaller child is built, the larger one takes over what is left of the parent.
 *
 * The result does not depend on the number of threads: histograms are sums of pieces whose bounds depend on the data
 * alone, added in order; all else that threads do side by side is independent.
 */
import type { Kernels } from '@pgml/kernels';
import type { FitContext } from '../estimator.js';
import type { BinnedData } from './bins.js';
import { Dispatch } from './dispatch.js';
import { Histograms } from './histograms.js';
import type { InteractionConstraints } from './interactions.js';
import { PriorityQueue } from './queue.js';
import { RowSets } from './row-sets.js';
import { type Bounds, type LeafRule, LeafWeights, type Sums, UNBOUNDED } from './leaf-weights.js';
import { type Split, SplitSearch } from './split-search.js';
import type { Stretch } from './stretch.js';
import { type GrownTree, GrownTreeBuilder } from './grown-tree.js';

export interface GrowthRule extends LeafRule {
  /** Splits on the way from the root to a leaf; 0: no limit. */
  readonly maximumDepth: number;
  /** 0: no limit. */
  readonly maximumLeaves: number;
  /** Split the leaf that gains most first, instead of all leaves of a level. */
  readonly bestFirst: boolean;
  /** What leaf weights are multiplied by. */
  readonly learningRate: number;
  readonly interactions?: InteractionConstraints;
}

/** What one tree is grown for. Addresses are in kernel memory. */
export interface TreeTask {
  /** f32[rows][2], gradient and hessian. */
  readonly gradients: number;
  /** f32[rows]: the leaves' values are added to it. */
  readonly margins: number;
  /** The features to try for a node so many splits below the root, ascending. */
  featuresOf(depth: number): Uint32Array;
  /** The value of a leaf with some rows, if it is not `value`, the best weight times the learning rate. */
  leafValue?(rows: Uint32Array, value: number): number;
  /** Called after each batch of nodes, at least once for each level; may throw to stop. */
  checkpoint(): void;
}

/** A leaf that may still be split. */
interface OpenNode extends Stretch {
  readonly id: number;
  readonly depth: number;
  readonly sums: Sums;
  readonly bounds: Bounds;
  /** The features tested on the way to it, each once. */
  readonly path: readonly number[];
  /** Address of its histogram; 0 while it has none. */
  histogram: number;
  /** The features to try. */
  features: Uint32Array | undefined;
  split: Split | undefined;
}

/** Nodes that are split together. */
const BATCH = 128;

/** One grower grows all trees of a fit, one after the other. Working memory is described by its parts. */
export class HistogramGrower {
  readonly #kernels: Kernels;
  readonly #bins: BinnedData;
  readonly #rule: GrowthRule;
  readonly #rows: RowSets;
  readonly #histograms: Histograms;
  readonly #search: SplitSearch;
  readonly #weights: LeafWeights;
  // Of the tree that grows.
  #task: TreeTask | undefined;
  #tree = new GrownTreeBuilder();
  #leaves: (Stretch & { value: number })[] = [];

  constructor(bins: BinnedData, rule: GrowthRule, { kernels, team }: Pick<FitContext, 'kernels' | 'team'>) {
    const dispatch = new Dispatch(kernels, team);
    this.#kernels = kernels;
    this.#bins = bins;
    this.#rule = rule;
    this.#rows = new RowSets(bins, BATCH, kernels, dispatch);
    this.#histograms = new Histograms(bins, kernels, dispatch);
    this.#weights = new LeafWeights(rule);
    this.#search = new SplitSearch(bins, this.#weights, 2 * BATCH, kernels, dispatch);
  }

  grow(task: TreeTask): GrownTree {
    this.#task = task;
    this.#tree = new GrownTreeBuilder();
    this.#leaves = [];
    const root = this.#root();
    if (this.#rule.bestFirst) this.#growBestFirst(root);
    else this.#growByLevels(root);
    this.#rows.add(task.margins, this.#leaves);
    return this.#tree.build();
  }

  #root(): OpenNode {
    const stretch = this.#rows.reset();
    const histogram = this.#histograms.acquire();
    const sums = this.#histograms.buildRoot(histogram, this.#task!.gradients);
    const top = { id: 0, depth: 0, bounds: UNBOUNDED, path: [], split: undefined };
    const root: OpenNode = { ...top, ...stretch, sums, histogram, features: this.#task!.featuresOf(0) };
    this.#tree.setCover(0, sums.hessian);
    this.#searchSplits([root]);
    return root;
  }

  #growByLevels(root: OpenNode): void {
    let leaves = 1;
    let level = [root];
    while (level.length > 0) {
      const chosen: OpenNode[] = [];
      for (const node of level) {
        if (node.split && this.#mayHaveMore(leaves)) {
          leaves++;
          chosen.push(node);
        } else this.#close(node);
      }
      level = this.#splitAll(chosen, this.#mayHaveMore(leaves));
    }
  }

  #growBestFirst(root: OpenNode): void {
    let leaves = 1;
    const open = new PriorityQueue<OpenNode>((a, b) =>
      a.split!.gain === b.split!.gain ? a.id < b.id : a.split!.gain > b.split!.gain,
    );
    const receive = (node: OpenNode) => (node.split ? open.push(node) : this.#close(node));
    receive(root);
    while (this.#mayHaveMore(leaves)) {
      const node = open.pop();
      if (!node) break;
      leaves++;
      this.#splitAll([node], this.#mayHaveMore(leaves)).forEach(receive);
    }
    open.rest().forEach((node) => {
      this.#close(node);
    });
  }

  #mayHaveMore(leaves: number): boolean {
    return this.#rule.maximumLeaves === 0 || leaves < this.#rule.maximumLeaves;
  }

  /** Splits nodes, in as many batches as their histograms need; returns their children in order. */
  #splitAll(nodes: readonly OpenNode[], childrenMayBeSplit: boolean): OpenNode[] {
    const children: OpenNode[] = [];
    for (let next = 0; next < nodes.length;) {
      const batch: OpenNode[] = [];
      let needed = 0;
      while (next < nodes.length && batch.length < BATCH) {
        needed += nodes[next].histogram === 0 ? 2 : 1;
        if (needed > this.#histograms.available) break;
        batch.push(nodes[next++]);
      }
      children.push(...this.#splitBatch(batch, childrenMayBeSplit));
      this.#task!.checkpoint();
    }
    return children;
  }

  #splitBatch(batch: readonly OpenNode[], childrenMayBeSplit: boolean): OpenNode[] {
    const boundaries = this.#rows.split(batch.map(({ from, to, split }) => ({ from, to, ...split! })));
    const families = batch.map((parent, index) => {
      const split = parent.split!;
      const { feature, bin, missingLeft, categories } = split;
      const threshold = categories ? Number.NaN : this.#bins.threshold(feature, bin);
      const id = this.#tree.split(parent.id, { feature, threshold, missingLeft, categories });
      this.#tree.setGain(parent.id, split.gain);
      const bounds = this.#weights.boundsBelow(split, parent.bounds);
      const path = parent.path.includes(feature) ? parent.path : [...parent.path, feature];
      const child = (side: 0 | 1, sums: Sums, from: number, to: number): OpenNode => {
        this.#tree.setCover(id + side, sums.hessian);
        const place = { id: id + side, depth: parent.depth + 1, from, to };
        return { ...place, sums, bounds: bounds[side], path, histogram: 0, features: undefined, split: undefined };
      };
      const boundary = boundaries[index];
      return {
        parent,
        left: child(0, split.left, parent.from, boundary),
        right: child(1, split.right, boundary, parent.to),
      };
    });
    const mayBeSplit = (node: OpenNode): boolean =>
      childrenMayBeSplit && this.#mayBeDeeper(node) && this.#weights.canSplit(node.sums);

    const toBuild: (Stretch & { histogram: number })[] = [];
    const toSubtract: { parent: number; child: number }[] = [];
    const build = (node: OpenNode): void => {
      node.histogram = this.#histograms.acquire();
      toBuild.push({ from: node.from, to: node.to, histogram: node.histogram });
    };
    for (const { parent, left, right } of families) {
      const [small, large] = left.to - left.from <= right.to - right.from ? [left, right] : [right, left];
      if (mayBeSplit(small) || (mayBeSplit(large) && parent.histogram !== 0)) build(small);
      if (!mayBeSplit(large)) this.#releaseHistogram(parent);
      else if (parent.histogram === 0) build(large);
      else {
        large.histogram = parent.histogram;
        toSubtract.push({ parent: parent.histogram, child: small.histogram });
      }
    }
    this.#histograms.build(this.#task!.gradients, this.#rows.permutation, toBuild);
    this.#histograms.subtract(toSubtract);

    const children = families.flatMap(({ left, right }) => [left, right]);
    // Drawn for all of a level in order, whether they can be split or not.
    if (childrenMayBeSplit)
      for (const node of children) if (this.#mayBeDeeper(node)) node.features = this.#featuresOf(node);
    for (const node of children) if (!mayBeSplit(node)) this.#releaseHistogram(node);
    this.#searchSplits(children.filter(mayBeSplit));
    this.#keepTwoHistogramsFree(children);
    return children;
  }

  #searchSplits(nodes: readonly OpenNode[]): void {
    const splits = this.#search.find(nodes.map((node) => ({ ...node, features: node.features! })));
    nodes.forEach((node, index) => {
      node.split = splits[index];
      if (!node.split) this.#releaseHistogram(node);
    });
  }

  #mayBeDeeper({ depth }: OpenNode): boolean {
    return this.#rule.maximumDepth === 0 || depth < this.#rule.maximumDepth;
  }

  #featuresOf({ depth, path }: OpenNode): Uint32Array {
    const features = this.#task!.featuresOf(depth);
    return this.#rule.interactions?.allowed(features, path) ?? features;
  }

  /** So that splitting can go on: two is what a node without a histogram needs. */
  #keepTwoHistogramsFree(nodes: readonly OpenNode[]): void {
    for (let last = nodes.length - 1; last >= 0 && this.#histograms.available < 2; last--)
      this.#releaseHistogram(nodes[last]);
  }

  #releaseHistogram(node: OpenNode): void {
    if (node.histogram !== 0) this.#histograms.release(node.histogram);
    node.histogram = 0;
  }

  /** The node stays a leaf. */
  #close(node: OpenNode): void {
    this.#releaseHistogram(node);
    const rate = Math.fround(this.#rule.learningRate);
    let value = Math.fround(this.#weights.weight(node.sums, node.bounds) * rate);
    if (this.#task!.leafValue) {
      const rows = this.#kernels.u32(this.#rows.permutation + 4 * node.from, node.to - node.from);
      value = Math.fround(this.#task!.leafValue(rows, value));
    }
    this.#tree.setValue(node.id, value);
    this.#leaves.push({ from: node.from, to: node.to, value });
  }
}
