/** Centered least squares: what the solvers share that work with an unpenalized intercept. */
import type { FitContext, TrainingData } from '../estimator.js';
import { columnMeans, mean } from './columns.js';

/**
 * What is taken from every value before solving: the means over weighted rows, or zeros without an intercept. The
 * intercept then follows from the coefficients.
 */
export interface Center {
  readonly features: Float64Array;
  readonly target: number;
}

export function centerOf(data: TrainingData, withIntercept: boolean, context: FitContext): Center {
  if (!withIntercept) return { features: new Float64Array(data.features), target: 0 };
  const features = columnMeans(data, context, data.weights);
  return { features, target: mean(data.target, data.weights) };
}

/** The value at a row of zeros: exact where the center is 0. */
export function interceptOf(center: Center, coefficients: Float64Array): number {
  let intercept = center.target;
  for (let feature = 0; feature < coefficients.length; feature++)
    intercept -= coefficients[feature] * center.features[feature];
  return intercept;
}

/** The sum of the rows' weights: their number where there are none. */
export function totalWeight({ rows, weights }: TrainingData): number {
  return weights ? weights.reduce((sum, weight) => sum + weight, 0) : rows;
}
