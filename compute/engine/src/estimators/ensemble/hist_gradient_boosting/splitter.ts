/** How scikit-learn's histogram gradient boosting judges leaves: numeric features by a kernel, categorical ones here. */
import type { Kernels } from '@pgml/kernels';
import { type BinnedData, MISSING_BIN } from '../../../trees/bins.js';
import type { Dispatch } from '../../../trees/dispatch.js';
import type { LeafSplit, OpenLeaf, Splitter } from '../../../trees/leafwise-grower.js';

export interface SplitRule {
  readonly lambda: number;
  readonly minimumRows: number;
  /** By feature: 1 values may only rise, -1 only fall, 0 either. */
  readonly monotone: readonly number[] | undefined;
  /** Groups of features that may be split on together on one way. */
  readonly interactions: readonly (readonly number[])[] | undefined;
  isCategorical(feature: number): boolean;
  /** Whether second derivatives are all 1, so that their sums count rows. */
  readonly hessiansCount: boolean;
}

/** The least sum of second derivatives in a child. */
const MINIMUM_HESSIAN = 1e-3;
/** Categories with fewer rows (in units of the second derivative) are not looked at, and they are shrunk by as much. */
const CATEGORY_SUPPORT = 10;
/** What findNewtonSplit reads and writes for a leaf. */
const NODE_BYTES = 48;
const SPLIT_BYTES = 48;

/** Monotone entries of the kernel: the feature is not tried there. */
const CATEGORICAL = 2;

/** The bounds of the values of a leaf's children. */
interface Bounds {
  readonly lower: number;
  readonly upper: number;
}

export class NewtonSplitter implements Splitter {
  readonly #bins: BinnedData;
  readonly #rule: SplitRule;
  readonly #kernels: Kernels;
  readonly #dispatch: Dispatch;
  readonly #ruleNumbers: number;
  readonly #monotone: number;
  readonly #places: readonly { readonly node: number; readonly features: number; readonly out: number }[];
  readonly #allFeatures: Uint32Array;

  constructor(bins: BinnedData, rule: SplitRule, kernels: Kernels, dispatch: Dispatch) {
    this.#bins = bins;
    this.#rule = rule;
    this.#kernels = kernels;
    this.#dispatch = dispatch;
    this.#ruleNumbers = kernels.allocate(24);
    kernels.f64(this.#ruleNumbers, 3).set([rule.lambda, MINIMUM_HESSIAN, rule.minimumRows]);
    this.#allFeatures = Uint32Array.from({ length: bins.features }, (_, feature) => feature);
    this.#monotone = kernels.allocate(bins.features);
    const entries = kernels.u8(this.#monotone, bins.features);
    for (const feature of this.#allFeatures)
      entries[feature] = rule.isCategorical(feature) ? CATEGORICAL : (rule.monotone?.[feature] ?? 0);
    // Two leaves are looked at together: the children of one that was split.
    this.#places = [0, 1].map(() => ({
      node: kernels.allocate(NODE_BYTES),
      features: kernels.allocate(4 * bins.features),
      out: kernels.allocate(SPLIT_BYTES),
    }));
  }

  maySplit({ from, to, hessian, depth }: OpenLeaf): boolean {
    return to - from >= 2 * this.#rule.minimumRows && (depth > 0 || hessian >= MINIMUM_HESSIAN);
  }

