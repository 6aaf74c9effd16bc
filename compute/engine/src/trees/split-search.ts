/** The search for the best split of leaves, and what a leaf is worth. The kernels' split.ts describes the method. */
import type { Kernels } from '@pgml/kernels';
import type { BinnedData } from './bins.js';
import type { Dispatch } from './dispatch.js';

/** Sums over the rows of a node. */
export interface Sums {
  readonly gradient: number;
  readonly hessian: number;
}

export interface Split {
  readonly gain: number;
  readonly feature: number;
  /** Bins 0 … bin go left; -1 and the last bin send only missing values one way. */
  readonly bin: number;
  readonly missingLeft: boolean;
  readonly left: Sums;
  readonly right: Sums;
}

export interface LeafRule {
  /** The least sum of hessians in a leaf. */
  readonly minimumChildWeight: number;
  /** The least gain of a split. */
  readonly minimumGain: number;
  /** L2 and L1 penalty on leaf weights. */
  readonly lambda: number;
  readonly alpha: number;
  /** The largest absolute leaf weight before shrinkage; 0: no limit. */
  readonly maximumWeight: number;
}

/** Gains up to here are rounding. */
const LEAST_GAIN = Math.fround(1e-6);
/** What findSplit writes for one node. */
const SPLIT_BYTES = 64;

/** All parameters are rounded to f32 first, as xgboost holds them. */
export class SplitSearch {
  readonly #kernels: Kernels;
  readonly #dispatch: Dispatch;
  readonly #bins: BinnedData;
  readonly #rule: LeafRule;
  readonly #ruleWords: number;
  readonly #results: number;
  readonly #featureLists: number;

  /** At most `batch` nodes are searched together. */
  constructor(bins: BinnedData, rule: LeafRule, batch: number, kernels: Kernels, dispatch: Dispatch) {
    this.#kernels = kernels;
    this.#dispatch = dispatch;
    this.#bins = bins;
    this.#rule = {
      minimumChildWeight: Math.fround(rule.minimumChildWeight),
      minimumGain: Math.fround(rule.minimumGain),
      lambda: Math.fround(rule.lambda),
      alpha: Math.fround(rule.alpha),
      maximumWeight: Math.fround(rule.maximumWeight),
    };
    const { lambda, alpha, minimumChildWeight, maximumWeight } = this.#rule;
    this.#ruleWords = kernels.allocate(32);
    kernels.f64(this.#ruleWords, 4).set([lambda, alpha, minimumChildWeight, maximumWeight]);
    this.#results = kernels.allocate(SPLIT_BYTES * batch);
    this.#featureLists = kernels.allocate(4 * bins.features * batch);
  }

  /** For each node its best split; undefined where none gains enough. `features` are ascending. */
  find(
    nodes: readonly { readonly histogram: number; readonly sums: Sums; readonly features: Uint32Array }[],
  ): (Split | undefined)[] {
    const { features, binCounts } = this.#bins;
    this.#dispatch.run(
      'findSplit',
      nodes.map((node, index) => {
        const list = this.#featureLists + 4 * features * index;
        this.#kernels.u32(list, node.features.length).set(node.features);
        const { gradient, hessian } = node.sums;
        const out = this.#results + SPLIT_BYTES * index;
        const gain = this.#gain(node.sums);
        return [node.histogram, list, node.features.length, binCounts, this.#ruleWords, gradient, hessian, gain, out];
      }),
      nodes.reduce((bins, node) => bins + 256 * node.features.length, 0),
    );
    return nodes.map((_, index) => this.#read(this.#results + SPLIT_BYTES * index));
  }

  #read(result: number): Split | undefined {
    const sums = this.#kernels.f64(result, 4);
    const gain = this.#kernels.f32(result, 9)[8];
    const words = this.#kernels.i32(result, 12);
    const left = { gradient: sums[0], hessian: sums[1] };
    const right = { gradient: sums[2], hessian: sums[3] };
    if (!(gain > LEAST_GAIN) || gain < this.#rule.minimumGain || left.hessian === 0 || right.hessian === 0)
      return undefined;
    return { gain, feature: words[9], bin: words[10], missingLeft: words[11] === 1, left, right };
  }

  /** Twice the loss that the best weight takes away; as sideGain in the kernels' split.ts. */
  #gain(sums: Sums): number {
    const { lambda, maximumWeight } = this.#rule;
    if (sums.hessian <= 0) return 0;
    if (maximumWeight === 0) return Math.fround(this.#shrunk(sums.gradient) ** 2 / (sums.hessian + lambda));
    const weight = this.weight(sums);
    const { fround } = Math;
    const linear = fround(fround(2 * fround(sums.gradient)) * weight);
    const square = fround(fround(fround(sums.hessian) + lambda) * fround(weight * weight));
    return -fround(linear + square);
  }

  /** The weight of a leaf that lessens the loss most, as f32. */
  weight({ gradient, hessian }: Sums): number {
    const { minimumChildWeight, lambda, maximumWeight } = this.#rule;
    if (hessian < minimumChildWeight || hessian <= 0) return 0;
    const best = -this.#shrunk(gradient) / (hessian + lambda);
    const limited = maximumWeight === 0 ? best : Math.max(-maximumWeight, Math.min(maximumWeight, best));
    return Math.fround(limited);
  }

  #shrunk(gradient: number): number {
    const { alpha } = this.#rule;
    return Math.sign(gradient) * Math.max(0, Math.abs(gradient) - alpha);
  }

  /** Whether a node with these sums may be split at all: each child needs the minimum child weight. */
  canSplit({ hessian }: Sums): boolean {
    // Not 2: sums that are differences carry rounding.
    return hessian >= 1.999 * this.#rule.minimumChildWeight;
  }
}
