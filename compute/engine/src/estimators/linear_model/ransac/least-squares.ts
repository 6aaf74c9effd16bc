import type { FitContext, TrainingData } from '../../../estimator.js';
import { fitRegression } from '../linear/fit-regression.js';

/** A model of each target. */
export interface LinearModels {
  /** targets × features. */
  readonly weights: Float64Array;
  readonly intercepts: Float64Array;
}

/** Ordinary least squares of every target. Releases what it allocates. */
export function fitLinearModels(data: TrainingData, context: FitContext): LinearModels {
  const weights = new Float64Array(data.targets * data.features);
  const intercepts = new Float64Array(data.targets);
  for (let index = 0; index < data.targets; index++) {
    const target = data.targetOf(index);
    const one = { ...data, target, targetPointer: target.byteOffset, targets: 1, targetOf: () => target };
    const mark = context.kernels.mark();
    const { block } = fitRegression(one, { fit_intercept: true, positive: false }, context);
    context.kernels.release(mark);
    const [coefficients, intercept] = block.words as [Float64Array, Float64Array];
    weights.set(coefficients, index * data.features);
    intercepts[index] = intercept[0];
  }
  return { weights, intercepts };
}

/** Writes what the models say of every row, targets × rows. */
export function predictAll({ weights, intercepts }: LinearModels, data: TrainingData, predictions: Float64Array): void {
  const { rows, features, targets } = data;
  for (let target = 0; target < targets; target++) {
    const own = predictions.subarray(target * rows, (target + 1) * rows).fill(intercepts[target]);
    for (let feature = 0; feature < features; feature++) {
      const column = data.column(feature);
      const weight = weights[target * features + feature];
      for (let row = 0; row < rows; row++) own[row] += weight * column[row];
    }
  }
}
