/** Householder reflections I - factor v v' (Golub & Van Loan, Matrix Computations, §5.1). */
import type { FitContext } from '../estimator.js';
import { allocateMatrix, type Matrix, rowOf, transposed } from './matrix.js';
import { multiply } from './product.js';

/**
 * Makes a vector x the v of the reflection I - factor v v' that turns x into `head` and zeros; v[0] is 1. For a vector
 * that is such already, the factor is 0. The matrix has been scaled, so that squares neither overflow nor matter if they
 * vanish.
 */
export function makeReflection(x: Float64Array): { factor: number; head: number } {
  const first = x[0];
  let squares = 0;
  for (let k = 1; k < x.length; k++) squares += x[k] * x[k];
  x[0] = 1;
  if (squares === 0) {
    x.fill(0, 1);
    return { factor: 0, head: first };
  }
  // The sign for which nothing cancels.
  const head = first > 0 ? -Math.sqrt(first * first + squares) : Math.sqrt(first * first + squares);
  for (let k = 1; k < x.length; k++) x[k] /= first - head;
  return { factor: (head - first) / head, head };
}

/** `makeReflection` for numbers whose squares may overflow or vanish. */
export function makeSafeReflection(x: Float64Array): { factor: number; head: number } {
  const largest = largestOf(x);
  if (largest === 0) {
    x[0] = 1;
    return { factor: 0, head: 0 };
  }
  for (let i = 0; i < x.length; i++) x[i] /= largest;
  const { factor, head } = makeReflection(x);
  return { factor, head: head * largest };
}

/**
 * Rows C := C H₀ H₁ … for the reflections I - factor v v' of the rows of `vectors`, as C (I - V' T V) with the V and T of
 * Schreiber & Van Loan, "A storage-efficient WY representation for products of Householder transformations", 1989. With
 * `backwards`, C := C … H₁ H₀, which has T' for T.
 */
export function reflectRowsByBlock(
  context: FitContext,
  vectors: Matrix,
  factors: Float64Array,
  rows: Matrix,
  backwards = false,
): void {
  const { kernels } = context;
  const width = vectors.rows;
  const mark = kernels.mark();
  const products = allocateMatrix(kernels, width, width);
  multiply(context, vectors, transposed(vectors), products);
  const triangle = allocateMatrix(kernels, width, width);
  // Column i of T is -factor T (V v_i) above the diagonal.
  for (let i = 0; i < width; i++) {
    rowOf(kernels, triangle, i)[i] = factors[i];
    for (let k = 0; k < i; k++) {
      const row = rowOf(kernels, triangle, k);
      let sum = 0;
      for (let l = k; l < i; l++) sum += row[l] * rowOf(kernels, products, l)[i];
      row[i] = -factors[i] * sum;
    }
  }
  const along = allocateMatrix(kernels, rows.rows, width);
  const weighed = allocateMatrix(kernels, rows.rows, width);
  multiply(context, rows, transposed(vectors), along);
  multiply(context, along, backwards ? transposed(triangle) : triangle, weighed);
  multiply(context, weighed, vectors, rows, { scale: -1, add: true });
  kernels.release(mark);
}

/** The size of the largest number. */
export function largestOf(numbers: Float64Array): number {
  let largest = 0;
  for (let i = 0; i < numbers.length; i++) largest = Math.max(largest, Math.abs(numbers[i]));
  return largest;
}

/** The sum of squares. */
export function squaredLength(numbers: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < numbers.length; i++) sum += numbers[i] * numbers[i];
  return sum;
}

/** The Euclidean length, without overflow or underflow on the way. */
export function norm(numbers: Float64Array): number {
  const largest = largestOf(numbers);
  if (largest === 0) return 0;
  let sum = 0;
  for (let i = 0; i < numbers.length; i++) sum += (numbers[i] / largest) ** 2;
  return largest * Math.sqrt(sum);
}
