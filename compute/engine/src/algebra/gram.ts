import type { Kernels } from '@pgml/kernels';
import type { FitContext, TrainingData } from '../estimator.js';
import { featureAddresses, placeColumns } from './columns.js';
import { RowSums } from './row-sums.js';

/** Inner products of columns, count × count, symmetric. */
export interface Gram {
  readonly count: number;
  readonly products: Float64Array;
}

export interface GramColumns {
  readonly shifts: ArrayLike<number>;
  readonly scales: ArrayLike<number>;
  /** With the target as a last column, less this. */
  readonly target?: { readonly shift: number };
  /** What each row's products count; 1 if left out. */
  readonly weights?: ArrayLike<number> | undefined;
}

/** Inner products of all pairs of (x - shift) * scale over the features and, if wanted, the target. */
export function gramMatrix(
  data: TrainingData,
  { shifts, scales, target, weights }: GramColumns,
  context: FitContext,
): Gram {
  const { kernels } = context;
  const addresses = featureAddresses(data);
  const allShifts = Array.from(shifts);
  const allScales = Array.from(scales);
  if (target) {
    addresses.push(data.targetPointer);
    allShifts.push(target.shift);
    allScales.push(1);
  }
  const count = addresses.length;
  // The kernel takes columns two by two: an odd one out is followed by itself times 0.
  if (count % 2 === 1) {
    addresses.push(addresses[count - 1]);
    allShifts.push(0);
    allScales.push(0);
  }
  const mark = kernels.mark();
  try {
    const even = addresses.length;
    const columns = placeColumns(kernels, data.rows, addresses, allShifts, allScales);
    const sums = new RowSums(context, columns, {
      kernel: 'gram',
      totals: even * even,
      scratchColumns: even,
      operationsPerRow: (even * even) / 2,
    });
    const factorsAt = weights ? placeRoots(kernels, weights) : 0;
    return { count, products: symmetric(sums.compute([factorsAt], 0), even, count) };
  } finally {
    kernels.release(mark);
  }
}

/** The square roots of the rows' weights as f64 in kernel memory: rows multiplied by them have the weighted products. */
export function placeRoots(kernels: Kernels, weights: ArrayLike<number>): number {
  const pointer = kernels.allocate(8 * weights.length);
  const roots = kernels.f64(pointer, weights.length);
  for (let row = 0; row < weights.length; row++) roots[row] = Math.sqrt(weights[row]);
  return pointer;
}

/** The leading count × count part of a matrix of which only the upper triangle is right. */
function symmetric(upper: Float64Array, stride: number, count: number): Float64Array {
  const products = new Float64Array(count * count);
  for (let a = 0; a < count; a++)
    for (let b = a; b < count; b++) {
      products[a * count + b] = upper[a * stride + b]!;
      products[b * count + a] = upper[a * stride + b]!;
    }
  return products;
}
