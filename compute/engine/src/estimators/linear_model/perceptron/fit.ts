import { classWeights } from '../../../class-weights.js';
import type { FitContext, Fitted, TrainingData } from '../../../estimator.js';
import { descendToClasses } from '../../../optimize/stochastic-gradient/fit.js';
import type { DescentOptions } from '../../../optimize/stochastic-gradient/options.js';
import type { Checked } from '../../../parameters.js';
import type { PerceptronParameters } from './parameters.js';

/**
 * Rosenblatt's perceptron, as stochastic gradient descent with constant steps: rows on the wrong side are added to the
 * coefficients of their class. Memory beside the data: 4 bytes per row and feature, and up to 32 per row.
 */
export function fit(data: TrainingData, checked: Checked, context: FitContext): Fitted {
  const parameters = checked as unknown as PerceptronParameters;
  const options: DescentOptions = {
    ...parameters,
    ...{ loss: 'perceptron', learning_rate: 'constant', epsilon: 0, power_t: 0.5, C: 1, average: false },
  };
  const weights = classWeights(data, parameters.class_weight);
  const seed = parameters.random_state ?? context.seed;
  const { outputs, words, ...rest } = descendToClasses(data, options, weights, seed, context);
  return { block: { kind: 'linear', outputs, decision: outputs === 1 ? 'sign' : 'largest', words }, ...rest };
}
