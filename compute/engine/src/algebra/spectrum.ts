/** Singular values of centered data, and targets seen along its singular vectors. */
import type { FitContext, TrainingData } from '../estimator.js';
import { gramMatrix } from './gram.js';
import { norm } from './householder.js';
import { numbersOf, part, transposed } from './matrix.js';
import { triangleOf } from './qr.js';
import { singularValues } from './svd.js';
import { symmetricEigen } from './symmetric-eigen.js';

/**
 * The smallest eigenvalue of X'X, relative to the largest, from which its roots are taken for singular values: they are
 * then right to eight digits. Below, orthogonal transformations of X give all that X holds.
 */
const LEAST_EIGENVALUE = 1e-7;

/** Features and targets less their centers, each row multiplied by the root of its weight. */
export interface CenteredColumns {
  readonly data: TrainingData;
  /** Float32 columns in kernel memory, as long as those of the data. */
  readonly targets: readonly Float32Array[];
  /** What is taken from the values of each feature, then of each target. */
  readonly centers: Float64Array;
  readonly weights: ArrayLike<number> | undefined;
}

/** X = U S V' and y = U `along` + what is orthogonal to U, for k = min(rows, features) directions. */
export interface Spectrum {
  /** S, descending: k. */
  readonly values: Float64Array;
  /** V' by rows: k × features. Each row's largest component (first of equals) is positive. */
  readonly right: Float64Array;
  /** U'y for each target: k numbers. */
  readonly along: readonly Float64Array[];
}

/** The data with the targets as further features. */
export function withTargets(data: TrainingData, targets: readonly Float32Array[]): TrainingData {
  const { features } = data;
  const columnOf = (column: number) => (column < features ? data.column(column) : targets[column - features]);
  return {
    ...data,
    features: features + targets.length,
    column: columnOf,
    columnPointer: (column) => (column < features ? data.columnPointer(column) : targets[column - features].byteOffset),
  };
}

/** Kernel memory: 24 bytes times the square of features and targets together. */
export function spectrumOf(columns: CenteredColumns, context: FitContext): Spectrum {
  const { rows, features } = columns.data;
  return (rows > features ? fromProducts(columns, context) : undefined) ?? fromTriangle(columns, context);
}

function fromProducts({ data, targets, centers, weights }: CenteredColumns, context: FitContext): Spectrum | undefined {
  const { features } = data;
  const scales = new Float64Array(centers.length).fill(1);
  const { products, count } = gramMatrix(withTargets(data, targets), { shifts: centers, scales, weights }, context);
  const own = new Float64Array(features * features);
  for (let i = 0; i < features; i++) own.set(products.subarray(i * count, i * count + features), i * features);
  const eigen = symmetricEigen(context, own, features);
  if (!(eigen.values[0] > LEAST_EIGENVALUE * eigen.values[features - 1])) return undefined;
  const values = eigen.values.map(Math.sqrt).reverse();
  const right = new Float64Array(features * features);
  for (let i = 0; i < features; i++)
    right.set(eigen.vectors.subarray(i * features, (i + 1) * features), (features - 1 - i) * features);
  const along = targets.map((_, target) =>
    values.map((value, i) => {
      let sum = 0;
      for (let j = 0; j < features; j++) sum += right[i * features + j] * products[j * count + features + target];
      return sum / value;
    }),
  );
  return { values, right, along };
}

function fromTriangle({ data, targets, centers, weights }: CenteredColumns, context: FitContext): Spectrum {
  const { kernels } = context;
  const { features } = data;
  const all = withTargets(data, targets);
  const mark = kernels.mark();
  try {
    const triangle = triangleOf(context, {
      rows: data.rows,
      columns: all.features,
      read: (column, first, out) => {
        const values = all.column(column);
        const center = centers[column];
        for (let i = 0; i < out.length; i++) {
          const value = values[first + i] - center;
          out[i] = weights ? value * Math.sqrt(weights[first + i]) : value;
        }
      },
    });
    const length = triangle.columns;
    const { values, right, left } = singularValues(context, transposed(part(triangle, 0, 0, features, length)));
    const rotated = numbersOf(kernels, part(triangle, features, 0, targets.length, length));
    const along = targets.map((_, target) =>
      values.map((_value, i) => {
        let sum = 0;
        for (let j = 0; j < length; j++) sum += left[i * length + j] * rotated[target * length + j];
        return sum;
      }),
    );
    return { values, right, along };
  } finally {
    kernels.release(mark);
  }
}

/** V diag(factors) `along`: coefficients of the features from what each direction contributes. */
export function coefficientsAlong(
  { values, right }: Spectrum,
  along: ArrayLike<number>,
  factor: (i: number) => number,
) {
  const features = right.length / values.length;
  const coefficients = new Float64Array(features);
  for (let i = 0; i < values.length; i++) {
    const step = factor(i) * along[i];
    for (let j = 0; j < features; j++) coefficients[j] += step * right[i * features + j];
  }
  return coefficients;
}

/** The length of y - X w, of centered and weighted rows, by a pass over the data. Memory: 8 bytes a row. */
export function residualLength(
  { data, targets, centers, weights }: CenteredColumns,
  target: number,
  coefficients: Float64Array,
  context: FitContext,
): number {
  const { features } = data;
  const center = centers[features + target];
  const residual = Float64Array.from(targets[target], (value) => value - center);
  for (let feature = 0; feature < features; feature++) {
    const coefficient = coefficients[feature];
    if (coefficient === 0) continue;
    const column = data.column(feature);
    const own = centers[feature];
    for (let row = 0; row < residual.length; row++) residual[row] -= coefficient * (column[row] - own);
    if (feature % 8 === 7) context.checkpoint(0.5);
  }
  if (weights) for (let row = 0; row < residual.length; row++) residual[row] *= Math.sqrt(weights[row]);
  return norm(residual);
}
