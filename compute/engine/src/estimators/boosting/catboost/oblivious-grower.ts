/** Grows oblivious trees: all leaves of a level are split by the same test, the one with the best score over all of them. */
import type { Kernels } from '@pgml/kernels';
import type { FitContext } from '../../../estimator.js';
import type { BinnedData } from '../../../trees/bins.js';
import { Dispatch } from '../../../trees/dispatch.js';
import { Histograms } from '../../../trees/histograms.js';
import { RowSets } from '../../../trees/row-sets.js';
import type { Stretch } from '../../../trees/stretch.js';

/** How a feature is split; the numbers of the kernels' oblivious.ts. */
export const splitKinds = { numeric: 0, oneHot: 1, statistic: 0 } as const;
const NOT_TRIED = 2;
const MISSING_ABOVE = 4;
export const MISSING_ALONE = 255;

export interface ObliviousRule {
  readonly depth: number;
  readonly lambda: number;
  readonly cosine: boolean;
  /** Whether missing values count as below all others. */
  readonly missingLeft: boolean;
}

export interface ObliviousSplit {
  readonly feature: number;
  /** The split is after this bin; MISSING_ALONE: of missing values from all others. */
  readonly bin: number;
  readonly score: number;
}

export interface ObliviousTree {
  readonly splits: readonly ObliviousSplit[];
  /** 2^depth stretches of the permutation of rows; the first split is the highest bit of a leaf's number, 1 is right. */
  readonly leaves: readonly Stretch[];
}

/** Working memory: that of RowSets and Histograms, and 4 KiB per feature. */
export class ObliviousGrower {
  readonly rows: RowSets;
  readonly #bins: BinnedData;
  readonly #rule: ObliviousRule;
  readonly #kinds: readonly (0 | 1)[];
  readonly #kernels: Kernels;
  readonly #dispatch: Dispatch;
  readonly #histograms: Histograms;
  readonly #scores: number;
  readonly #kindBytes: number;
  readonly #best: number;
  readonly #set: number;

  constructor(
    bins: BinnedData,
    kinds: readonly (0 | 1)[],
    rule: ObliviousRule,
    { kernels, team }: Pick<FitContext, 'kernels' | 'team'>,
  ) {
    this.#bins = bins;
    this.#rule = rule;
    this.#kinds = kinds;
    this.#kernels = kernels;
    this.#dispatch = new Dispatch(kernels, team);
    this.rows = new RowSets(bins, 2 ** Math.max(0, rule.depth - 1), kernels, this.#dispatch);
    this.#histograms = new Histograms(bins, kernels, this.#dispatch);
    this.#scores = kernels.allocate(4096 * bins.features);
    this.#kindBytes = kernels.allocate(bins.features);
    this.#best = kernels.allocate(16);
    this.#set = kernels.allocate(256);
  }

  /**
   * `gradients` are addresses of f32[rows][2], gradients and weights, one for each output, whose scores are added up.
   * `featuresOf` says which features a level may use, `noise` what is added to a feature's best score.
   */
  grow(
    gradients: readonly number[],
    featuresOf: () => Uint32Array,
    noise: () => number,
    checkpoint: () => void,
  ): ObliviousTree {
    const splits: ObliviousSplit[] = [];
    let leaves: (Stretch & { histogram: number })[] = [{ ...this.rows.reset(), histogram: 0 }];
    for (let level = 0; level < this.#rule.depth; level++) {
      this.#kernels.u8(this.#scores, 4096 * this.#bins.features).fill(0);
      this.#chooseFeatures(featuresOf());
      for (const pairs of gradients)
        for (const leaf of leaves) {
          if (leaf.from === leaf.to) continue;
          const keeps = gradients.length === 1;
          const histogram = leaf.histogram || this.#build(leaf, pairs);
          this.#kernels.run.addSplitScores(
            ...[histogram, this.#bins.features, this.#bins.binCounts, this.#kindBytes, this.#rule.lambda, this.#scores],
          );
          // Kept for the children, as far as memory goes.
          if (keeps && this.#histograms.available > leaves.length) leaf.histogram = histogram;
          else {
            this.#histograms.release(histogram);
            leaf.histogram = 0;
          }
          checkpoint();
        }
      const best = this.#bestSplit(noise);
      if (!best) break;
      splits.push(best);
      leaves = this.#split(leaves, best, gradients[0], level + 1 < this.#rule.depth);
    }
    for (const { histogram } of leaves) if (histogram !== 0) this.#histograms.release(histogram);
    return { splits, leaves };
  }

  #chooseFeatures(features: Uint32Array): void {
    const kinds = this.#kernels.u8(this.#kindBytes, this.#bins.features).fill(NOT_TRIED);
    for (const feature of features)
      kinds[feature] = this.#kinds[feature] + (this.#rule.missingLeft ? 0 : MISSING_ABOVE);
  }

  #bestSplit(noise: () => number): ObliviousSplit | undefined {
    let best: ObliviousSplit | undefined;
    for (let feature = 0; feature < this.#bins.features; feature++) {
      const cosine = this.#rule.cosine ? 1 : 0;
      this.#kernels.run.bestSplitScore(
        ...[this.#scores, feature, this.#bins.binCounts, this.#kindBytes, cosine, this.#best],
      );
      const [score, bin] = this.#kernels.f64(this.#best, 2) as unknown as [number, number];
      if (bin < 0) continue;
      const noisy = score + noise();
      if (!best || noisy > best.score) best = { feature, bin, score: noisy };
    }
    return best;
  }

