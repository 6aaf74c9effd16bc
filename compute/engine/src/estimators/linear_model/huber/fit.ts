import { totalWeight } from '../../../algebra/centered.js';
import { featureAddresses, mean, moments, placeColumns } from '../../../algebra/columns.js';
import { gramMatrix } from '../../../algebra/gram.js';
import { RowSums } from '../../../algebra/row-sums.js';
import type { FitContext, Fitted, TrainingData } from '../../../estimator.js';
import { minimize } from '../../../optimize/lbfgs.js';
import type { Checked } from '../../../parameters.js';
import { Preconditioner } from '../../../linear/preconditioner.js';
import { standardization } from '../../../linear/standardization.js';
import { weightedSum } from '../../../linear/weighted-sum.js';
import type { HuberParameters } from './parameters.js';

/** The slope of the mean loss at which a fit ends is this times `tol`: coefficients are then right to 1e-6 and better. */
const SLOPE_PER_TOLERANCE = 1e-4;

/** Up to this many features the preconditioner knows how they correlate; a Gram matrix of more costs too much. */
const CORRELATED_FEATURES = 256;

/** By how much one step may lower the scale: where it is far too small, all rows are outliers and tell nothing of it. */
const SHRINKING = 8;

/** Curvatures are thought of as those of at least this share of the rows, even where all are outliers. */
const LEAST_SHARE = 0.05;

/** The scale stays above this, as in scikit-learn. */
const LEAST_SCALE = 10 * 2 ** -52;

/**
 * Huber's regression with a scale that is learned along with the coefficients, so that epsilon has no unit (Owen, "A robust
 * hybrid of lasso and ridge regression", 2007): minimizes over all three the sum over rows of
 * scale + (residual / scale)² * scale, or beyond epsilon scales the line that continues it, + alpha * |coefficients|².
 * By L-BFGS in features that are centered and scaled to unit deviation. Kernel memory: 8 bytes a row.
 */
export function fit(data: TrainingData, checked: Checked, context: FitContext): Fitted {
  const { epsilon, alpha, fit_intercept, max_iter, tol } = checked as unknown as HuberParameters;
  const { kernels } = context;
  const { features, rows, target, weights } = data;
  const { shifts, scales } = standardization(moments(data, context, weights), fit_intercept);
  const total = totalWeight(data);
  const origin = fit_intercept ? mean(target, weights) : 0;
  const spread = deviationFrom(origin, data, total);
  const center = { features: shifts, target: origin };
  // Every row is met exactly.
  if (spread === 0)
    return weightedSum(center, new Float64Array(features), {
      converged: true,
      iterations: 0,
      scale: LEAST_SCALE,
      outliers: 0,
    });

  const scaleAt = features + 1;
  const coefficientsAt = kernels.allocate(8 * (features + 2));
  const columns = placeColumns(kernels, rows, featureAddresses(data), shifts, scales);
  const sums = new RowSums(context, columns, {
    kernel: 'huberLoss',
    totals: features + 4,
    scratchColumns: features + 1,
    operationsPerRow: 2 * features + 10,
  });
  const own = [data.targetPointer, weights ? weights.byteOffset : 0, epsilon, coefficientsAt];
  const penalties = scales.map((scale) => (2 * alpha * scale * scale) / total);
  const gram = features <= CORRELATED_FEATURES ? gramMatrix(data, { shifts, scales, weights }, context) : undefined;
  const preconditioner = new Preconditioner(gram, total, penalties);
  let progress = 0;
  let curvature = 2 / spread;
  let latestScale = spread;
  let leastScale = spread / SHRINKING;
  const start = new Float64Array(features + 2);
  start[features] = origin;
  start[scaleAt] = spread;
  const objective = (point: Float64Array, gradient: Float64Array): number => {
    const scale = point[scaleAt];
    if (!(scale > leastScale)) return Infinity;
    latestScale = scale;
    kernels.f64(coefficientsAt, point.length).set(point);
    const totals = sums.compute(own, progress);
    let value = totals[features + 2] / total;
    curvature = (2 * Math.max(totals[features + 3] / total, LEAST_SHARE)) / scale;
    for (let i = 0; i < point.length; i++) gradient[i] = totals[i] / total;
    if (!fit_intercept) gradient[features] = 0;
    for (let j = 0; j < features; j++) {
      gradient[j] += penalties[j] * point[j];
      value += (penalties[j] * point[j] * point[j]) / 2;
    }
    return value;
  };
  const minimum = minimize(objective, start, {
    maximumIterations: max_iter,
    gradientTolerance: SLOPE_PER_TOLERANCE * tol,
    precondition: (vector) => {
      preconditioner.apply(vector.subarray(0, scaleAt));
      vector[scaleAt] /= curvature;
    },
    onIteration: (iteration) => {
      preconditioner.update(curvature);
      leastScale = Math.max(LEAST_SCALE, latestScale / SHRINKING);
      progress = iteration / max_iter;
      context.checkpoint(progress);
    },
  });
  const coefficients = scales.map((scale, j) => scale * minimum.point[j]);
  const scale = minimum.point[scaleAt];
  const fitted = { features: shifts, target: minimum.point[features] };
  return weightedSum(fitted, coefficients, {
    converged: minimum.reason !== 'iterations',
    iterations: minimum.iterations,
    evaluations: minimum.evaluations,
    slope: minimum.slope,
    scale,
    outliers: countBeyond(epsilon * scale, data, fitted, coefficients, context),
  });
}

function deviationFrom(origin: number, { target, weights }: TrainingData, total: number): number {
  let sum = 0;
  for (let row = 0; row < target.length; row++) sum += (weights ? weights[row] : 1) * (target[row] - origin) ** 2;
  return Math.sqrt(sum / total);
}

/** How many rows have a residual larger than `distance`. */
function countBeyond(
  distance: number,
  data: TrainingData,
  center: { features: Float64Array; target: number },
  coefficients: Float64Array,
  { kernels }: FitContext,
): number {
  const { rows, target } = data;
  const vector = kernels.allocate(8 * rows);
  for (const [j, coefficient] of coefficients.entries())
    if (coefficient !== 0)
      kernels.run.columnAdd(data.columnPointer(j), rows, center.features[j], 0, coefficient, vector);
  const explained = kernels.f64(vector, rows);
  let count = 0;
  for (let row = 0; row < rows; row++) if (Math.abs(target[row] - center.target - explained[row]) > distance) count++;
  return count;
}
