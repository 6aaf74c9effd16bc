/** QR decompositions by Householder reflections. A matrix to decompose is given by its columns, as the rows of a `Matrix`. */
import type { FitContext } from '../estimator.js';
import { makeReflection, makeSafeReflection, reflectRowsByBlock, squaredLength } from './householder.js';
import { allocateMatrix, type Matrix, part, rowOf } from './matrix.js';

/** Columns whose reflections are put on the rest together. */
const BLOCK = 32;

/** Rows that are added below a triangle and eliminated together, at least. */
const LEAST_BATCH = 1024;

/** Columns that one call reflects. */
const COLUMNS_PER_CALL = 64;

/** The numbers of a matrix with many rows, each of which is asked for once. */
export interface TallMatrix {
  readonly rows: number;
  readonly columns: number;
  /** Writes the column's numbers from row `first` on to `out`. */
  read(column: number, first: number, out: Float64Array): void;
}

/**
 * The triangle R of A = Q R without Q: its columns as the rows of a new matrix, each with as many numbers as there are
 * columns, or rows if they are fewer. Rows of A are taken in batches, each added below the triangle that the earlier ones
 * left, and eliminated by blocks of reflections. Needs 24 bytes per column and column.
 */
export function triangleOf(context: FitContext, tall: TallMatrix): Matrix {
  const { kernels } = context;
  const width = tall.columns;
  const capacity = Math.min(tall.rows, width + Math.max(LEAST_BATCH, 2 * width));
  const columns = allocateMatrix(kernels, width, capacity);
  let filled = 0;
  for (let row = 0; ;) {
    const batch = Math.min(tall.rows - row, capacity - filled);
    for (let j = 0; j < width; j++) tall.read(j, row, rowOf(kernels, columns, j).subarray(filled, filled + batch));
    row += batch;
    filled += batch;
    const used = part(columns, 0, 0, width, filled);
    if (row === tall.rows && filled <= width) return used;
    eliminate(context, used, row / tall.rows);
    filled = Math.min(width, filled);
  }
}

/** Reflects columns so that what is below the diagonal becomes 0. */
function eliminate(context: FitContext, columns: Matrix, progress: number): void {
  const { kernels } = context;
  const steps = Math.min(columns.rows, columns.columns);
  for (let start = 0; start < steps; start += BLOCK) {
    const width = Math.min(BLOCK, steps - start);
    const length = columns.columns - start;
    const block = part(columns, start, start, width, length);
    const mark = kernels.mark();
    const vectors = allocateMatrix(kernels, width, length);
    const factors = new Float64Array(width);
    for (let i = 0; i < width; i++) {
      const own = rowOf(kernels, block, i).subarray(i);
      const v = rowOf(kernels, vectors, i).subarray(i);
      v.set(own);
      const { factor, head } = makeSafeReflection(v);
      factors[i] = factor;
      own.fill(0);
      own[0] = head;
      const rest = part(block, i + 1, i, width - i - 1, length - i);
      const vectorAt = vectors.pointer + i * (vectors.rowStride + 8);
      kernels.run.reflectRows(vectorAt, length - i, factor, rest.pointer, rest.rowStride, rest.rows, 0);
    }
    const after = part(columns, start + width, start, columns.rows - start - width, length);
    if (after.rows > 0) reflectRowsByBlock(context, vectors, factors, after);
    kernels.release(mark);
    context.checkpoint(progress);
  }
}

export interface PivotedQr {
  /** The original numbers of the columns in their new order: the first `rank` are independent. */
  readonly order: readonly number[];
  readonly rank: number;
  /** Of the reflections: Q = H₀ H₁ …, H = I - factor v v'. */
  readonly factors: Float64Array;
}

/**
 * A P = Q R with column pivoting (Golub & Van Loan §5.4.2), in place: row k of `columns` becomes column k of R, up to its
 * number k; after it comes the vector v of reflection k without its first number, which is 1. Stops where what is left of
 * every column, orthogonal to those before, is not longer than `dependent`. Squares of numbers must not overflow. The
 * rows of `along` are reflected as well: they become Q' times what they were.
 */
export function pivotedQr(context: FitContext, columns: Matrix, dependent = 0, along?: Matrix): PivotedQr {
  const { kernels, team } = context;
  const { rows: count, columns: length } = columns;
  const order = Array.from({ length: count }, (_, j) => j);
  const steps = Math.min(count, length);
  const factors = new Float64Array(steps);
  const mark = kernels.mark();
  const vectorAt = kernels.allocate(8 * length);
  const restsAt = kernels.allocate(8 * count);
  const rests = kernels.f64(restsAt, count);
  for (let j = 0; j < count; j++) rests[j] = squaredLength(rowOf(kernels, columns, j));
  let rank = 0;
  for (; rank < steps; rank++) {
    let best = rank;
    for (let j = rank + 1; j < count; j++) if (rests[j] > rests[best]) best = j;
    if (!(Math.sqrt(rests[best]) > dependent)) break;
    if (best !== rank) {
      [order[rank], order[best]] = [order[best], order[rank]];
      const chosen = rowOf(kernels, columns, best).slice();
      rowOf(kernels, columns, best).set(rowOf(kernels, columns, rank));
      rowOf(kernels, columns, rank).set(chosen);
    }
    const own = rowOf(kernels, columns, rank).subarray(rank);
    const v = kernels.f64(vectorAt, length - rank);
    v.set(own);
    const { factor, head } = makeReflection(v);
    factors[rank] = factor;
    own.set(v);
    own[0] = head;
    const calls: number[][] = [];
    const reflect = (part_: Matrix, rests: number) => {
      for (let first = 0; first < part_.rows; first += COLUMNS_PER_CALL) {
        const rows = [part_.pointer + first * part_.rowStride, part_.rowStride];
        const present = Math.min(COLUMNS_PER_CALL, part_.rows - first);
        calls.push([vectorAt, length - rank, factor, ...rows, present, rests && rests + 8 * first]);
      }
    };
    reflect(part(columns, rank + 1, rank, count - rank - 1, length - rank), restsAt + 8 * (rank + 1));
    if (along) reflect(part(along, 0, rank, along.rows, length - rank), 0);
    team.run('reflectRows', calls);
    context.checkpoint(rank / steps);
  }
  kernels.release(mark);
  return { order, rank, factors };
}

/** Multiplies each row, a vector as long as the columns, by Q: x := H₀ H₁ … x. */
export function multiplyByQ(context: FitContext, columns: Matrix, { rank, factors }: PivotedQr, vectors: Matrix): void {
  const { kernels } = context;
  const mark = kernels.mark();
  // A row times … H₁ H₀ is H₀ H₁ … times the column. Blocks from the last to the first.
  const block = allocateMatrix(kernels, BLOCK, columns.columns);
  for (let start = BLOCK * Math.floor(Math.max(0, rank - 1) / BLOCK); start >= 0; start -= BLOCK) {
    const width = Math.min(BLOCK, rank - start);
    if (width <= 0) break;
    const length = columns.columns - start;
    const own = part(block, 0, 0, width, length);
    for (let i = 0; i < width; i++) {
      const row = rowOf(kernels, own, i);
      row.fill(0);
      row.set(rowOf(kernels, columns, start + i).subarray(start + i), i);
      row[i] = 1;
    }
    const rest = part(vectors, 0, start, vectors.rows, length);
    reflectRowsByBlock(context, own, factors.subarray(start, start + width), rest, true);
  }
  kernels.release(mark);
}
