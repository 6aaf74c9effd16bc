/**
 * Passive-aggressive algorithms (Crammer, Dekel, Keshet, Shalev-Shwartz & Singer, "Online Passive-Aggressive Algorithms",
 * 2006): each row that is not right by a margin changes the coefficients as little as makes it right, up to a limit.
 */
import { classWeights } from '../../../class-weights.js';
import type { FitContext, Fitted, TrainingData } from '../../../estimator.js';
import { descendToClasses, descendToValues } from '../../../optimize/stochastic-gradient/fit.js';
import type { DescentOptions } from '../../../optimize/stochastic-gradient/options.js';
import type { Checked } from '../../../parameters.js';
import type { ClassificationParameters, RegressionParameters } from './parameters.js';

/** What the steps do not depend on. */
const unused = { penalty: null, alpha: 1, l1_ratio: 0, eta0: 1, power_t: 0.5 } as const;

/** Memory beside the data: 4 bytes per row and feature. */
export function fitRegression(data: TrainingData, checked: Checked, context: FitContext): Fitted {
  const parameters = checked as unknown as RegressionParameters;
  const learning_rate = parameters.loss === 'epsilon_insensitive' ? 'pa1' : 'pa2';
  const options: DescentOptions = { ...parameters, ...unused, loss: 'epsilon_insensitive', learning_rate };
  const seed = parameters.random_state ?? context.seed;
  const { outputs, words, ...rest } = descendToValues(data, options, seed, context);
  return { block: { kind: 'linear', outputs, decision: 'value', words }, ...rest };
}

/** Memory beside the data: 4 bytes per row and feature, and up to 32 per row. */
export function fitClassification(data: TrainingData, checked: Checked, context: FitContext): Fitted {
  const parameters = checked as unknown as ClassificationParameters;
  const learning_rate = parameters.loss === 'hinge' ? 'pa1' : 'pa2';
  const options: DescentOptions = { ...parameters, ...unused, loss: 'hinge', epsilon: 0, learning_rate };
  const weights = classWeights(data, parameters.class_weight);
  const seed = parameters.random_state ?? context.seed;
  const { outputs, words, ...rest } = descendToClasses(data, options, weights, seed, context);
  return { block: { kind: 'linear', outputs, decision: outputs === 1 ? 'sign' : 'largest', words }, ...rest };
}
