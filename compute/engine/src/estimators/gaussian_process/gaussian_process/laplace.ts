/** Laplace's approximation of a Gaussian process with two classes (Rasmussen & Williams 2006, algorithms 3.1 and 5.1). */
import { exp, log1p } from '@pgml/kernels';
import { BlockedCholesky } from '../../../algebra/blocked-cholesky.js';
import { allocateMatrix, type Matrix, mirrorLower, placeMatrix, rowOf } from '../../../algebra/matrix.js';
import type { FitContext } from '../../../estimator.js';
import type { Likelihood } from './learn-kernel.js';

/** Newton's method stops when a step raises the log likelihood by less. */
const TOLERANCE = 1e-10;

export interface LaplaceMode extends Likelihood {
  /** y - pi: the mean at x is their sum times kernels with the rows. */
  readonly coefficients: Float64Array;
  /** L⁻¹ W^(1/2), the lower triangle by rows. */
  factor(): Float64Array;
}

/**
 * The mode of the latent values for `labels` 0 and 1, given the lower triangle of the kernel matrix, whose upper one is
 * overwritten. Undefined where I + W^(1/2) K W^(1/2) is not positive definite.
 */
export function laplace(
  matrix: Matrix,
  labels: Float64Array,
  iterations: number,
  context: FitContext,
): LaplaceMode | undefined {
  const { kernels } = context;
  const size = matrix.rows;
  mirrorLower(kernels, matrix);
  const scaled = allocateMatrix(kernels, size, size);
  const right = placeMatrix(kernels, new Float64Array(size), 1, size);
  let f = new Float64Array(size);
  let best = -Infinity;
  for (let iteration = 0; ; iteration++) {
    context.checkpoint(0.75, `mode, iteration ${iteration + 1}`);
    const pi = f.map((value) => 1 / (1 + exp(-value)));
    const roots = pi.map((p) => Math.sqrt(p * (1 - p)));
    for (let i = 0; i < size; i++) {
      const [row, own] = [rowOf(kernels, scaled, i), rowOf(kernels, matrix, i)];
      for (let j = 0; j <= i; j++) row[j] = roots[i] * roots[j] * own[j];
      row[i] += 1;
    }
    const factored = BlockedCholesky.factor(context, scaled);
    if (!factored) return undefined;
    const b = f.map((value, i) => roots[i] * roots[i] * value + labels[i] - pi[i]);
    const solved = rowOf(kernels, right, 0);
    timesVector(matrix, b, context).forEach((value, i) => {
      solved[i] = roots[i] * value;
    });
    factored.solveRows(right);
    const a = b.map((value, i) => value - roots[i] * solved[i]);
    f = timesVector(matrix, a, context);
    const value =
      f.reduce((sum, one, i) => sum - 0.5 * a[i] * one - softplus(labels[i] > 0 ? -one : one), 0) -
      0.5 * factored.logDeterminant();
    if (value - best < TOLERANCE || iteration + 1 >= iterations) {
      const coefficients = labels.map((label, i) => label - pi[i]);
      return {
        value: Math.max(value, best),
        coefficients,
        factor: () => factorOf(factored, roots, context),
        weights: () => weightsOf(matrix, factored, { a, pi, roots, coefficients }, context),
      };
    }
    best = value;
  }
}

/** log(1 + e^x). */
function softplus(x: number): number {
  return x > 0 ? x + log1p(exp(-x)) : log1p(exp(x));
}

/** Rows that one call multiplies. */
const ROWS_PER_CALL = 256;

function timesVector(matrix: Matrix, vector: Float64Array, { kernels, team }: FitContext): Float64Array<ArrayBuffer> {
  const size = vector.length;
  const mark = kernels.mark();
  const [x, out] = [kernels.allocate(8 * size), kernels.allocate(8 * size)];
  kernels.f64(x, size).set(vector);
  const calls: number[][] = [];
  for (let from = 0; from < size; from += ROWS_PER_CALL) {
    const count = Math.min(ROWS_PER_CALL, size - from);
    calls.push([matrix.pointer + from * matrix.rowStride, matrix.rowStride, count, size, x, out + 8 * from]);
  }
  team.run('matrixVector', calls);
  const product = kernels.f64(out, size).slice();
  kernels.release(mark);
  return product;
}

function factorOf(factored: BlockedCholesky, roots: Float64Array, { kernels }: FitContext): Float64Array {
  const size = roots.length;
  const mark = kernels.mark();
  // Row j becomes column j of L⁻¹.
  const columns = allocateMatrix(kernels, size, size);
  for (let i = 0; i < size; i++) rowOf(kernels, columns, i)[i] = 1;
  factored.solveLowerRows(columns);
  const factor = new Float64Array((size * (size + 1)) / 2);
  for (let j = 0; j < size; j++) {
    const column = rowOf(kernels, columns, j);
    for (let i = j; i < size; i++) factor[(i * (i + 1)) / 2 + j] = column[i] * roots[j];
  }
  kernels.release(mark);
  return factor;
}

/**
 * Algorithm 5.1, with the sums over the derivatives of K put last: with R = W^(1/2) B⁻¹ W^(1/2) and s2 as there, the
 * derivative is the sum of (a a' - R) / 2 + (u g' + g u') / 2 times dK, where g = y - pi and u = (I - R K) s2. The posterior
 * covariance is W^(-1/2) (I - B⁻¹) W^(-1/2), so that in s2, which has its diagonal times W, the W cancel.
 */
function weightsOf(
  matrix: Matrix,
  factored: BlockedCholesky,
  { a, pi, roots, coefficients: g }: Record<'a' | 'pi' | 'roots' | 'coefficients', Float64Array>,
  context: FitContext,
): Matrix {
  const { kernels } = context;
  const size = a.length;
  const weights = factored.inverse();
  const s2 = pi.map((p, i) => -0.5 * (1 - rowOf(kernels, weights, i)[i]) * (1 - 2 * p));
  const scaled = timesVector(matrix, s2, context).map((value, i) => value * roots[i]);
  const u = timesVector(weights, scaled, context).map((value, i) => s2[i] - roots[i] * value);
  for (let i = 0; i < size; i++) {
    const row = rowOf(kernels, weights, i);
    for (let j = 0; j <= i; j++)
      row[j] = 0.5 * (a[i] * a[j] - roots[i] * roots[j] * row[j] + u[i] * g[j] + u[j] * g[i]);
  }
  return weights;
}
