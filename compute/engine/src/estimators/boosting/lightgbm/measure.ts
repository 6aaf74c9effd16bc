/** What is measured on rows that were held out: the smaller the better. */
import type { TrainingData } from '../../../estimator.js';
import { FitError } from '../../../estimator.js';
import { rocAuc } from '../../../metrics/classification.js';
import { exp } from '@pgml/kernels';
import type { Objective } from './objective.js';
import { weighedMean } from '../../../trees/margin-losses.js';

export type Measure = (margins: Float64Array) => number;

/** `metric` null is the loss of the objective. Throws FitError if the metric does not suit it. */
export function chooseMeasure(
  metric: string | null,
  objective: Objective,
  data: TrainingData,
  weights: Float64Array | undefined,
): Measure {
  const { target, rows, classes } = data;
  const mean = (of: (row: number) => number): number => weighedMean(rows, weights, of);
  const { lossOf, totalLoss } = objective;
  if (metric === null || metric.endsWith('logloss'))
    return (margins) =>
      totalLoss ? totalLoss(margins, data) : mean((row) => lossOf!(target[row], margins, row, rows));
  const forClasses = metric.endsWith('error') || metric === 'auc';
  if (forClasses !== classes > 0 || (metric === 'auc' && classes > 2))
    throw new FitError(`metric ${metric} does not suit the objective ${objective.name}`, 'Leave it out.');
  if (metric === 'auc') return (margins) => 1 - (rocAuc(target, margins) ?? 0);
  if (forClasses) return (margins) => mean((row) => Number(labelOf(margins, row, rows) !== target[row]));
  const answer = objective.decision === 'exponential' ? exp : (margin: number): number => margin;
  const power = metric === 'l1' || metric === 'mae' ? 1 : 2;
  return (margins) => mean((row) => Math.abs(answer(margins[row]) - target[row]) ** power);
}

function labelOf(margins: Float64Array, row: number, stride: number): number {
  if (margins.length === stride) return Number(margins[row] > 0);
  let best = 0;
  for (let label = 1; label * stride < margins.length; label++)
    if (margins[label * stride + row] > margins[best * stride + row]) best = label;
  return best;
}
