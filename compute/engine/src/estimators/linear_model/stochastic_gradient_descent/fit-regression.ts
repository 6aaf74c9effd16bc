import type { FitContext, Fitted, TrainingData } from '../../../estimator.js';
import { descendToValues } from '../../../optimize/stochastic-gradient/fit.js';
import type { Checked } from '../../../parameters.js';
import type { RegressionParameters } from './parameters.js';

/** Memory beside the data: 4 bytes per row and feature. */
export function fitRegression(data: TrainingData, checked: Checked, context: FitContext): Fitted {
  const parameters = checked as unknown as RegressionParameters;
  const seed = parameters.random_state ?? context.seed;
  const { outputs, words, ...rest } = descendToValues(data, { ...parameters, C: 1 }, seed, context);
  return { block: { kind: 'linear', outputs, decision: 'value', words }, ...rest };
}
