/** How LightGBM judges leaves: numeric features by a kernel, categorical ones here. */
import type { Kernels, RandomState } from '@pgml/kernels';
import type { BinnedData } from '../../../trees/bins.js';
import { type ColumnFractions, ColumnSampler } from '../../../trees/columns.js';
import type { Dispatch } from '../../../trees/dispatch.js';
import type { LeafSplit, OpenLeaf, Side, Splitter } from '../../../trees/leafwise-grower.js';

export interface SplitRule {
  readonly lambda: number;
  readonly alpha: number;
  readonly minimumHessian: number;
  readonly minimumRows: number;
  /** The largest absolute value of a leaf before shrinkage; 0: no limit. */
  readonly maximumValue: number;
  readonly smoothing: number;
  readonly minimumGain: number;
  /** By feature: 1 values may only rise, -1 only fall, 0 either. */
  readonly monotone: readonly number[] | undefined;
  readonly interactions: readonly (readonly number[])[] | undefined;
  /** By feature what gains are multiplied by. */
  readonly penalties: readonly number[] | undefined;
  readonly fractions: ColumnFractions;
  /** Whether each feature may only be split after one bin, chosen at random for each leaf. */
  readonly randomThresholds: boolean;
  readonly categorical: CategoryRule;
  isCategorical(feature: number): boolean;
}

export interface CategoryRule {
  /** Up to so many categories, one of them alone goes left. */
  readonly oneHotMost: number;
  /** At most so many categories go left. */
  readonly setMost: number;
  readonly smoothing: number;
  readonly lambda: number;
  readonly minimumGroup: number;
}

interface Bounds {
  readonly lower: number;
  readonly upper: number;
}

const NODE_BYTES = 48;
const SPLIT_BYTES = 40;
const CATEGORICAL = 2;
const LEAST_HESSIAN = 1e-15;

