import { featureAddresses } from '../../../algebra/columns.js';
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

/** What models miss of every row, by a kernel; for any number of models. */
export class Residuals {
  readonly #data: TrainingData;
  readonly #context: FitContext;
  readonly #columns: number;
  readonly #weights: number;
  readonly #pointer: number;
  /** targets × rows: the target less the prediction. */
  readonly values: Float64Array;

  /** Allocates 8 bytes per row and target. */
  constructor(data: TrainingData, context: FitContext) {
    const { kernels } = context;
    this.#data = data;
    this.#context = context;
    this.#columns = kernels.allocate(4 * data.features);
    kernels.u32(this.#columns, data.features).set(featureAddresses(data));
    this.#weights = kernels.allocate(8 * data.features);
    this.#pointer = kernels.allocate(8 * data.targets * data.rows);
    this.values = kernels.f64(this.#pointer, data.targets * data.rows);
  }

  compute({ weights, intercepts }: LinearModels): void {
    const { rows, features, targets } = this.#data;
    const { kernels } = this.#context;
    for (let index = 0; index < targets; index++) {
      kernels.f64(this.#weights, features).set(weights.subarray(index * features, (index + 1) * features));
      const target = this.#data.targetOf(index).byteOffset;
      const out = this.#pointer + 8 * index * rows;
      kernels.run.linearResiduals(this.#columns, features, this.#weights, intercepts[index], target, rows, out);
    }
  }
}
