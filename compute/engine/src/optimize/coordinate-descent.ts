/**
 * Least squares with an elastic-net penalty, one coefficient at a time (Friedman, Hastie & Tibshirani, "Regularization
 * paths for generalized linear models via coordinate descent", Journal of Statistical Software 33, 2010), stopped by the
 * duality gap as scikit-learn stops.
 */
import { ColumnProducts, type InnerProducts, PairedProducts } from '../algebra/inner-products.js';
import type { FitContext } from '../estimator.js';

/** Minimizes |y - X w|² / 2 + l1 * |w|₁ + l2 / 2 * |w|². */
export interface ElasticNetPenalty {
  readonly l1: number;
  readonly l2: number;
  /** Whether no coefficient may be negative. */
  readonly positive: boolean;
}

export interface CoordinateDescentOptions {
  readonly maximumIterations: number;
  /**
   * Stop when a pass has changed no coefficient by more than this times the largest of them, and the duality gap is below
   * this times y · y.
   */
  readonly tolerance: number;
  /** Which coefficient is next, out of so many; in order where it is left out. */
  readonly choose?: ((count: number) => number) | undefined;
}

export interface CoordinateMinimum {
  readonly coefficients: Float64Array;
  /** The objective is at most this far from its minimum. */
  readonly gap: number;
  readonly iterations: number;
  readonly converged: boolean;
}

/** A quadratic function of the coefficients, seen from where they are. */
export interface Quadratic {
  /** Minus its slope in the direction of coefficient j: x_j · R for the residual R = y - X w. */
  slope(j: number): number;
  /** w_j += step. */
  move(j: number, step: number): void;
}

interface Residual extends Quadratic {
  /** What the duality gap is made of: X'R, R · R and R · y. */
  summary(coefficients: Float64Array): { slopes: Float64Array; squared: number; withTarget: number };
}

/** Columns of zeros keep the coefficient 0. */
export function coordinateDescent(
  products: InnerProducts,
  penalty: ElasticNetPenalty,
  { maximumIterations, tolerance, choose = undefined }: CoordinateDescentOptions,
  context: FitContext,
): CoordinateMinimum {
  const { features, squares } = products;
  const residual = residualOf(products, context);
  const coefficients = new Float64Array(features);
  for (let iteration = 1; ; iteration++) {
    const checkpoint = () => context.checkpoint((iteration - 1) / maximumIterations);
    const { largest, largestChange } = sweep(residual, squares, coefficients, penalty, checkpoint, choose);
    const last = iteration >= maximumIterations;
    if (largest === 0 || largestChange / largest < tolerance || last) {
      const gap = dualityGap(residual, coefficients, penalty);
      const converged = gap < tolerance * products.targetSquared;
      if (converged || last) return { coefficients, gap, iterations: iteration, converged };
    }
  }
}

/** Moves as many coefficients as there are, one by one, each to where it is best alone. `squares` are the x_j · x_j. */
export function sweep(
  quadratic: Quadratic,
  squares: Float64Array,
  coefficients: Float64Array,
  { l1, l2, positive }: ElasticNetPenalty,
  checkpoint: () => void,
  choose?: (count: number) => number,
): { largest: number; largestChange: number } {
  let largest = 0;
  let largestChange = 0;
  for (let visit = 0; visit < coefficients.length; visit++) {
    if (visit % 64 === 0) checkpoint();
    const j = choose ? choose(coefficients.length) : visit;
    const square = squares[j];
    if (square === 0) continue;
    const before = coefficients[j];
    const slope = quadratic.slope(j) + before * square;
    const excess = Math.abs(slope) - l1;
    const after = excess > 0 && !(positive && slope < 0) ? (Math.sign(slope) * excess) / (square + l2) : 0;
    if (after !== before) {
      coefficients[j] = after;
      quadratic.move(j, after - before);
    }
    largest = Math.max(largest, Math.abs(after));
    largestChange = Math.max(largestChange, Math.abs(after - before));
  }
  return { largest, largestChange };
}

