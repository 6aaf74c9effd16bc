/**
 * Least squares by orthogonal transformations: slower than normal equations, but right where columns are dependent or
 * more than the rows. Among all solutions the one of least length is returned, as LAPACK's gelsd does.
 */
import type { FitContext } from '../estimator.js';
import { norm, type Reflection, reflect, reflectionOf } from './householder.js';

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
  const columns = triangularRows(problem, context);
  const rightSide = columns.pop()!;
  // Columns of equal length make the rank independent of units.
  const lengths = columns.map((column) => norm(column));
  for (const [j, column] of columns.entries())
    if (lengths[j] > 0) for (let i = 0; i < column.length; i++) column[i] /= lengths[j];
  const { order, rank } = pivotedTriangle(columns, rightSide, context);
  if (rank === problem.unknowns) {
    const scaled = onlySolution(columns, order, rightSide);
    return { coefficients: scaled.map((value, j) => value / lengths[j]), rank };
  }
  // Of the first `rank` rows, in the original order and units, the solution of least length.
  const rows = Array.from({ length: rank }, () => new Float64Array(problem.unknowns));
  for (const [position, j] of order.entries())
    for (let i = 0; i < Math.min(rank, position + 1); i++) rows[i][j] = columns[j][i] * lengths[j];
  return { coefficients: shortestSolution(rows, rightSide, problem.unknowns, context), rank };
}

/**
 * The columns of A and, last, b, with as many rows as there are columns or fewer: rows are taken in batches, each
 * added below the triangle that the earlier ones left, and eliminated by reflections.
 */
function triangularRows(problem: LeastSquaresProblem, context: FitContext): Float64Array[] {
  const { rows, unknowns } = problem;
  const width = unknowns + 1;
  const capacity = Math.min(rows, width + Math.max(256, 2 * width));
  const columns = Array.from({ length: width }, () => new Float64Array(capacity));
  let filled = 0;
  for (let row = 0; ;) {
    const batch = Math.min(rows - row, capacity - filled);
    for (let j = 0; j < width; j++) {
      const column = columns[j];
      for (let i = 0; i < batch; i++)
        column[filled + i] = j < unknowns ? problem.value(j, row + i) : problem.rightSide(row + i);
    }
    row += batch;
    filled += batch;
    if (row === rows && filled <= width) return columns.map((column) => column.slice(0, filled));
    for (let j = 0; j < Math.min(width, filled); j++) {
      const reflection = reflectionOf(columns[j], j, filled);
      for (let k = j; k < width; k++) reflect(reflection, columns[k]);
      columns[j].fill(0, j + 1);
      context.checkpoint(row / rows);
    }
    filled = Math.min(width, filled);
  }
}

/**
 * QR decomposition with column pivoting (Golub & Van Loan §5.4.2), in place, up to the columns that depend on others.
 * The columns' lengths must be 0 or 1. `order` lists the columns, independent ones first.
 */
function pivotedTriangle(
  columns: Float64Array[],
  rightSide: Float64Array,
  context: FitContext,
): { order: number[]; rank: number } {
  const order = columns.map((_, j) => j);
  const steps = Math.min(columns.length, rightSide.length);
  for (let step = 0; step < steps; step++) {
    context.checkpoint(1);
    let best = step;
    let longest = -1;
    for (let position = step; position < order.length; position++) {
      const length = norm(columns[order[position]], step);
      if (length > longest) {
        longest = length;
        best = position;
      }
    }
    if (longest <= DEPENDENT) return { order, rank: step };
    [order[step], order[best]] = [order[best], order[step]];
    const reflection = reflectionOf(columns[order[step]], step, rightSide.length);
    for (let position = step; position < order.length; position++) reflect(reflection, columns[order[position]]);
    reflect(reflection, rightSide);
  }
  return { order, rank: steps };
}

/** Solves R x = right side, where the columns of the triangle R stand in `order`. */
function onlySolution(
  columns: readonly Float64Array[],
  order: readonly number[],
  rightSide: Float64Array,
): Float64Array {
  const solution = new Float64Array(columns.length);
  for (let i = columns.length - 1; i >= 0; i--) {
    let sum = rightSide[i];
    for (const j of order.slice(i + 1)) sum -= columns[j][i] * solution[j];
    solution[order[i]] = sum / columns[order[i]][i];
  }
  return solution;
}

/**
 * The shortest x with R x = right side, for independent rows R: with R' = Z T (Z orthogonal, T upper triangular),
 * x = Z T'⁻¹ right side (Golub & Van Loan §5.6.2). Overwrites the rows.
 */
function shortestSolution(
  rows: Float64Array[],
  rightSide: Float64Array,
  unknowns: number,
  context: FitContext,
): Float64Array {
  const reflections: Reflection[] = [];
  for (const [j, row] of rows.entries()) {
    const reflection = reflectionOf(row, j, unknowns);
    for (let k = j; k < rows.length; k++) reflect(reflection, rows[k]);
    reflections.push(reflection);
    context.checkpoint(1);
  }
  const solution = new Float64Array(unknowns);
  for (const [j, column] of rows.entries()) {
    let sum = rightSide[j];
    for (let i = 0; i < j; i++) sum -= column[i] * solution[i];
    solution[j] = sum / column[j];
  }
  for (const reflection of reflections.reverse()) reflect(reflection, solution);
  return solution;
}
