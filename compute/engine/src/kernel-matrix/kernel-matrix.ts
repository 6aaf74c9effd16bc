/** Matrices of kernels between rows: k(x_i, x_j) for all pairs of training rows. */
import { type KernelFunction, kernelFunctions, type Kernels } from '@pgml/kernels';
import { allocateMatrix, type Matrix } from '../algebra/matrix.js';
import { copyRows } from '../algebra/rows.js';
import type { FitContext, TrainingData } from '../estimator.js';

/** f32[rows][features] in kernel memory. */
export interface RowMatrix {
  readonly rows: number;
  readonly features: number;
  readonly pointer: number;
}

/** Copies training data row by row: 4 bytes a value. */
export function placeRows(kernels: Kernels, data: TrainingData): RowMatrix {
  const { rows, features } = data;
  const pointer = kernels.allocate(4 * rows * features);
  copyRows(data, kernels.f32(pointer, rows * features), features);
  return { rows, features, pointer };
}

/** A kernel function with its parameters (gamma, coef0, degree; or its program) in kernel memory. */
export interface PlacedKernel {
  readonly kind: number;
  readonly parameters: number;
}

export function placeKernel(kernels: Kernels, kernel: KernelFunction, parameters: ArrayLike<number>): PlacedKernel {
  const pointer = kernels.allocate(8 * parameters.length);
  kernels.f64(pointer, parameters.length).set(parameters);
  return { kind: kernelFunctions[kernel], parameters: pointer };
}

/** Kernels between two looks at the clock: some 20 milliseconds. */
const KERNELS_AT_ONCE = 500_000;

/**
 * The lower triangle with its diagonal, in new kernel memory (8 bytes for each pair of rows) by all threads. Above the
 * diagonal are zeros. `progress` is where the work lies in that of the fit.
 */
export function kernelMatrix(
  { kernels, team, checkpoint }: FitContext,
  { kind, parameters }: PlacedKernel,
  { rows, features, pointer }: RowMatrix,
  progress: number,
): Matrix {
  const matrix = allocateMatrix(kernels, rows, rows);
  let calls: number[][] = [];
  let count = 0;
  for (let row = 0; row < rows; row++) {
    const own = pointer + 4 * row * features;
    calls.push([kind, parameters, own, features, pointer, row + 1, 0, 0, matrix.pointer + row * matrix.rowStride]);
    count += row + 1;
    if (count < KERNELS_AT_ONCE && row + 1 < rows) continue;
    team.run('kernelRow', calls);
    checkpoint(progress);
    calls = [];
    count = 0;
  }
  return matrix;
}
