import { centerOf } from '../../../algebra/centered.js';
import { GrowingCholesky } from '../../../algebra/growing-cholesky.js';
import { type InnerProducts, innerProducts } from '../../../algebra/inner-products.js';
import { type FitContext, FitError, type Fitted, type TrainingData } from '../../../estimator.js';
import type { Checked } from '../../../parameters.js';
import { normalization } from '../../../linear/normalization.js';
import { weightedSum } from '../../../linear/weighted-sum.js';
import type { OrthogonalMatchingPursuitParameters } from './parameters.js';

/** A squared covariance or a squared length below this is none: the rounding of float64. */
const NEGLIGIBLE = 2 ** -52;

/** Kernel memory: 8 bytes a row where there are more features than rows. */
export function fit(data: TrainingData, checked: Checked, context: FitContext): Fitted {
  const parameters = checked as unknown as OrthogonalMatchingPursuitParameters;
  const { tol, n_nonzero_coefs, fit_intercept } = parameters;
  if (tol === null && n_nonzero_coefs !== null && n_nonzero_coefs > data.features)
    throw new FitError(
      `n_nonzero_coefs is ${n_nonzero_coefs}, but there are ${data.features} features`,
      'Give as many as there are features at most, or tol instead.',
    );
  const center = centerOf(data, fit_intercept, context);
  const scales = normalization(data, parameters, context);
  const products = innerProducts(data, { center, ...(scales && { scales }) }, context);
  const most = tol === null ? (n_nonzero_coefs ?? Math.max(1, Math.floor(0.1 * data.features))) : data.features;
  const pursuit = pursue(products, most, tol, context);
  const coefficients = pursuit.coefficients.map((value, j) => (scales ? value * scales[j] : value));
  const { active, squaredError } = pursuit;
  return weightedSum(center, coefficients, { iterations: active.length, active, squared_error: squaredError });
}

/**
 * Orthogonal matching pursuit (Pati, Rezaiifar & Krishnaprasad 1993; Rubinstein, Zibulevsky & Elad, "Efficient
 * implementation of the K-SVD algorithm using batch orthogonal matching pursuit", 2008): the feature that covaries most
 * with the residual enters, and all in the model are fitted anew.
 */
function pursue(products: InnerProducts, most: number, tolerance: number | null, context: FitContext) {
  const { features, withTarget, targetSquared } = products;
  const triangle = new GrowingCholesky();
  const active: number[] = [];
  let solution: Float64Array = new Float64Array(0);
  let covariances: Float64Array = withTarget;
  let squaredError = targetSquared;
  while (active.length < most) {
    context.checkpoint(active.length / most);
    const best = largest(covariances);
    // What rounding leaves, or a feature that has nothing new: the others are as good as uncorrelated.
    if (active.includes(best) || covariances[best] ** 2 < NEGLIGIBLE) break;
    const own = products.between(best, [...active, best]);
    const { row, squared } = triangle.remainder(own);
    if (active.length > 0 && squared <= NEGLIGIBLE) break;
    triangle.append(own, row, Math.sqrt(squared));
    active.push(best);
    const rightSide = Float64Array.from(active, (j) => withTarget[j]);
    const solved = triangle.solve(rightSide);
    solution = solved.solution;
    squaredError = targetSquared - solved.product;
    if (tolerance !== null && squaredError <= tolerance) break;
    if (active.length === most) break;
    const explained = products.withCombination(active, solution);
    covariances = withTarget.map((value, j) => value - explained[j]);
  }
  const coefficients = new Float64Array(features);
  for (const [i, j] of active.entries()) coefficients[j] = solution[i];
  return { coefficients, active, squaredError };
}

/** The first of the largest, absolute. */
function largest(values: Float64Array): number {
  let best = 0;
  for (let j = 1; j < values.length; j++) if (Math.abs(values[j]) > Math.abs(values[best])) best = j;
  return best;
}
