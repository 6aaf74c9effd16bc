import { totalWeight } from '../../../algebra/centered.js';
import { mean, moments } from '../../../algebra/columns.js';
import { type FitContext, FitError, type Fitted, type TrainingData } from '../../../estimator.js';
import type { Checked } from '../../../parameters.js';
import { standardization } from '../../../linear/standardization.js';
import { weightedSum } from '../../../linear/weighted-sum.js';
import { Design } from './design.js';
import { minimizeDeviations } from './frisch-newton.js';
import type { QuantileParameters } from './parameters.js';

/**
 * Quantile regression (Koenker & Bassett 1978) with a penalty on absolute coefficients: minimizes the mean of
 * quantile * residual above 0, (1 - quantile) * -residual below, + alpha * summed absolute coefficients. A penalty is a row
 * like the others: its residual is the coefficient. Some 150 bytes a row.
 */
export function fit(data: TrainingData, checked: Checked, context: FitContext): Fitted {
  const { quantile, alpha, fit_intercept } = checked as unknown as QuantileParameters;
  if (quantile === 1)
    throw new FitError('quantile is 1, and must be below', 'Give 0.99 or so; a maximum is not learned this way.');
  const { rows, features, weights } = data;
  const { shifts, scales } = standardization(moments(data, context, weights), fit_intercept);
  const total = totalWeight(data);
  const origin = fit_intercept ? mean(data.target, weights) : 0;
  let squares = 0;
  for (let row = 0; row < rows; row++) squares += (weights ? weights[row] : 1) * (data.target[row] - origin) ** 2;
  // Constant targets are met exactly, whatever their unit.
  const unit = Math.sqrt(squares / total) || 1;

  const withPenalties = alpha > 0;
  const design = new Design(data, { shifts, scales, withIntercept: fit_intercept, withPenalties }, context);
  const target = new Float64Array(design.rows);
  const above = new Float64Array(design.rows);
  const below = new Float64Array(design.rows);
  for (let row = 0; row < rows; row++) {
    const weight = ((weights ? weights[row] : 1) * rows) / total;
    target[row] = (data.target[row] - origin) / unit;
    above[row] = weight * quantile;
    below[row] = weight * (1 - quantile);
  }
  if (withPenalties)
    for (let j = 0; j < features; j++) above[rows + j] = below[rows + j] = scales[j] > 0 ? alpha * rows : 0;

  const { unknowns, objective, iterations, gap, corner } = minimizeDeviations(
    { design, target, above, below },
    context,
  );
  const coefficients = unknowns.weights.map((weight, j) => weight * scales[j] * unit);
  const center = { features: shifts, target: origin + unit * unknowns.intercept };
  return weightedSum(center, coefficients, {
    objective: (objective * unit) / rows,
    gap: (gap * unit) / rows,
    iterations,
    corner,
  });
}
