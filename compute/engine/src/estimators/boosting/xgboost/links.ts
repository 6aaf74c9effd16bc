/** What the margins of an objective mean: the answer they give, and the margin of a base score. */
import { type Decision, log } from '@pgml/kernels';
import { FitError } from '../../../estimator.js';
import { classificationObjectives, regressionObjectives } from './objective.js';

const exponentials = ['count:poisson', 'reg:gamma', 'reg:tweedie', 'survival:cox', 'survival:aft'];

/** How margins become answers; undefined for an unknown objective. `reg:logistic` is a regression unless told. */
export function decisionOf(objective: string, classes = 0): Decision | undefined {
  const known: readonly string[] = [...regressionObjectives, ...classificationObjectives];
  if (!known.includes(objective)) return undefined;
  if (objective.startsWith('multi:')) return 'softmax';
  if (objective === 'binary:hinge') return 'sign';
  if (objective.startsWith('binary:') || classes === 2) return 'logistic';
  if (objective === 'reg:logistic') return 'sigmoid';
  return exponentials.includes(objective) ? 'exponential' : 'value';
}

/** The margin, in f32 as xgboost computes it, of a prediction; itself for most objectives. Throws FitError. */
export function marginOf(objective: string, prediction: number): number {
  if (objective === 'binary:logistic' || objective === 'reg:logistic') return logit(prediction);
  return exponentials.includes(objective) ? logarithm(prediction) : prediction;
}

function logit(probability: number): number {
  if (!(probability > 0 && probability < 1))
    throw new FitError(
      `base_score must lie between 0 and 1 for a logistic objective, but is ${probability}`,
      'Leave it out for 0.5.',
    );
  return -Math.fround(log(Math.fround(Math.fround(1 / probability) - 1)));
}

function logarithm(prediction: number): number {
  if (!(prediction > 0))
    throw new FitError(
      `base_score must be greater than 0 for an objective that predicts exponentials, but is ${prediction}`,
      'Leave it out for 0.5.',
    );
  return Math.fround(log(prediction));
}