export class GainSplitter implements Splitter {
  readonly #bins: BinnedData;
  readonly #rule: SplitRule;
  readonly #kernels: Kernels;
  readonly #dispatch: Dispatch;
  readonly #random: RandomState;
  readonly #numbers: number;
  readonly #marks: number;
  readonly #penalties: number;
  readonly #places: readonly {
    readonly node: number;
    readonly features: number;
    readonly only: number;
    readonly out: number;
  }[];
  #sampler: ColumnSampler;

  constructor(bins: BinnedData, rule: SplitRule, random: RandomState, kernels: Kernels, dispatch: Dispatch) {
    this.#bins = bins;
    this.#rule = rule;
    this.#random = random;
    this.#kernels = kernels;
    this.#dispatch = dispatch;
    const { features } = bins;
    this.#numbers = kernels.allocate(56);
    kernels
      .f64(this.#numbers, 7)
      .set([
        ...[rule.lambda, rule.alpha, rule.minimumHessian, rule.minimumRows],
        ...[rule.maximumValue, rule.smoothing, rule.minimumGain],
      ]);
    this.#marks = kernels.allocate(features);
    this.#penalties = kernels.allocate(8 * features);
    for (let feature = 0; feature < features; feature++) {
      const mark = rule.isCategorical(feature) ? CATEGORICAL : (rule.monotone?.[feature] ?? 0);
      kernels.u8(this.#marks, features)[feature] = mark;
      kernels.f64(this.#penalties, features)[feature] = Math.max(0, rule.penalties?.[feature] ?? 1);
    }
    // Two leaves are looked at together: the children of one that was split.
    this.#places = [0, 1].map(() => ({
      node: kernels.allocate(NODE_BYTES),
      features: kernels.allocate(4 * features),
      only: kernels.allocate(4 * features),
      out: kernels.allocate(SPLIT_BYTES),
    }));
    this.#sampler = new ColumnSampler(features, rule.fractions, random);
  }

  /** To be called before each tree: draws the features that it may use. */
  startTree(): void {
    this.#sampler = new ColumnSampler(this.#bins.features, this.#rule.fractions, this.#random);
  }

  maySplit({ from, to, hessian }: OpenLeaf): boolean {
    return (
      to - from >= Math.max(2, 2 * this.#rule.minimumRows) &&
      hessian >= 2 * this.#rule.minimumHessian &&
      hessian > LEAST_HESSIAN
    );
  }

  find(leaves: readonly OpenLeaf[]): (LeafSplit | undefined)[] {
    const prepared = leaves.map((leaf) => ({
      // At the root the value that children are smoothed towards is its own.
      leaf:
        leaf.depth > 0 ? leaf : { ...leaf, value: this.#value(leaf.gradient, leaf.hessian, leaf.to - leaf.from, 0) },
      bounds: this.#bounds(leaf),
      features: this.#features(leaf),
    }));
    this.#dispatch.run(
      'findGainSplit',
      prepared.map(({ leaf, bounds, features }, index) => {
        const { node, features: list, only, out } = this.#places[index];
        const { gradient, hessian, from, to, value } = leaf;
        this.#kernels.f64(node, 6).set([gradient, hessian, to - from, value, bounds.lower, bounds.upper]);
        this.#kernels.u32(list, features.length).set(features);
        if (this.#rule.randomThresholds) this.#drawThresholds(only);
        return [
          ...[leaf.histogram, list, features.length, this.#bins.binCounts, this.#marks, this.#penalties],
          ...[this.#rule.randomThresholds ? only : 0, this.#numbers, node, out],
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

  #drawThresholds(place: number): void {
    const { features } = this.#bins;
    const only = this.#kernels.i32(place, features);
    for (let feature = 0; feature < features; feature++)
      only[feature] = this.#random.integer(0, Math.max(1, this.#bins.bins(feature) - 1));
  }

  #read(leaf: OpenLeaf, bounds: Bounds, out: number): LeafSplit | undefined {
    const [gain, gradient, hessian] = this.#kernels.f64(out, 3) as unknown as [number, number, number];
    if (!(gain > 0)) return undefined;
    const words = this.#kernels.i32(out + 24, 3);
    return {
      gain,
      feature: words[0],
      bin: words[1],
      missingLeft: words[2] === 1,
      ...this.#sides(leaf, bounds, gradient, hessian, this.#rule.lambda),
    };
  }

  #sides(
    leaf: OpenLeaf,
    bounds: Bounds,
    gradient: number,
    hessian: number,
    lambda: number,
  ): Pick<LeafSplit, 'left' | 'right'> {
    const perHessian = (leaf.to - leaf.from) / leaf.hessian;
    const side = (g: number, h: number): Side => ({
      gradient: g,
      hessian: h,
      value: this.#value(g, h, Math.round(h * perHessian), leaf.value, bounds, lambda),
    });
    return { left: side(gradient, hessian), right: side(leaf.gradient - gradient, leaf.hessian - hessian) };
  }

  /** As valueOf of the kernels' gain-split.ts. */
  #value(
    gradient: number,
    hessian: number,
    rows: number,
    parent: number,
    { lower, upper }: Bounds = { lower: -Infinity, upper: Infinity },
    lambda = this.#rule.lambda,
  ): number {
    const { maximumValue, smoothing } = this.#rule;
    let value = -this.#shrunk(gradient) / (hessian + lambda);
    if (maximumValue > 0) value = Math.max(-maximumValue, Math.min(maximumValue, value));
    if (smoothing > 0) {
      const trust = rows / smoothing;
      value = (value * trust) / (trust + 1) + parent / (trust + 1);
    }
    return Math.max(lower, Math.min(upper, value));
  }

  #shrunk(gradient: number): number {
    return Math.sign(gradient) * Math.max(0, Math.abs(gradient) - this.#rule.alpha);
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
        if ((direction === 1) === isLeft) upper = Math.min(upper, middle);
        else lower = Math.max(lower, middle);
      }
    return { lower, upper };
  }

  #features({ path, depth }: OpenLeaf): Uint32Array {
    const sampled = this.#sampler.forNode(depth);
    const { interactions } = this.#rule;
    if (!interactions) return sampled;
    const groups = interactions.filter((group) => path.every(({ split }) => group.includes(split.feature)));
    const allowed = new Set(groups.flat());
    return sampled.filter((feature) => allowed.has(feature));
  }

  /**
   * One category against all others; or, with many, those that gain most together from either end of the order by their
   * gradients over hessians (Fisher, "On Grouping for Maximum Homogeneity", 1958). Missing values stay right.
   */
  #categoricalSplit(leaf: OpenLeaf, bounds: Bounds, feature: number): LeafSplit | undefined {
    const { minimumRows, minimumHessian, minimumGain, categorical, penalties } = this.#rule;
    const cells = this.#kernels.f64(leaf.histogram + 4096 * feature, 512);
    const rows = leaf.to - leaf.from;
    const rowsOf = (hessian: number): number => Math.round((hessian * rows) / leaf.hessian);
    const bins = Array.from({ length: this.#bins.bins(feature) }, (_, bin) => bin);
    const oneHot = bins.length <= categorical.oneHotMost;
    const lambda = this.#rule.lambda + (oneHot ? 0 : categorical.lambda);
    const penalty = Math.max(0, penalties?.[feature] ?? 1);
    const held = this.#rule.maximumValue > 0 || this.#rule.smoothing > 0;
    const own = held ? leaf.value : this.#value(leaf.gradient, leaf.hessian, rows, 0);
    const least = this.#gain(leaf.gradient, leaf.hessian, own, this.#rule.lambda) + minimumGain;
    let best: { gain: number; gradient: number; hessian: number; bins: readonly number[] } | undefined;
    const consider = (gradient: number, hessian: number, some: () => readonly number[]): void => {
      const sides = this.#sides(leaf, bounds, gradient, hessian, lambda);
      const total =
        this.#gain(gradient, hessian, sides.left.value, lambda) +
        this.#gain(sides.right.gradient, sides.right.hessian, sides.right.value, lambda);
      const gain = (total - least) * penalty;
      if (gain > (best?.gain ?? 0)) best = { gain, gradient, hessian, bins: some() };
    };
    const isTooSmall = (hessian: number): boolean =>
      rowsOf(hessian) < minimumRows || hessian < minimumHessian || hessian <= 0;
    if (oneHot)
      for (const bin of bins) {
        const hessian = cells[2 * bin + 1];
        if (!isTooSmall(hessian) && !isTooSmall(leaf.hessian - hessian)) consider(cells[2 * bin], hessian, () => [bin]);
      }
    else {
      const order = bins
        .filter((bin) => rowsOf(cells[2 * bin + 1]) >= categorical.smoothing)
        .map((bin) => ({ bin, rank: cells[2 * bin] / (cells[2 * bin + 1] + categorical.smoothing) }))
        .sort((a, b) => a.rank - b.rank)
        .map(({ bin }) => bin);
      const most = Math.min(categorical.setMost, (order.length + 1) >> 1);
      for (const from of [order, order.toReversed()]) {
        let gradient = 0;
        let hessian = 0;
        let grouped = 0;
        for (let taken = 1; taken <= most; taken++) {
          const bin = from[taken - 1];
          gradient += cells[2 * bin];
          hessian += cells[2 * bin + 1];
          grouped += rowsOf(cells[2 * bin + 1]);
          if (isTooSmall(hessian)) continue;
          if (isTooSmall(leaf.hessian - hessian) || rows - rowsOf(hessian) < categorical.minimumGroup) break;
          if (grouped < categorical.minimumGroup) continue;
          grouped = 0;
          consider(gradient, hessian, () => from.slice(0, taken));
        }
      }
    }
    if (!best) return undefined;
    const set = new Uint8Array(256);
    for (const bin of best.bins) set[bin] = 1;
    const { gain, gradient, hessian } = best;
    return {
      ...{ gain, feature, bin: 0, missingLeft: false, set },
      ...this.#sides(leaf, bounds, gradient, hessian, lambda),
    };
  }

  /** As gainAt of the kernels' gain-split.ts. */
  #gain(gradient: number, hessian: number, value: number, lambda: number): number {
    return -(2 * this.#shrunk(gradient) * value + (hessian + lambda) * value * value);
  }
}
