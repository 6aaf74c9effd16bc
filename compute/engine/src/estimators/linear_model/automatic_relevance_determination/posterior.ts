/** The posterior of linear coefficients w ~ N(0, Λ⁻¹) from y ~ N(X w, 1 / alpha): covariance and mean. */
import { BlockedCholesky } from '../../../algebra/blocked-cholesky.js';
import { allocateMatrix, type Matrix, numbersOf, placeMatrix, rowOf, transposed } from '../../../algebra/matrix.js';
import { multiply, multiplyByTransposed } from '../../../algebra/product.js';
import { symmetricPseudoInverse } from '../../../algebra/svd.js';
import { symmetricEigenvalues } from '../../../algebra/symmetric-eigen.js';
import type { FitContext } from '../../../estimator.js';
import { log } from '@pgml/kernels';

const EPSILON = 2 ** -52;

/** Covariance over the kept features, by rows. */
export interface Posterior {
  readonly covariance: Float64Array;
  readonly coefficients: Float64Array;
}

/** With at least as many rows as features: (Λ + alpha X'X)⁻¹. */
export function fromProducts(
  kept: readonly number[],
  products: Float64Array,
  count: number,
  rightSide: Float64Array,
  alpha: number,
  lambda: Float64Array,
  context: FitContext,
): Posterior {
  const size = kept.length;
  const precision = new Float64Array(size * size);
  for (const [i, feature] of kept.entries()) {
    for (const [j, other] of kept.entries()) precision[i * size + j] = alpha * products[feature * count + other];
    precision[i * size + i] += lambda[feature];
  }
  const covariance = inverse(precision, size, context);
  const coefficients = new Float64Array(size);
  for (let i = 0; i < size; i++) {
    for (const [j, feature] of kept.entries()) coefficients[i] += covariance[i * size + j] * rightSide[feature];
    coefficients[i] *= alpha;
  }
  return { covariance, coefficients };
}

/**
 * With fewer rows than features, by Woodbury's identity: Λ⁻¹ - Λ⁻¹X' (1 / alpha + X Λ⁻¹ X')⁻¹ X Λ⁻¹. `columns` are the
 * centered columns of X as rows.
 */
export function fromRows(
  kept: readonly number[],
  columns: Matrix,
  rightSide: Float64Array,
  alpha: number,
  lambda: Float64Array,
  context: FitContext,
): Posterior {
  const { kernels } = context;
  const size = kept.length;
  const rows = columns.columns;
  const mark = kernels.mark();
  // (X Λ^-½)' and X', both over the kept features.
  const halves = allocateMatrix(kernels, size, rows);
  const wholes = allocateMatrix(kernels, size, rows);
  for (const [i, feature] of kept.entries()) {
    const half = rowOf(kernels, halves, i);
    const whole = rowOf(kernels, wholes, i);
    const column = rowOf(kernels, columns, feature);
    const root = Math.sqrt(lambda[feature]);
    for (let row = 0; row < rows; row++) {
      half[row] = column[row] / root;
      whole[row] = column[row] / lambda[feature];
    }
  }
  const inner = allocateMatrix(kernels, rows, rows);
  multiplyByTransposed(context, transposed(halves), inner);
  for (let row = 0; row < rows; row++) rowOf(kernels, inner, row)[row] += 1 / alpha;
  const inverted = placeMatrix(kernels, inverse(numbersOf(kernels, inner), rows, context), rows, rows);
  const left = allocateMatrix(kernels, size, rows);
  multiply(context, wholes, inverted, left);
  const product = allocateMatrix(kernels, size, size);
  multiply(context, left, transposed(wholes), product, { scale: -1 });
  const covariance = numbersOf(kernels, product);
  for (const [i, feature] of kept.entries()) covariance[i * size + i] += 1 / lambda[feature];
  kernels.release(mark);
  const coefficients = new Float64Array(size);
  for (let i = 0; i < size; i++) {
    for (const [j, feature] of kept.entries()) coefficients[i] += covariance[i * size + j] * rightSide[feature];
    coefficients[i] *= alpha;
  }
  return { covariance, coefficients };
}

/**
 * The inverse; where eigenvalues are within rounding of 0, the pseudo-inverse without them, as scipy's pinvh. That they
 * are not is known from |A| |A⁻¹|, the ratio of the largest eigenvalue to the smallest or more.
 */
function inverse(numbers: Float64Array, size: number, context: FitContext): Float64Array {
  const { kernels } = context;
  const mark = kernels.mark();
  try {
    const factor = BlockedCholesky.factor(context, placeMatrix(kernels, numbers, size, size));
    if (factor) {
      const inverted = numbersOf(kernels, factor.inverse());
      if (rowSums(numbers, size) * rowSums(inverted, size) * EPSILON * size < 0.5) return inverted;
    }
  } finally {
    kernels.release(mark);
  }
  return symmetricPseudoInverse(context, numbers, size);
}

/** The largest sum of absolute values of a row: at least the largest eigenvalue. */
function rowSums(numbers: Float64Array, size: number): number {
  let largest = 0;
  for (let i = 0; i < size; i++) {
    let sum = 0;
    for (let j = 0; j < size; j++) sum += Math.abs(numbers[i * size + j]);
    largest = Math.max(largest, sum);
  }
  return largest;
}

/** log |A| of a covariance; -Infinity where it is not positive definite. */
export function logDeterminant(covariance: Float64Array, context: FitContext): number {
  const size = Math.sqrt(covariance.length);
  let sum = 0;
  for (const value of symmetricEigenvalues(context, covariance, size)) sum += value > 0 ? log(value) : -Infinity;
  return sum;
}
