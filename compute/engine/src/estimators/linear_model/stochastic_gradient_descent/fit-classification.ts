import type { Decision } from '@pgml/kernels';
import { classWeights } from '../../../class-weights.js';
import type { FitContext, Fitted, TrainingData } from '../../../estimator.js';
import { descendToClasses } from '../../../optimize/stochastic-gradient/fit.js';
import type { Loss } from '../../../optimize/stochastic-gradient/options.js';
import type { Checked } from '../../../parameters.js';
import type { ClassificationParameters } from './parameters.js';

/** Memory beside the data: 4 bytes per row and feature, and up to 32 per row. */
export function fitClassification(data: TrainingData, checked: Checked, context: FitContext): Fitted {
  const parameters = checked as unknown as ClassificationParameters;
  const seed = parameters.random_state ?? context.seed;
  const weights = classWeights(data, parameters.class_weight);
  const { outputs, words, ...rest } = descendToClasses(data, { ...parameters, C: 1 }, weights, seed, context);
  return { block: { kind: 'linear', outputs, decision: decisionOf(parameters.loss, outputs), words }, ...rest };
}

/** Two losses estimate probabilities: the logistic one, and the one for which Zhang (2004) gives a clipped line. */
function decisionOf(loss: Loss, outputs: number): Decision {
  if (loss === 'log_loss' || loss === 'log') return outputs === 1 ? 'logistic' : 'oneVersusRest';
  if (loss === 'modified_huber') return 'clipped';
  return outputs === 1 ? 'sign' : 'largest';
}
