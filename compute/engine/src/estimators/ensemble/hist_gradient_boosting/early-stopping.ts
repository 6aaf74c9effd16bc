/** Ending when the score of rows kept apart no longer improves, as scikit-learn does it. */
import { exp } from '@pgml/kernels';
import { FitError } from '../../../estimator.js';
import { weighedMean } from '../../../trees/margin-losses.js';
import type { Loss, Weighed } from './losses.js';
import type { HistGradientBoostingParameters } from './parameters.js';

/** A score by which rounds are compared: the larger the better. */
export type Score = (rows: Weighed, margins: Float64Array) => number;

/** The score that the parameters ask for. Throws FitError if it does not suit the task. */
export function chooseScore(
  { scoring }: Pick<HistGradientBoostingParameters, 'scoring'>,
  loss: Loss,
  classes: number,
): Score {
  const lossScore: Score = ({ target, weights }, margins) =>
    -weighedMean(target.length, weights, (row) => loss.of(target[row], margins, row, target.length));
  const name = scoring ?? (classes > 0 ? 'accuracy' : 'r2');
  const forClasses = name === 'accuracy' || name === 'neg_log_loss';
  if (name !== 'loss' && forClasses !== classes > 0)
    throw new FitError(
      `scoring ${name} does not suit the task ${classes > 0 ? 'classification' : 'regression'}`,
      'Use loss, which suits both.',
    );
  if (name === 'loss' || name === 'neg_log_loss') return lossScore;
  if (name === 'accuracy')
    return ({ target, weights }, margins) =>
      weighedMean(target.length, weights, (row) => Number(labelOf(margins, row, target.length) === target[row]));
  const answer = loss.decision === 'exponential' ? exp : (margin: number) => margin;
  const errorOf =
    (power: 1 | 2): Score =>
    ({ target, weights }, margins) =>
      weighedMean(target.length, weights, (row) => Math.abs(target[row] - answer(margins[row])) ** power);
  if (name !== 'r2') return (rows, margins) => -errorOf(name === 'neg_mean_squared_error' ? 2 : 1)(rows, margins);
  return (rows, margins) => {
    const { target, weights } = rows;
    const centre = weighedMean(target.length, weights, (row) => target[row]);
    const variance = weighedMean(target.length, weights, (row) => (target[row] - centre) ** 2);
    const error = errorOf(2)(rows, margins);
    return variance === 0 ? (error === 0 ? 1 : 0) : 1 - error / variance;
  };
}

function labelOf(margins: Float64Array, row: number, stride: number): number {
  if (margins.length === stride) return Number(margins[row] > 0);
  let best = 0;
  for (let label = 1; label * stride < margins.length; label++)
    if (margins[label * stride + row] > margins[best * stride + row]) best = label;
  return best;
}

/** Whether none of the last `patience` scores is better than the one before them by more than the tolerance. */
export function shouldStop(scores: readonly number[], patience: number, tolerance: number): boolean {
  if (scores.length <= patience) return false;
  const reference = scores[scores.length - patience - 1] + tolerance;
  return !scores.slice(-patience).some((score) => score > reference);
}
