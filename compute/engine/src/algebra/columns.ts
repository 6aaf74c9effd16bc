import type { Kernels } from '@pgml/kernels';
import type { FitContext, TrainingData } from '../estimator.js';

/** Mean and population standard deviation of each column, in f64. */
export interface Moments {
  readonly means: Float64Array;
  readonly deviations: Float64Array;
}

/**
 * The moments of the features, in two passes, of weighted rows if `weights` are given. A constant column has exactly its
 * value as mean and the deviation 0.
 */
export function moments(data: TrainingData, context: FitContext, weights?: ArrayLike<number>): Moments {
  const means = columnMeans(data, context, weights);
  const deviations = new Float64Array(data.features);
  for (let feature = 0; feature < data.features; feature++) {
    deviations[feature] = weights
      ? weightedDeviation(data.column(feature), means[feature], weights)
      : Math.sqrt(columnSums(data, feature, means[feature], context).squares / data.rows);
    context.checkpoint(0);
  }
  return { means, deviations };
}

/** The means of the features, as `moments` has them. */
export function columnMeans(data: TrainingData, context: FitContext, weights?: ArrayLike<number>): Float64Array {
  const means = new Float64Array(data.features);
  for (let feature = 0; feature < data.features; feature++) {
    const column = data.column(feature);
    means[feature] = weights
      ? mean(column, weights)
      : column[0] + columnSums(data, feature, column[0], context).sum / data.rows;
    context.checkpoint(0);
  }
  return means;
}

/** The sums of a feature's differences from `shift`, and of their squares. */
function columnSums(data: TrainingData, feature: number, shift: number, { kernels }: FitContext) {
  const mark = kernels.mark();
  const out = kernels.allocate(16);
  kernels.run.columnSums(data.columnPointer(feature), data.rows, shift, out);
  const [sum, squares] = kernels.f64(out, 2);
  kernels.release(mark);
  return { sum, squares };
}

/** The mean, summed as differences from the first value, so that large values with small differences keep their digits. */
export function mean(values: Float32Array, weights?: ArrayLike<number>): number {
  const origin = values[0];
  let sum = 0;
  if (!weights) {
    for (let i = 0; i < values.length; i++) sum += values[i] - origin;
    return origin + sum / values.length;
  }
  let total = 0;
  for (let i = 0; i < values.length; i++) {
    sum += weights[i] * (values[i] - origin);
    total += weights[i];
  }
  return origin + sum / total;
}

function weightedDeviation(values: Float32Array, center: number, weights: ArrayLike<number>): number {
  let sum = 0;
  let total = 0;
  for (let i = 0; i < values.length; i++) {
    const difference = values[i] - center;
    sum += weights[i] * difference * difference;
    total += weights[i];
  }
  return Math.sqrt(sum / total);
}

/** Columns as the dense kernels take them: the value computed with is (x - shift) * scale. See assembly/algebra/panel.ts. */
export interface PlacedColumns {
  readonly rows: number;
  readonly count: number;
  /** The kernels' first arguments: columns, count, shifts, scales. */
  readonly pointers: readonly [columns: number, count: number, shifts: number, scales: number];
}

/** Writes the descriptions of columns, given by their addresses, into kernel memory. */
export function placeColumns(
  kernels: Kernels,
  rows: number,
  addresses: readonly number[],
  shifts: ArrayLike<number>,
  scales: ArrayLike<number>,
): PlacedColumns {
  const count = addresses.length;
  const columnsAt = kernels.allocate(4 * count);
  kernels.u32(columnsAt, count).set(addresses);
  return { rows, count, pointers: [columnsAt, count, placeNumbers(kernels, shifts), placeNumbers(kernels, scales)] };
}

/** The addresses of all features. */
export function featureAddresses(data: TrainingData): number[] {
  return Array.from({ length: data.features }, (_, feature) => data.columnPointer(feature));
}

/** Copies numbers into kernel memory as f64 and returns their address. */
export function placeNumbers(kernels: Kernels, numbers: ArrayLike<number>): number {
  const pointer = kernels.allocate(8 * numbers.length);
  kernels.f64(pointer, numbers.length).set(numbers);
  return pointer;
}
