import { log } from '@pgml/kernels';
import { centerOf } from '../../../algebra/centered.js';
import { type CenteredColumns, coefficientsAlong, residualLength, spectrumOf } from '../../../algebra/spectrum.js';
import type { FitContext, Fitted, TrainingData } from '../../../estimator.js';
import type { Checked } from '../../../parameters.js';
import { weightedSum } from '../../../linear/weighted-sum.js';
import type { BayesianRidgeParameters } from './parameters.js';

const EPSILON = 2 ** -52;

/** log 2π. */
const LOG_TAU = 1.8378770664093453;

interface Posterior {
  readonly coefficients: Float64Array;
  readonly error: number;
}

/**
 * Bayesian ridge regression: the precisions alpha of the noise and lambda of the coefficients are those of most evidence,
 * found by MacKay's updates ("Bayesian interpolation", 1992; Tipping, "Sparse Bayesian learning and the relevance vector
 * machine", 2001, appendix A). Along the singular vectors of X an iteration costs no more than features². Kernel memory:
 * 24 bytes times the square of the features; and 8 bytes a row.
 */
export function fit(data: TrainingData, checked: Checked, context: FitContext): Fitted {
  const parameters = checked as unknown as BayesianRidgeParameters;
  const { n_iter, tol, alpha_1, alpha_2, lambda_1, lambda_2, compute_score } = parameters;
  const { rows, features } = data;
  const center = centerOf(data, parameters.fit_intercept, context);
  const centers = Float64Array.of(...center.features, center.target);
  const columns: CenteredColumns = { data, targets: [data.target], centers, weights: data.weights };
  const spectrum = spectrumOf(columns, context);
  const along = spectrum.along[0];
  const squares = spectrum.values.map((value) => value * value);
  // What no coefficients explain, beside the directions of X.
  const best = coefficientsAlong(spectrum, along, (i) => (squares[i] > 0 ? 1 / spectrum.values[i] : 0));
  const rest = leastSquaresError(columns, spectrum.values, along, best, context);

  /** The posterior mean, and its summed squared error. */
  const update = (alpha: number, lambda: number): Posterior => {
    const ratio = lambda / alpha;
    const coefficients = coefficientsAlong(spectrum, along, (i) =>
      squares[i] > 0 ? spectrum.values[i] / (squares[i] + ratio) : 0,
    );
    let error = rest;
    for (let i = 0; i < along.length; i++) {
      const left =
        ratio === Infinity ? along[i] : squares[i] > 0 ? (along[i] * ratio) / (squares[i] + ratio) : along[i];
      error += left * left;
    }
    return { coefficients, error };
  };
  const score = (alpha: number, lambda: number, { coefficients, error }: Posterior) => {
    let determinant = (features - squares.length) * log(lambda);
    for (const square of squares) determinant += log(lambda + alpha * square);
    return (
      lambda_1 * log(lambda) -
      lambda_2 * lambda +
      alpha_1 * log(alpha) -
      alpha_2 * alpha +
      0.5 *
        (features * log(lambda) +
          rows * log(alpha) -
          alpha * error -
          lambda * squaredLength(coefficients) -
          determinant -
          rows * LOG_TAU)
    );
  };

  let alpha = parameters.alpha_init ?? 1 / (variance(data, center.target) + EPSILON);
  let lambda = parameters.lambda_init ?? 1;
  const scores: number[] = [];
  let last: Float64Array | undefined;
  let iterations = 0;
  let converged = false;
  while (iterations < n_iter && !converged) {
    context.checkpoint(iterations / n_iter);
    const posterior = update(alpha, lambda);
    if (compute_score) scores.push(score(alpha, lambda, posterior));
    let gamma = 0;
    for (const square of squares) gamma += (alpha * square) / (lambda + alpha * square) || 0;
    lambda = (gamma + 2 * lambda_1) / (squaredLength(posterior.coefficients) + 2 * lambda_2);
    alpha = (rows - gamma + 2 * alpha_1) / (posterior.error + 2 * alpha_2);
    iterations++;
    converged = last !== undefined && distance(last, posterior.coefficients) < tol;
    last = posterior.coefficients;
  }
  const posterior = update(alpha, lambda);
  // The reference's last score takes the error of the last coefficients, and the coefficients before them.
  if (compute_score) scores.push(score(alpha, lambda, { coefficients: last!, error: posterior.error }));
  return weightedSum(center, posterior.coefficients, {
    iterations,
    converged,
    alpha,
    lambda,
    ...(compute_score ? { scores } : {}),
  });
}

/** The summed squared error of `best`, of which directions that hold rounding errors only have no part. */
function leastSquaresError(
  columns: CenteredColumns,
  values: Float64Array,
  along: Float64Array,
  best: Float64Array,
  context: FitContext,
): number {
  const { rows, features } = columns.data;
  // As many directions as rows: nothing is beside them.
  if (rows <= features) return 0;
  if (values[values.length - 1] > EPSILON * rows * values[0]) return residualLength(columns, 0, best, context) ** 2;
  const whole = residualLength(columns, 0, new Float64Array(features), context) ** 2;
  return Math.max(0, whole - squaredLength(along));
}

/** Of the centered target, each value multiplied by the root of its weight. */
function variance({ target, weights, rows }: TrainingData, center: number): number {
  let sum = 0;
  let squares = 0;
  for (let row = 0; row < rows; row++) {
    const value = (target[row] - center) * (weights ? Math.sqrt(weights[row]) : 1);
    sum += value;
    squares += value * value;
  }
  return Math.max(0, squares / rows - (sum / rows) ** 2);
}

function squaredLength(values: Float64Array): number {
  let sum = 0;
  for (const value of values) sum += value * value;
  return sum;
}

/** The sum of absolute differences. */
export function distance(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += Math.abs(a[i] - b[i]);
  return sum;
}
