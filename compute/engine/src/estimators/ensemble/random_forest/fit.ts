import type { FitContext, Fitted, TrainingData } from '../../../estimator.js';
import type { Checked } from '../../../parameters.js';
import { fitForest, type ForestParameters } from '../../../trees/cart/forest.js';

/**
 * Trees as scikit-learn grows them, with the same draws. Kernel memory beside the data: 12 bytes for each value, 8 more
 * where splits try more than a quarter of the features; for each row, 8 bytes for each target and 28 for each of the
 * trees that grow at once (twice as many as threads).
 */
export function fit(data: TrainingData, checked: Checked, context: FitContext): Fitted {
  return fitForest(data, checked as unknown as ForestParameters, context, false);
}
