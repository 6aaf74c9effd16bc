/** What rows count: their own weights, times those of their classes. */
import { classWeights, countClasses } from '../../../class-weights.js';
import { FitError, type TrainingData } from '../../../estimator.js';
import type { CatboostParameters } from './parameters.js';

/** Undefined where all rows count 1. Throws FitError. */
export function weighRows(parameters: CatboostParameters, data: TrainingData): Float64Array | undefined {
  const byClass = data.classes > 0 ? weighClasses(parameters, data) : undefined;
  const { weights, target } = data;
  if (!byClass) return weights && Float64Array.from(weights);
  return Float64Array.from(target, (label, row) => byClass[label] * (weights ? weights[row] : 1));
}

function weighClasses(parameters: CatboostParameters, data: TrainingData): Float64Array | undefined {
  const { class_weights: given, scale_pos_weight: scale } = parameters;
  const automatic = parameters.auto_class_weights === 'None' ? null : parameters.auto_class_weights;
  if ([given, automatic, scale].filter((one) => one !== null).length > 1)
    throw new FitError(
      'class_weights, auto_class_weights and scale_pos_weight exclude one another',
      'Give one of them.',
    );
  if (scale !== null) {
    if (data.classes > 2)
      throw new FitError(
        `scale_pos_weight is for two classes, but the target has ${data.classes}`,
        'Use class_weights.',
      );
    return Float64Array.of(1, scale);
  }
  if (Array.isArray(given)) {
    if (given.length !== data.classes)
      throw new FitError(
        `class_weights has ${given.length} entries, but there are ${data.classes} classes`,
        'Give a weight for each class.',
      );
    return Float64Array.from(given as readonly number[]);
  }
  if (given !== null) return classWeights(data, given as Readonly<Record<string, number>>);
  if (automatic === null) return undefined;
  const counts = data.weights ? weighedCounts(data, data.weights) : countClasses(data);
  const most = counts.reduce((a, b) => Math.max(a, b));
  const balanced = counts.map((count) => (count > 0 ? most / count : 0));
  return automatic === 'Balanced' ? balanced : balanced.map(Math.sqrt);
}

function weighedCounts({ classes, target }: TrainingData, weights: Float32Array): Float64Array {
  const counts = new Float64Array(classes);
  target.forEach((label, row) => {
    counts[label] += weights[row];
  });
  return counts;
}
