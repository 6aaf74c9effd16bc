/** The search for the best split of leaves; the kernels' split.ts describes the method. */
import type { Kernels } from '@pgml/kernels';
import type { BinnedData } from './bins.js';
import type { Dispatch } from './dispatch.js';
import type { Bounds, LeafWeights, Sums } from './leaf-weights.js';

export interface Split {
  readonly gain: number;
  readonly feature: number;
  /** Bins 0 … bin go left; -1 and the last bin send only missing values one way. */
  readonly bin: number;
  readonly missingLeft: boolean;
  /** For a split of categories, u32[8] in which the bits of those are set that go left; `bin` means nothing then. */
  readonly categories?: Uint32Array;
  readonly left: Sums;
  readonly right: Sums;
}

/** Gains up to here are rounding. */
export const LEAST_GAIN = Math.fround(1e-6);
/** Additions to a histogram that take as long as trying one bin. */
const BIN_WORK = 8;
/** What findSplit writes for one node, and the working space it needs behind that to sort categories. */
const SPLIT_BYTES = 96;
const SORTING_BYTES = 8 * 256;
/** The bin of a split of categories. */
const OF_CATEGORIES = -2;

export class SplitSearch {
  readonly #kernels: Kernels;
  readonly #dispatch: Dispatch;
  readonly #bins: BinnedData;
  readonly #weights: LeafWeights;
  readonly #ruleWords: number;
  /** Address of i32[features], 0 if no feature has a constraint. */
  readonly #constraints: number = 0;
  readonly #results: number;
  readonly #resultBytes: number;
  readonly #featureLists: number;

  /** At most `batch` nodes are searched together. */
  constructor(bins: BinnedData, weights: LeafWeights, batch: number, kernels: Kernels, dispatch: Dispatch) {
    this.#kernels = kernels;
    this.#dispatch = dispatch;
    this.#bins = bins;
    this.#weights = weights;
    this.#ruleWords = kernels.allocate(32);
    weights.write(kernels.f64(this.#ruleWords, 4));
    const { monotone } = weights.rule;
    if (monotone) {
      this.#constraints = kernels.allocate(4 * bins.features);
      kernels.i32(this.#constraints, bins.features).set(monotone);
    }
    this.#resultBytes = SPLIT_BYTES + (bins.hasCategories ? SORTING_BYTES : 0);
    this.#results = kernels.allocate(this.#resultBytes * batch);
    this.#featureLists = kernels.allocate(4 * bins.features * batch);
  }

  /** For each node its best split; undefined where none gains enough. `features` are ascending. */
  find(
    nodes: readonly {
      readonly histogram: number;
      readonly sums: Sums;
      readonly bounds: Bounds;
      readonly features: Uint32Array;
    }[],
  ): (Split | undefined)[] {
    const { features, binCounts } = this.#bins;
    this.#dispatch.run(
      'findSplit',
      nodes.map(({ histogram, sums, bounds, features: tried }, index) => {
        const list = this.#featureLists + 4 * features * index;
        this.#kernels.u32(list, tried.length).set(tried);
        const { gradient, hessian } = sums;
        const out = this.#results + this.#resultBytes * index;
        return [
          ...[
            histogram,
            list,
            tried.length,
            binCounts,
            this.#ruleWords,
            gradient,
            hessian,
            this.#weights.gain(sums, bounds),
            out,
          ],
          ...[this.#constraints, bounds.lower, bounds.upper, this.#weights.rule.maximumCategories ?? 256],
        ];
      }),
      nodes.reduce((bins, node) => bins + 256 * node.features.length, 0) * BIN_WORK,
    );
    return nodes.map((_, index) => this.#read(this.#results + this.#resultBytes * index));
  }

  #read(result: number): Split | undefined {
    const sums = this.#kernels.f64(result, 4);
    const gain = this.#kernels.f32(result, 9)[8];
    const words = this.#kernels.i32(result, 12);
    const left = { gradient: sums[0], hessian: sums[1] };
    const right = { gradient: sums[2], hessian: sums[3] };
    if (!(gain > LEAST_GAIN) || gain < this.#weights.rule.minimumGain || left.hessian === 0 || right.hessian === 0)
      return undefined;
    const bin = words[10];
    return {
      ...{ gain, feature: words[9], bin, missingLeft: words[11] === 1, left, right },
      ...(bin === OF_CATEGORIES ? { categories: this.#kernels.u32(result + 64, 8).slice() } : {}),
    };
  }
}