/** |X (w - start)|² / 2 less `slopes` · (w - start), as a quadratic function of w from `start` on. */
export function quadraticFrom(products: InnerProducts, slopes: Float64Array, context: FitContext): Quadratic {
  if (products instanceof PairedProducts) return new ResidualByPairs(products, slopes);
  if (products instanceof ColumnProducts) return new MovesByRows(products, slopes, context);
  throw new TypeError('unknown inner products');
}

/**
 * The objective less that of the dual problem at the residual, scaled down until it is feasible there (Kim, Koh, Lustig,
 * Boyd & Gorinevsky, "An interior-point method for large-scale l1-regularized least squares", 2007, §III.A; l2 counts as
 * rows below X and zeros below y).
 */
function dualityGap(residual: Residual, coefficients: Float64Array, { l1, l2, positive }: ElasticNetPenalty): number {
  const { slopes, squared, withTarget } = residual.summary(coefficients);
  let steepest = positive ? -Infinity : 0;
  let absolute = 0;
  let square = 0;
  for (let j = 0; j < coefficients.length; j++) {
    const slope = slopes[j] - l2 * coefficients[j];
    steepest = Math.max(steepest, positive ? slope : Math.abs(slope));
    absolute += Math.abs(coefficients[j]);
    square += coefficients[j] * coefficients[j];
  }
  const shrink = steepest > l1 ? l1 / steepest : 1;
  return (
    0.5 * squared * (1 + shrink * shrink) +
    l1 * absolute -
    shrink * withTarget +
    0.5 * l2 * (1 + shrink * shrink) * square
  );
}

function residualOf(products: InnerProducts, context: FitContext): Residual {
  if (products instanceof PairedProducts) return new ResidualByPairs(products, products.withTarget);
  if (products instanceof ColumnProducts) return new ResidualByRows(products, context);
  throw new TypeError('unknown inner products');
}

/** All slopes x_j · R are kept up to date: a move costs a pass over the features, the rows are not looked at. */
class ResidualByPairs implements Residual {
  readonly #products: PairedProducts;
  readonly #slopes: Float64Array;

  constructor(products: PairedProducts, slopes: Float64Array) {
    this.#products = products;
    this.#slopes = slopes.slice();
  }

  slope(j: number): number {
    return this.#slopes[j];
  }

  move(j: number, step: number): void {
    const { features, products } = this.#products;
    const slopes = this.#slopes;
    const start = j * features;
    for (let k = 0; k < features; k++) slopes[k] -= step * products[start + k];
  }

  summary(coefficients: Float64Array) {
    const { withTarget, targetSquared } = this.#products;
    const explained = dot(withTarget, coefficients);
    return {
      slopes: this.#slopes,
      squared: targetSquared - explained - dot(this.#slopes, coefficients),
      withTarget: targetSquared - explained,
    };
  }
}

/** R itself is kept: a slope and a move each cost a pass over the rows. */
class ResidualByRows implements Residual {
  readonly #products: ColumnProducts;
  readonly #context: FitContext;
  readonly #rows: number;
  readonly #target: number;
  readonly #residual: number;

  constructor(products: ColumnProducts, context: FitContext) {
    this.#products = products;
    this.#context = context;
    this.#rows = products.rows;
    this.#target = products.targetVector();
    this.#residual = products.targetVector();
  }

  slope(j: number): number {
    return this.#products.dot(j, this.#residual);
  }

  move(j: number, step: number): void {
    this.#products.add(j, -step, this.#residual);
  }

  summary() {
    const { kernels } = this.#context;
    const residual = kernels.f64(this.#residual, this.#rows);
    return {
      slopes: this.#products.allDots(this.#residual),
      squared: dot(residual, residual),
      withTarget: dot(residual, kernels.f64(this.#target, this.#rows)),
    };
  }
}

/** X (w - start) is kept. */
class MovesByRows implements Quadratic {
  readonly #products: ColumnProducts;
  readonly #slopes: Float64Array;
  readonly #moved: number;

  constructor(products: ColumnProducts, slopes: Float64Array, { kernels }: FitContext) {
    this.#products = products;
    this.#slopes = slopes;
    this.#moved = kernels.allocate(8 * products.rows);
  }

  slope(j: number): number {
    return this.#slopes[j] - this.#products.dot(j, this.#moved);
  }

  move(j: number, step: number): void {
    this.#products.add(j, step, this.#moved);
  }
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}
