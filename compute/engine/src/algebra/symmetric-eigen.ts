/** Eigenvalues and eigenvectors of symmetric matrices. */
import { type FitContext, FitError } from '../estimator.js';
import { tridiagonalEigen } from './divide-and-conquer.js';
import { allocateMatrix, rowOf } from './matrix.js';
import { iterate } from './ql-iteration.js';
import { rotateBack, tridiagonalize } from './tridiagonal.js';

export interface SymmetricEigen {
  /** Ascending. */
  readonly values: Float64Array;
  /** size × size: row i is the eigenvector of value i, of length 1, its largest component (first of equals) positive. */
  readonly vectors: Float64Array;
}

/**
 * All eigenvalues and eigenvectors of a symmetric matrix, size × size, of which the lower triangle is read. Each value is
 * right to about 1e-15 times the largest. Householder's reduction to a tridiagonal matrix, then divide and conquer. About
 * 2.5 size³ multiplications; kernel memory: 40 bytes times the square of the size. FitError if numbers are not finite.
 */
export function symmetricEigen(context: FitContext, numbers: Float64Array, size: number): SymmetricEigen {
  const { values, vectors } = decompose(context, numbers, size, true);
  return { values, vectors: vectors! };
}

/** The eigenvalues alone, ascending: about a tenth of the work. */
export function symmetricEigenvalues(context: FitContext, numbers: Float64Array, size: number): Float64Array {
  return decompose(context, numbers, size, false).values;
}

function decompose(
  context: FitContext,
  numbers: Float64Array,
  size: number,
  wantVectors: boolean,
): { values: Float64Array; vectors: Float64Array | undefined } {
  const { kernels } = context;
  if (size === 0) return { values: new Float64Array(0), vectors: new Float64Array(0) };
  let largest = 0;
  for (let i = 0; i < size; i++)
    for (let j = 0; j <= i; j++) {
      const value = Math.abs(numbers[i * size + j]);
      if (!(value < Infinity))
        throw new FitError(
          'a matrix whose eigenvalues are needed has numbers that are not finite',
          'Features of more than 1e150 cause this: scale them down.',
        );
      largest = Math.max(largest, value);
    }
  const mark = kernels.mark();
  try {
    const scale = largest || 1;
    const matrix = allocateMatrix(kernels, size, size);
    for (let i = 0; i < size; i++) {
      const row = rowOf(kernels, matrix, i);
      for (let j = 0; j < size; j++) row[j] = numbers[j <= i ? i * size + j : j * size + i] / scale;
    }
    const { diagonal, beside, factors } = tridiagonalize(context, matrix);
    if (!wantVectors) {
      iterate(context, diagonal, beside);
      return { values: diagonal.map((value) => value * scale).sort(), vectors: undefined };
    }
    const eigen = tridiagonalEigen(context, diagonal, beside);
    rotateBack(context, matrix, factors, eigen.vectors);
    const order = Array.from(eigen.values.keys()).sort((a, b) => eigen.values[a] - eigen.values[b] || a - b);
    const values = Float64Array.from(order, (i) => eigen.values[i] * scale);
    const vectors = new Float64Array(size * size);
    for (const [position, i] of order.entries()) {
      const vector = vectors.subarray(position * size, (position + 1) * size);
      vector.set(rowOf(kernels, eigen.vectors, i));
      makeLargestPositive(vector);
      if (position % 64 === 63) context.checkpoint(1);
    }
    return { values, vectors };
  } finally {
    kernels.release(mark);
  }
}

/** Turns a vector round if its component of largest size, the first of equals, is negative. */
export function makeLargestPositive(vector: Float64Array): void {
  let largest = 0;
  for (let i = 0; i < vector.length; i++) if (Math.abs(vector[i]) > Math.abs(largest)) largest = vector[i];
  if (largest < 0) for (let i = 0; i < vector.length; i++) vector[i] = -vector[i];
}
