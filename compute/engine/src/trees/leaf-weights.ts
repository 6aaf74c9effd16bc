/** What a leaf is worth, and what a split gains: the arithmetic of the kernels' split.ts, with its roundings. */

/** Sums over the rows of a node. */
export interface Sums {
  readonly gradient: number;
  readonly hessian: number;
}

/** What the leaves below a node must lie between. */
export interface Bounds {
  readonly lower: number;
  readonly upper: number;
}

export const UNBOUNDED: Bounds = { lower: -Infinity, upper: Infinity };

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
  /** By feature: 1 if leaves must not fall with it, -1 if they must not rise, 0 for any. */
  readonly monotone?: readonly number[];
  /** Categories that are split off together, at most; all unless given. */
  readonly maximumCategories?: number;
}

/** What of a split bounds the leaves below it. */
interface Sides {
  readonly feature: number;
  readonly left: Sums;
  readonly right: Sums;
}

/** All parameters are rounded to f32 first, as xgboost holds them. */
export class LeafWeights {
  readonly rule: LeafRule;

  constructor(rule: LeafRule) {
    this.rule = {
      ...rule,
      minimumChildWeight: Math.fround(rule.minimumChildWeight),
      minimumGain: Math.fround(rule.minimumGain),
      lambda: Math.fround(rule.lambda),
      alpha: Math.fround(rule.alpha),
      maximumWeight: Math.fround(rule.maximumWeight),
    };
  }

  /** Writes the f64[4] that the kernels' split.ts calls a rule. */
  write(words: Float64Array): void {
    const { lambda, alpha, minimumChildWeight, maximumWeight } = this.rule;
    words.set([lambda, alpha, minimumChildWeight, maximumWeight]);
  }

  /** Twice the loss that the best weight takes away; as sideGain in the kernels' split.ts. */
  gain(sums: Sums, bounds: Bounds): number {
    const { lambda, maximumWeight, monotone } = this.rule;
    if (sums.hessian <= 0) return 0;
    if (maximumWeight === 0 && !monotone)
      return Math.fround(this.#shrunk(sums.gradient) ** 2 / (sums.hessian + lambda));
    const weight = this.weight(sums, bounds);
    const { fround } = Math;
    const linear = fround(fround(2 * fround(sums.gradient)) * weight);
    const square = fround(fround(fround(sums.hessian) + lambda) * fround(weight * weight));
    return -fround(linear + square);
  }

  /** The weight of a leaf that lessens the loss most, as f32. */
  weight({ gradient, hessian }: Sums, { lower, upper }: Bounds): number {
    const { minimumChildWeight, lambda, maximumWeight } = this.rule;
    const within = (weight: number) => Math.max(lower, Math.min(upper, Math.fround(weight)));
    if (hessian < minimumChildWeight || hessian <= 0) return within(0);
    const best = -this.#shrunk(gradient) / (hessian + lambda);
    return within(maximumWeight === 0 ? best : Math.max(-maximumWeight, Math.min(maximumWeight, best)));
  }

  /** The bounds of the leaves on both sides of a split, whose weights must not cross if its feature has a constraint. */
  boundsBelow({ feature, left, right }: Sides, bounds: Bounds): readonly [left: Bounds, right: Bounds] {
    const constraint = this.rule.monotone?.[feature] ?? 0;
    if (constraint === 0) return [bounds, bounds];
    const middle = Math.fround(Math.fround(this.weight(left, bounds) + this.weight(right, bounds)) / 2);
    const below = { ...bounds, upper: middle };
    const above = { ...bounds, lower: middle };
    return constraint > 0 ? [below, above] : [above, below];
  }

  #shrunk(gradient: number): number {
    const { alpha } = this.rule;
    return Math.sign(gradient) * Math.max(0, Math.abs(gradient) - alpha);
  }

  /** Whether a node with these sums may be split at all: each child needs the minimum child weight. */
  canSplit({ hessian }: Sums): boolean {
    // Not 2: sums that are differences carry rounding.
    return hessian >= 1.999 * this.rule.minimumChildWeight;
  }
}
