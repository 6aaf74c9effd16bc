import { RandomState } from '@pgml/kernels';
import { centerOf, totalWeight } from '../../../algebra/centered.js';
import { innerProducts } from '../../../algebra/inner-products.js';
import type { FitContext, Fitted, TrainingData } from '../../../estimator.js';
import { coordinateDescent } from '../../../optimize/coordinate-descent.js';
import type { Checked } from '../../../parameters.js';
import { Xorshift } from '../../../optimize/xorshift.js';
import { weightedSum } from '../../../linear/weighted-sum.js';
import type { ElasticNetParameters } from './parameters.js';

/** The range that scikit-learn draws the seed of its inner generator from. */
const SEEDS = 2 ** 31 - 1;

/**
 * Elastic net by coordinate descent. With more rows than features it works on the products of the features, 8 bytes for
 * each pair, which one pass over the rows gives; otherwise on the rows, 24 bytes each, 32 with weights.
 */
export function fit(data: TrainingData, checked: Checked, context: FitContext): Fitted {
  const parameters = checked as unknown as ElasticNetParameters;
  const { alpha, l1_ratio, positive, max_iter, tol } = parameters;
  const center = centerOf(data, parameters.fit_intercept, context);
  const products = innerProducts(data, { center }, context);
  // The reference minimizes the mean over (weighted) rows, we the sum.
  const total = totalWeight(data);
  const { coefficients, gap, iterations, converged } = coordinateDescent(
    products,
    { l1: alpha * l1_ratio * total, l2: alpha * (1 - l1_ratio) * total, positive },
    { maximumIterations: max_iter, tolerance: tol, choose: orderOf(parameters, context.seed) },
    context,
  );
  const active = coefficients.reduce((count, coefficient) => count + Number(coefficient !== 0), 0);
  return weightedSum(center, coefficients, { converged, iterations, dual_gap: gap / total, active });
}

function orderOf({ selection, random_state }: ElasticNetParameters, seed: number) {
  if (selection === 'cyclic') return undefined;
  const random = new Xorshift(new RandomState(random_state ?? seed).integer(0, SEEDS));
  return (count: number) => random.below(count);
}
