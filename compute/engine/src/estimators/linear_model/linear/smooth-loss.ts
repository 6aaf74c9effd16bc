/** The mean loss of a linear classifier with a penalty on squares, and where its minimum is looked for first. */
import { featureAddresses, placeColumns, placeNumbers } from '../../../algebra/columns.js';
import { Cholesky } from '../../../algebra/cholesky.js';
import { gramMatrix } from '../../../algebra/gram.js';
import { RowSums } from '../../../algebra/row-sums.js';
import type { FitContext, TrainingData } from '../../../estimator.js';

/** What rows count: by class (or for the rest and for the class, where one is fitted against the rest), times their own. */
export interface Weighing {
  readonly byClass: Float64Array;
  readonly rows: Float64Array | undefined;
}

/** One kernel's loss over the data. */
export interface LossDescription {
  /** The kernels that sum over features and that start from margins. */
  readonly kernel: 'logisticLoss' | 'softmaxLoss';
  readonly rowKernel: 'logisticRows' | 'softmaxRows';
  readonly outputs: number;
  /** The class that is 1, or the number of classes. */
  readonly argument: number;
  readonly weighing: Weighing;
}

/** The features as they are computed with, (x - shift) * scale, and what half the square of each coefficient costs. */
export interface ScaledFeatures {
  readonly shifts: Float64Array;
  readonly scales: Float64Array;
  readonly penalties: Float64Array;
  readonly withIntercept: boolean;
}

/** The sum of the rows' weights. */
export function lossWeight({ target }: TrainingData, { outputs, argument, weighing }: LossDescription): number {
  const { byClass, rows } = weighing;
  let total = 0;
  for (let row = 0; row < target.length; row++) {
    const index = outputs > 1 ? target[row] : Number(target[row] === argument);
    total += byClass[index] * (rows ? rows[row] : 1);
  }
  return total;
}

/** The kernels' own first arguments: target, class or classes, weights of classes and of rows. */
export function placeLoss(data: TrainingData, { argument, weighing }: LossDescription, { kernels }: FitContext) {
  const { byClass, rows } = weighing;
  return [
    data.targetPointer,
    argument,
    placeNumbers(kernels, byClass),
    rows ? placeNumbers(kernels, rows) : 0,
  ] as const;
}

/**
 * (Summed loss + penalty) / summed weights over rows of coefficients, the intercept last in each. Dividing by the weights
 * makes slopes comparable whatever the number of rows.
 */
export class SmoothLoss {
  readonly #data: TrainingData;
  readonly #loss: LossDescription;
  readonly #features: ScaledFeatures;
  readonly #context: FitContext;
  readonly #total: number;
  readonly #own: ReturnType<typeof placeLoss>;
  readonly #coefficientsAt: number;
  readonly #sums: RowSums;
  /** Reported by checkpoints. */
  progress = 0;
  /** The mean second derivative by a margin, at the last point. */
  curvature = 0;

  constructor(data: TrainingData, loss: LossDescription, features: ScaledFeatures, context: FitContext) {
    const { kernels } = context;
    const { kernel, outputs } = loss;
    this.#data = data;
    this.#loss = loss;
    this.#features = features;
    this.#context = context;
    this.#total = lossWeight(data, loss);
    this.#own = placeLoss(data, loss, context);
    this.#coefficientsAt = kernels.allocate(8 * this.size);
    const columns = placeColumns(kernels, data.rows, featureAddresses(data), features.shifts, features.scales);
    this.#sums = new RowSums(context, columns, {
      kernel,
      totals: this.size + 2,
      scratchColumns: data.features + outputs,
      operationsPerRow: outputs * (2 * data.features + 30),
    });
  }

  /** How many coefficients there are. */
  get size(): number {
    return this.#loss.outputs * (this.#data.features + 1);
  }

  /** Writes the gradient and returns the value. */
  evaluate(point: Float64Array, gradient: Float64Array): number {
    const { penalties, withIntercept } = this.#features;
    const { features } = this.#data;
    this.#context.kernels.f64(this.#coefficientsAt, point.length).set(point);
    const totals = this.#sums.compute([...this.#own, this.#coefficientsAt], this.progress);
    let value = totals[point.length] / this.#total;
    this.curvature = totals[point.length + 1] / (this.#total * this.#loss.outputs);
    for (let i = 0; i < point.length; i++) {
      const feature = i % (features + 1);
      const isIntercept = feature === features;
      const penalty = isIntercept ? 0 : penalties[feature] * point[i];
      gradient[i] = isIntercept && !withIntercept ? 0 : totals[i] / this.#total + penalty;
      value += (penalty * point[i]) / 2;
    }
    return value;
  }

  /**
   * The Hessian at a point, factored; undefined if it is singular to rounding. For one output only. The last of its
   * size is the intercept's, if there is one.
   */
  factoredHessian(point: Float64Array): Cholesky | undefined {
    const { kernels } = this.#context;
    const { shifts, scales, penalties, withIntercept } = this.#features;
    const { rows, features } = this.#data;
    const mark = kernels.mark();
    try {
      const [target, argument, byClass, rowWeights] = this.#own;
      const margins = kernels.allocate(8 * rows);
      const slopes = kernels.allocate(8 * rows);
      const curvatures = kernels.allocate(8 * rows);
      kernels.f64(margins, rows).fill(point[features]);
      for (let f = 0; f < features; f++)
        kernels.run.columnAdd(this.#data.columnPointer(f), rows, shifts[f], 0, point[f] * scales[f], margins);
      kernels.run.logisticRows(target, argument, byClass, rowWeights, rows, margins, slopes, curvatures);
      const standard = { shifts, scales, weights: kernels.f64(curvatures, rows) };
      const { count, products } = withIntercept
        ? gramMatrix(
            withConstant(this.#data, 1, this.#context),
            { ...standard, shifts: [...shifts, 0], scales: [...scales, 1] },
            this.#context,
          )
        : gramMatrix(this.#data, standard, this.#context);
      const hessian = products.map((product) => product / this.#total);
      for (let f = 0; f < features; f++) hessian[f * count + f] += penalties[f];
      return Cholesky.factor(hessian, count, { tolerance: 1e-8 });
    } finally {
      kernels.release(mark);
    }
  }
}

/** The same data with a last feature that is `value` in every row, 4 bytes of kernel memory each. */
export function withConstant(data: TrainingData, value: number, { kernels }: FitContext): TrainingData {
  const pointer = kernels.allocate(4 * data.rows);
  kernels.f32(pointer, data.rows).fill(value);
  const columnPointer = (feature: number) => (feature === data.features ? pointer : data.columnPointer(feature));
  return {
    ...data,
    features: data.features + 1,
    columnPointer,
    column: (feature) => kernels.f32(columnPointer(feature), data.rows),
  };
}