  find(leaves: readonly OpenLeaf[]): (LeafSplit | undefined)[] {
    const prepared = leaves.map((leaf) => ({ leaf, bounds: this.#bounds(leaf), features: this.#features(leaf) }));
    this.#dispatch.run(
      'findNewtonSplit',
      prepared.map(({ leaf, bounds, features }, index) => {
        const { node, features: list, out } = this.#places[index];
        const { gradient, hessian, from, to, value } = leaf;
        this.#kernels.f64(node, 6).set([gradient, hessian, to - from, value, bounds.lower, bounds.upper]);
        this.#kernels.u32(list, features.length).set(features);
        const { binCounts } = this.#bins;
        return [
          ...[leaf.histogram, leaf.counts, list, features.length, binCounts, this.#monotone],
          ...[this.#ruleNumbers, node, out],
        ];
      }),
      256 * this.#bins.features * leaves.length,
    );
    return prepared.map(({ leaf, bounds, features }, index) => {
      let best = this.#read(leaf, bounds, this.#places[index].out);
      for (const feature of features) {
        if (!this.#rule.isCategorical(feature)) continue;
        const split = this.#categoricalSplit(leaf, bounds, feature);
        if (!split) continue;
        // Of equals the feature that comes first.
        if (!best || split.gain > best.gain || (split.gain === best.gain && feature < best.feature)) best = split;
      }
      return best;
    });
  }

  #read(leaf: OpenLeaf, bounds: Bounds, out: number): LeafSplit | undefined {
    const [gain, gradient, hessian] = this.#kernels.f64(out, 3) as unknown as [number, number, number];
    if (!(gain > 0)) return undefined;
    const words = this.#kernels.i32(out + 32, 3);
    return {
      gain,
      feature: words[0],
      bin: words[1],
      missingLeft: words[2] === 1,
      ...this.#sides(leaf, bounds, gradient, hessian),
    };
  }

  #sides(leaf: OpenLeaf, bounds: Bounds, gradient: number, hessian: number): Pick<LeafSplit, 'left' | 'right'> {
    const side = (g: number, h: number) => ({ gradient: g, hessian: h, value: this.#value(g, h, bounds) });
    return { left: side(gradient, hessian), right: side(leaf.gradient - gradient, leaf.hessian - hessian) };
  }

  #value(gradient: number, hessian: number, { lower, upper }: Bounds): number {
    const value = -gradient / (hessian + this.#rule.lambda + 1e-15);
    return value < lower ? lower : value > upper ? upper : value;
  }

  /** Monotonic constraints: the values below a split on a bound feature stay on their side of its middle. */
  #bounds({ path }: OpenLeaf): Bounds {
    let lower = -Infinity;
    let upper = Infinity;
    const { monotone } = this.#rule;
    if (monotone)
      for (const { split, isLeft } of path) {
        const direction = monotone[split.feature];
        if (direction === 0) continue;
        const middle = (split.left.value + split.right.value) / 2;
        if ((direction === 1) === isLeft) upper = middle;
        else lower = middle;
      }
    return { lower, upper };
  }

  /** The features that interactions leave: of the groups that all features on the way belong to. */
  #features({ path }: OpenLeaf): Uint32Array {
    const { interactions } = this.#rule;
    if (!interactions) return this.#allFeatures;
    const groups = interactions.filter((group) => path.every(({ split }) => group.includes(split.feature)));
    return Uint32Array.from(new Set(groups.flat())).sort();
  }

  /**
   * Categories, missing values among them, in the order of their gradients over second derivatives; those that gain most
   * together from either end, at most half of them, go left (Fisher, "On Grouping for Maximum Homogeneity", 1958).
   */
  #categoricalSplit(leaf: OpenLeaf, bounds: Bounds, feature: number): LeafSplit | undefined {
    const { minimumRows, hessiansCount } = this.#rule;
    const cells = this.#kernels.f64(leaf.histogram + 4096 * feature, 512);
    const counts = leaf.counts === 0 ? undefined : this.#kernels.u32(leaf.counts + 1024 * feature, 256);
    const rows = leaf.to - leaf.from;
    const hessianOf = (bin: number): number => cells[2 * bin + 1];
    const support = hessiansCount ? 1 : rows / leaf.hessian;
    const candidates = Array.from({ length: this.#bins.bins(feature) }, (_, bin) => bin);
    if (this.#bins.hasMissing(feature)) candidates.push(MISSING_BIN);
    const supported = candidates
      .filter((bin) => hessianOf(bin) * support >= CATEGORY_SUPPORT)
      .map((bin) => ({ bin, rank: cells[2 * bin] / (hessianOf(bin) + CATEGORY_SUPPORT) }));
    if (supported.length < 2) return undefined;
    const order = sortByRank(supported).map(({ bin }) => bin);
    const ownLoss = leaf.gradient * leaf.value;
    let best: { gain: number; gradient: number; hessian: number; bins: number[] } | undefined;
    const half = (order.length + 1) >> 1;
    for (const [from, most] of [
      [order, half],
      [order.toReversed(), half - 1],
    ] as const) {
      let gradient = 0;
      let hessian = 0;
      let left = 0;
      for (let taken = 1; taken <= most; taken++) {
        const bin = from[taken - 1];
        gradient += cells[2 * bin];
        hessian += hessianOf(bin);
        left += counts ? counts[bin] : hessianOf(bin);
        if (left < minimumRows || hessian < MINIMUM_HESSIAN) continue;
        if (rows - left < minimumRows || leaf.hessian - hessian < MINIMUM_HESSIAN) break;
        const otherGradient = leaf.gradient - gradient;
        const gain =
          ownLoss -
          gradient * this.#value(gradient, hessian, bounds) -
          otherGradient * this.#value(otherGradient, leaf.hessian - hessian, bounds);
        if (gain > (best?.gain ?? 0)) best = { gain, gradient, hessian, bins: from.slice(0, taken) };
      }
    }
    if (!best) return undefined;
    const set = new Uint8Array(256);
    for (const bin of best.bins) set[bin] = 1;
    return {
      gain: best.gain,
      feature,
      bin: 0,
      missingLeft: set[MISSING_BIN] === 1,
      set,
      ...this.#sides(leaf, bounds, best.gradient, best.hessian),
    };
  }
}

interface Ranked {
  readonly bin: number;
  readonly rank: number;
}

/**
 * By rank, ascending; equals as the C library's merge sort leaves them with a comparison that never calls two equal:
 * whenever a left half's item does not come strictly before one of the right half, the right one is taken.
 */
function sortByRank(items: readonly Ranked[]): readonly Ranked[] {
  if (items.length < 2) return items;
  const middle = items.length >> 1;
  const left = sortByRank(items.slice(0, middle));
  const right = sortByRank(items.slice(middle));
  const sorted: Ranked[] = [];
  let l = 0;
  let r = 0;
  while (l < left.length && r < right.length) sorted.push(left[l].rank < right[r].rank ? left[l++] : right[r++]);
  return [...sorted, ...left.slice(l), ...right.slice(r)];
}
