/**
 * Least angle regression and its lasso path (Efron, Hastie, Johnstone & Tibshirani, "Least angle regression", Annals of
 * Statistics 32, 2004), with the stops of scikit-learn's `lars_path`. Equation numbers are the paper's.
 */
import { GrowingCholesky } from '../algebra/growing-cholesky.js';
import type { InnerProducts } from '../algebra/inner-products.js';
import type { FitContext } from '../estimator.js';

export interface LeastAngleOptions {
  /** `lasso`: a coefficient that reaches 0 leaves the model. */
  readonly method: 'lar' | 'lasso';
  /** Rows, by which covariances are divided to give `alpha`. */
  readonly rows: number;
  readonly maximumSteps: number;
  /** The penalty at which the path ends; between two steps by interpolation. */
  readonly leastAlpha: number;
  /** Only for `lasso`: whether no coefficient may be negative. */
  readonly positive: boolean;
  /** The least diagonal of the triangle of the features in the model. */
  readonly leastDiagonal: number;
}

export interface LeastAnglePath {
  readonly coefficients: Float64Array;
  /** The penalty at the start and after each step. */
  readonly alphas: number[];
  /** The features of the model, by entry. */
  readonly active: number[];
  readonly steps: number;
}

/** Penalties this close are equal: the rounding of float32. */
const EQUAL_ALPHAS = 2 ** -23;

/**
 * A feature with a smaller diagonal depends on those in the model, and so does one of which less than the second number is
 * left, squared, which rounding alone leaves.
 */
const DEPENDENT = 1e-7;
const ROUNDING = 1e-12;

export function leastAngle(products: InnerProducts, options: LeastAngleOptions, context: FitContext): LeastAnglePath {
  const { method, rows, maximumSteps, leastAlpha, positive, leastDiagonal } = options;
  /** c of (2.8): of every feature with the residual. */
  const covariances = products.withTarget.slice();
  const triangle = new GrowingCholesky();
  let active: number[] = [];
  let signs: number[] = [];
  /** In the order in which equal covariances are preferred. */
  let inactive = Array.from({ length: products.features }, (_, j) => j);
  let coefficients = new Float64Array(products.features);
  let earlier = coefficients;
  const alphas: number[] = [];
  let steps = 0;
  // After a coefficient has changed its sign, no feature enters.
  let mayEnter = true;
  const height = (j: number) => (positive ? covariances[j] : Math.abs(covariances[j]));
  const finish = (): LeastAnglePath => ({ coefficients, alphas, active, steps });

  for (;;) {
    context.checkpoint(Math.min(1, steps / Math.max(1, Math.min(maximumSteps, products.features))));
    const position = highest(inactive, height);
    const entering = inactive[position];
    // With no positive covariance left, the last step went all the way to least squares, and the penalty is 0. (There
    // scikit-learn takes the negative covariance for the penalty, as its documentation of `positive` warns.)
    const largest = entering === undefined ? 0 : Math.max(0, height(entering));
    const alpha = largest / rows;
    const previous = alphas[steps - 1];
    alphas[steps] = alpha;
    if (alpha <= leastAlpha + EQUAL_ALPHAS) {
      if (Math.abs(alpha - leastAlpha) > EQUAL_ALPHAS) {
        if (steps > 0) {
          const part = (previous - leastAlpha) / (previous - alpha);
          coefficients = coefficients.map((value, j) => earlier[j] + part * (value - earlier[j]));
        }
        alphas[steps] = leastAlpha;
      }
      return finish();
    }
    if (steps >= maximumSteps || active.length >= products.features) return finish();

    if (mayEnter) {
      const own = products.between(entering, [...active, entering]);
      const { row, squared } = triangle.remainder(own);
      const diagonal = Math.max(Math.sqrt(Math.abs(squared)), leastDiagonal);
      const rounding = leastDiagonal < DEPENDENT && squared <= ROUNDING * products.squares[entering];
      if (diagonal < DEPENDENT || rounding) {
        inactive = inactive.filter((j) => j !== entering);
        continue;
      }
      triangle.append(own, row, diagonal);
      signs.push(positive ? 1 : Math.sign(covariances[entering]));
      active.push(entering);
      // The first of the others takes its place.
      inactive[position] = inactive[0];
      inactive.shift();
    }
    // Rounding outweighs what is left to explain.
    if (method === 'lasso' && steps > 0 && previous < alpha) return finish();

    // (2.5), (2.6): the direction of equal angles, its coefficients w and the cosine A; a of (2.12).
    const { solution: direction, product } = triangle.solve(signs);
    const cosine = 1 / Math.sqrt(product);
    for (let i = 0; i < direction.length; i++) direction[i] *= cosine;
    const changes = products.withCombination(active, direction);

    // (2.13): as far as until another feature has the same covariance.
    let length = largest / cosine;
    for (const j of inactive) {
      length = leastPositive(length, (largest - covariances[j]) / (cosine - changes[j]));
      if (!positive) length = leastPositive(length, (largest + covariances[j]) / (cosine + changes[j]));
    }
    // (3.5): or until a coefficient of the model reaches 0.
    const crossings = active.map((j, i) => -coefficients[j] / direction[i]);
    const first = crossings.reduce(leastPositive, Infinity);
    const crossed = first < length ? crossings.flatMap((at, i) => (at === first ? [i] : [])) : [];
    mayEnter = crossed.length === 0;
    if (method === 'lasso' && crossed.length > 0) length = first;

    steps++;
    earlier = coefficients;
    coefficients = coefficients.slice();
    for (const [i, j] of active.entries()) coefficients[j] += length * direction[i];
    for (const j of inactive) covariances[j] -= length * changes[j];
    if (method === 'lar') {
      for (const i of crossed) signs[i] = -signs[i];
      continue;
    }
    for (const i of crossed.toReversed()) {
      const leaving = active[i];
      coefficients[leaving] = 0;
      triangle.remove(i, leastDiagonal);
      active = active.filter((_, k) => k !== i);
      signs = signs.filter((_, k) => k !== i);
      inactive.unshift(leaving);
    }
    if (crossed.length > 0) {
      const explained = products.withCombination(
        active,
        Float64Array.from(active, (j) => coefficients[j]),
      );
      for (const i of inactive.slice(0, crossed.length)) covariances[i] = products.withTarget[i] - explained[i];
    }
  }
}

/** The position of the first of the highest; -1 in an empty list. */
function highest(features: readonly number[], height: (j: number) => number): number {
  let best = -1;
  let most = -Infinity;
  for (const [position, j] of features.entries()) {
    const own = height(j);
    if (own > most) {
      most = own;
      best = position;
    }
  }
  return best;
}

/** The smaller one, where `candidate` is positive. */
function leastPositive(least: number, candidate: number): number {
  return candidate > 0 && candidate < least ? candidate : least;
}
