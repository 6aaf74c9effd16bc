/**
 * Least squares by orthogonal transformations: slower than normal equations, but right where columns are dependent or
 * more than the rows. Among all solutions the one of least length is returned, as LAPACK's gelsd does.
 */
import type { FitContext } from '../estimator.js';
import { largestOf, norm } from './householder.js';
import { allocateMatrix, type Matrix, part, rowOf } from './matrix.js';
import { multiplyByQ, pivotedQr, triangleOf } from './qr.js';

export interface LeastSquaresSolution {
  readonly coefficients: Float64Array;
  /** How many of the columns are independent. */
  readonly rank: number;
}

/** A least-squares problem by its numbers, each of which is asked for once. */
export interface LeastSquaresProblem {
  readonly rows: number;
  readonly unknowns: number;
  value(unknown: number, row: number): number;
  rightSide(row: number): number;
}

/**
 * A column counts as dependent on others when what is left of it, orthogonal to them, is shorter than this times its
 * length. float32 values that are exactly dependent leave about 1e-15; the next thing they can leave is about 1e-8.
 */
const DEPENDENT = 1e-12;

/** Minimizes |A x - b|, and |x| among the minimizers. */
export function leastSquares(problem: LeastSquaresProblem, context: FitContext): LeastSquaresSolution {
  const { kernels } = context;
  const { unknowns } = problem;
  const mark = kernels.mark();
  try {
    // The columns of A and, last, b, with as many rows as there are columns or fewer.
    const all = triangleOf(context, {
      rows: problem.rows,
      columns: unknowns + 1,
      read: (column, first, out) => {
        if (column < unknowns) for (let i = 0; i < out.length; i++) out[i] = problem.value(column, first + i);
        else for (let i = 0; i < out.length; i++) out[i] = problem.rightSide(first + i);
      },
    });
    const columns = part(all, 0, 0, unknowns, all.columns);
    const rightSide = part(all, unknowns, 0, 1, all.columns);
    // Columns of equal length make the rank independent of units.
    const lengths = new Float64Array(unknowns);
    for (let j = 0; j < unknowns; j++) {
      const column = rowOf(kernels, columns, j);
      lengths[j] = norm(column);
      if (lengths[j] > 0) for (let i = 0; i < column.length; i++) column[i] /= lengths[j];
    }
    const { order, rank } = pivotedQr(context, columns, DEPENDENT, rightSide);
    const b = rowOf(kernels, rightSide, 0).subarray(0, rank);
    const coefficients = new Float64Array(unknowns);
    if (rank === unknowns) {
      solveTriangle(context, columns, b);
      for (const [position, j] of order.entries()) coefficients[j] = b[position] / lengths[j];
      return { coefficients, rank };
    }
    // Of the first `rank` rows, in the original order and units, the solution of least length.
    const rows = allocateMatrix(kernels, rank, unknowns);
    for (const [position, j] of order.entries()) {
      const column = rowOf(kernels, columns, position);
      for (let i = 0; i < Math.min(rank, position + 1); i++) rowOf(kernels, rows, i)[j] = column[i] * lengths[j];
    }
    return { coefficients: shortestSolution(context, rows, b), rank };
  } finally {
    kernels.release(mark);
  }
}

/** Solves R x = b in place, where row k of `columns` is column k of the triangle R. */
function solveTriangle({ kernels }: FitContext, columns: Matrix, b: Float64Array): void {
  for (let k = b.length - 1; k >= 0; k--) {
    const column = rowOf(kernels, columns, k);
    b[k] /= column[k];
    for (let i = 0; i < k; i++) b[i] -= column[i] * b[k];
  }
}

/**
 * The shortest x with R x = b, for independent rows R: with R' P = Z T (Z orthogonal, T upper triangular), x = Z T'⁻¹ P' b
 * (Golub & Van Loan §5.6.2). Overwrites the rows.
 */
function shortestSolution(context: FitContext, rows: Matrix, b: Float64Array): Float64Array {
  const { kernels } = context;
  // Rows of one scale, so that squares of their numbers neither overflow nor vanish.
  let largest = 0;
  for (let i = 0; i < rows.rows; i++) largest = Math.max(largest, largestOf(rowOf(kernels, rows, i)));
  const scale = largest || 1;
  for (let i = 0; i < rows.rows; i++) {
    const row = rowOf(kernels, rows, i);
    for (let j = 0; j < row.length; j++) row[j] /= scale;
  }
  const qr = pivotedQr(context, rows);
  const solution = allocateMatrix(kernels, 1, rows.columns);
  const x = rowOf(kernels, solution, 0);
  for (const [position, i] of qr.order.entries()) {
    const column = rowOf(kernels, rows, position);
    let sum = b[i];
    for (let k = 0; k < position; k++) sum -= column[k] * x[k];
    // Of a row whose length rounds to 0 beside the others nothing is known: units that lie too far apart.
    x[position] = column[position] === 0 ? 0 : sum / column[position];
  }
  multiplyByQ(context, rows, qr, solution);
  return x.map((value) => value / scale);
}