  #build(leaf: Stretch, pairs: number): number {
    const histogram = this.#histograms.acquire();
    if (leaf.to - leaf.from === this.#bins.rows) this.#histograms.buildRoot(histogram, pairs);
    else this.#histograms.build(pairs, this.rows.permutation, [{ histogram, from: leaf.from, to: leaf.to }]);
    return histogram;
  }

  #split(
    leaves: readonly (Stretch & { readonly histogram: number })[],
    { feature, bin }: ObliviousSplit,
    pairs: number,
    goesOn: boolean,
  ): (Stretch & { histogram: number })[] {
    const boundaries = this.#boundaries(leaves, feature, bin);
    const toBuild: (Stretch & { histogram: number })[] = [];
    const toSubtract: { parent: number; child: number }[] = [];
    const children = leaves.flatMap(({ from, to, histogram }, index) => {
      const left = { from, to: boundaries[index], histogram: 0 };
      const right = { from: boundaries[index], to, histogram: 0 };
      if (histogram === 0) return [left, right];
      const [small, large] = left.to - left.from <= right.to - right.from ? [left, right] : [right, left];
      // What is left of the parent when the smaller child is taken away is the larger one.
      if (goesOn && this.#histograms.available > 0) {
        large.histogram = histogram;
        if (small.to > small.from) {
          small.histogram = this.#histograms.acquire();
          toBuild.push(small);
          toSubtract.push({ parent: histogram, child: small.histogram });
        }
      } else this.#histograms.release(histogram);
      return [left, right];
    });
    this.#histograms.build(pairs, this.rows.permutation, toBuild);
    this.#histograms.subtract(toSubtract);
    return children;
  }

  #boundaries(leaves: readonly Stretch[], feature: number, bin: number): number[] {
    if (this.#kinds[feature] === 1 && bin !== MISSING_ALONE) {
      this.#kernels.u8(this.#set, 256).fill(0)[bin] = 1;
      return leaves.map((leaf) => this.rows.splitBySet(leaf, feature, this.#set));
    }
    const split = bin === MISSING_ALONE ? { bin: -1, missingLeft: true } : { bin, missingLeft: this.#rule.missingLeft };
    return this.rows.split(leaves.map(({ from, to }) => ({ from, to, feature, ...split })));
  }
}
