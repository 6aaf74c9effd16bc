import { log } from '@pgml/kernels';
import { centerOf } from '../../../algebra/centered.js';
import { gramMatrix } from '../../../algebra/gram.js';
import { allocateMatrix, rowOf } from '../../../algebra/matrix.js';
import { type CenteredColumns, residualLength } from '../../../algebra/spectrum.js';
import { type FitContext, FitError, type Fitted, type TrainingData } from '../../../estimator.js';
import type { Checked } from '../../../parameters.js';
import { distance } from '../bayesian_ridge/fit.js';
import { weightedSum } from '../../../linear/weighted-sum.js';
import type { RelevanceParameters } from './parameters.js';
import { fromProducts, fromRows, logDeterminant } from './posterior.js';

const EPSILON = 2 ** -52;

/** Down to this part of the squared target, the error is computed from inner products: right to ten digits or so. */
const PRODUCTS_SUFFICE = 1e-5;

/**
 * Automatic relevance determination: Bayesian regression with a precision lambda for each coefficient, those of most
 * evidence (MacKay 1992; Tipping 2001, appendix A); features whose coefficients are surely 0 are dropped on the way. Kernel
 * memory: 40 bytes times the square of the features; with fewer rows than features, 24 bytes per row and feature and 40 times
 * the square of the rows as well.
 */
export function fit(data: TrainingData, checked: Checked, context: FitContext): Fitted {
  const parameters = checked as unknown as RelevanceParameters;
  const { n_iter, tol, alpha_1, alpha_2, lambda_1, lambda_2, compute_score, threshold_lambda } = parameters;
  const { rows, features } = data;
  if (rows < 2)
    throw new FitError(`automatic relevance determination needs at least 2 rows, but there is ${rows}`, 'Add rows.');
  const { kernels } = context;
  const center = centerOf(data, parameters.fit_intercept, context);
  const centers = Float64Array.of(...center.features, center.target);
  const columns: CenteredColumns = { data, targets: [data.target], centers, weights: undefined };
  const scales = new Float64Array(features).fill(1);
  const shifts = center.features;
  const { products, count } = gramMatrix(data, { shifts, scales, target: { shift: center.target } }, context);
  const rightSide = Float64Array.from({ length: features }, (_, j) => products[j * count + features]);
  const squaredTarget = products[features * count + features];

  const byRows = rows < features ? allocateMatrix(kernels, features, rows) : undefined;
  if (byRows)
    for (let j = 0; j < features; j++) {
      const column = data.column(j);
      rowOf(kernels, byRows, j).set(Float64Array.from(column, (value) => value - center.features[j]));
    }

  const lambda = new Float64Array(features).fill(1);
  let coefficients = new Float64Array(features);
  let alpha = 1 / (variance(data.target, center.target) + EPSILON);
  let kept = Array.from({ length: features }, (_, j) => j);

  /** Sets the coefficients of the kept features; their covariance. */
  const update = () => {
    const posterior = byRows
      ? fromRows(kept, byRows, rightSide, alpha, lambda, context)
      : fromProducts(kept, products, count, rightSide, alpha, lambda, context);
    coefficients = coefficients.slice();
    for (const [i, j] of kept.entries()) coefficients[j] = posterior.coefficients[i];
    return posterior.covariance;
  };
  const squaredError = () => {
    let error = squaredTarget;
    for (const i of kept) {
      let product = -2 * rightSide[i];
      for (const j of kept) product += products[i * count + j] * coefficients[j];
      error += coefficients[i] * product;
    }
    if (error > PRODUCTS_SUFFICE * squaredTarget) return error;
    return residualLength(columns, 0, coefficients, context) ** 2;
  };

  const scores: number[] = [];
  let last: Float64Array | undefined;
  let iterations = 0;
  let converged = false;
  while (iterations < n_iter && !converged && kept.length > 0) {
    context.checkpoint(iterations / n_iter, `${kept.length} features`);
    const covariance = update();
    const error = squaredError();
    let gammas = 0;
    for (const [i, j] of kept.entries()) {
      const gamma = 1 - lambda[j] * covariance[i * kept.length + i];
      gammas += gamma;
      lambda[j] = (gamma + 2 * lambda_1) / (coefficients[j] ** 2 + 2 * lambda_2);
    }
    alpha = (rows - gammas + 2 * alpha_1) / (error + 2 * alpha_2);
    kept = kept.filter((j) => lambda[j] < threshold_lambda);
    const keeps = new Set(kept);
    coefficients = coefficients.map((value, j) => (keeps.has(j) ? value : 0));
    if (compute_score) {
      let score = alpha_1 * log(alpha) - alpha_2 * alpha;
      for (const value of lambda) score += lambda_1 * log(value) - lambda_2 * value;
      let twice = logDeterminant(covariance, context) + rows * log(alpha) - alpha * error;
      for (const [j, value] of lambda.entries()) twice += log(value) - value * coefficients[j] ** 2;
      scores.push(score + 0.5 * twice);
    }
    iterations++;
    converged = last !== undefined && distance(last, coefficients) < tol;
    last = coefficients;
  }
  if (kept.length > 0) update();
  return weightedSum(center, coefficients, {
    iterations,
    converged,
    alpha,
    lambda: Array.from(lambda),
    kept: kept.length,
    ...(compute_score ? { scores } : {}),
  });
}

function variance(target: Float32Array, center: number): number {
  let sum = 0;
  let squares = 0;
  for (const value of target) {
    sum += value - center;
    squares += (value - center) ** 2;
  }
  return Math.max(0, squares / target.length - (sum / target.length) ** 2);
}
