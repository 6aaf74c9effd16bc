import { RandomState } from '@pgml/kernels';
import { type Center, centerOf } from '../../../algebra/centered.js';
import { type InnerProducts, innerProducts } from '../../../algebra/inner-products.js';
import type { FitContext, Fitted, TrainingData } from '../../../estimator.js';
import { leastAngle, type LeastAngleOptions } from '../../../optimize/least-angle.js';
import type { Checked } from '../../../parameters.js';
import { normalization } from '../../../linear/normalization.js';
import { weightedSum } from '../../../linear/weighted-sum.js';
import type { LassoLeastAngleParameters, LeastAngleParameters } from './parameters.js';

/** Kernel memory: 8 bytes a row where there are more features than rows, 8 more with jitter. */
export function fitLeastAngle(data: TrainingData, checked: Checked, context: FitContext): Fitted {
  const parameters = checked as unknown as LeastAngleParameters;
  const options = { method: 'lar', maximumSteps: parameters.n_nonzero_coefs, leastAlpha: 0, positive: false } as const;
  return fitPath(data, parameters, options, context);
}

export function fitLassoLeastAngle(data: TrainingData, checked: Checked, context: FitContext): Fitted {
  const parameters = checked as unknown as LassoLeastAngleParameters;
  const { max_iter: maximumSteps, alpha: leastAlpha, positive } = parameters;
  return fitPath(data, parameters, { method: 'lasso', maximumSteps, leastAlpha, positive }, context);
}

function fitPath(
  data: TrainingData,
  parameters: LeastAngleParameters | LassoLeastAngleParameters,
  options: Omit<LeastAngleOptions, 'rows' | 'leastDiagonal'>,
  context: FitContext,
): Fitted {
  const { fit_intercept, jitter, random_state, eps } = parameters;
  const center = centerOf(data, fit_intercept, context);
  const scales = normalization(data, parameters, context);
  const products = innerProducts(data, { center, ...(scales && { scales }) }, context);
  let target = center.target;
  if (jitter !== null) {
    const noise = new RandomState(random_state ?? context.seed).doubles(data.rows).map((value) => jitter * value);
    addNoise(products, data, { center, scales }, noise, context);
    if (fit_intercept) target += noise.reduce((sum, value) => sum + value, 0) / data.rows;
  }
  const path = leastAngle(products, { ...options, rows: data.rows, leastDiagonal: eps }, context);
  const coefficients = path.coefficients.map((value, j) => (scales ? value * scales[j] : value));
  return weightedSum({ ...center, target }, coefficients, {
    iterations: path.steps,
    active: path.active.length,
    alphas: path.alphas,
  });
}

/** As if the noise, of one number a row, had been added to the target. */
function addNoise(
  { withTarget }: InnerProducts,
  data: TrainingData,
  { center, scales }: { center: Center; scales: Float64Array | undefined },
  noise: Float64Array,
  { kernels }: FitContext,
): void {
  const vector = kernels.allocate(8 * data.rows);
  kernels.f64(vector, data.rows).set(noise);
  for (let j = 0; j < data.features; j++) {
    const product = kernels.run.columnDot(data.columnPointer(j), data.rows, center.features[j], 0, vector) as number;
    withTarget[j] += (scales ? scales[j] : 1) * product;
  }
}
