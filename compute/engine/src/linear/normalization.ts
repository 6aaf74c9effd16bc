import { moments } from '../algebra/columns.js';
import type { FitContext, TrainingData } from '../estimator.js';
import { boolean, choice, either } from '../parameter-types.js';
import type { Parameter } from '../parameters.js';

/** Of the path methods of the reference. */
export const normalizeParameter: Parameter = {
  name: 'normalize',
  type: either(boolean, choice('deprecated')),
  default: 'deprecated',
  summary:
    'true divides each centered feature by its length before fitting, unless fit_intercept is false; deprecated means false.',
};

/** What centered features are multiplied by; undefined where nothing is normalized. Constant features keep their scale. */
export function normalization(
  data: TrainingData,
  { normalize, fit_intercept }: { normalize: boolean | 'deprecated'; fit_intercept: boolean },
  context: FitContext,
): Float64Array | undefined {
  if (normalize !== true || !fit_intercept) return undefined;
  const root = Math.sqrt(data.rows);
  return moments(data, context).deviations.map((deviation) => (deviation === 0 ? 1 : 1 / (deviation * root)));
}
