/** Symmetric matrices as Q T Q' with T tridiagonal. */
import type { FitContext } from '../estimator.js';
import { makeReflection, reflectRowsByBlock } from './householder.js';
import { allocateMatrix, type Matrix, part, rowOf, transposed } from './matrix.js';
import { multiply } from './product.js';

/** Reflections that are put on the rest of the matrix together. */
const BLOCK = 32;

/** Rows of a matrix that one call multiplies with a vector. */
const ROWS_PER_CALL = 128;

export interface Tridiagonal {
  readonly diagonal: Float64Array;
  /** Element i stands between the diagonal elements i and i + 1. */
  readonly beside: Float64Array;
  /** Of the reflections I - factor v v' whose product is Q; `rotateBack` takes them. */
  readonly factors: Float64Array;
}

/**
 * Householder's reduction in blocks (Dongarra, Sorensen & Hammarling, "Block reduction of matrices to condensed forms for
 * eigenvalue computations", 1989). Overwrites the matrix, of which both triangles must be there: right of the diagonal it then
 * holds the vectors v.
 */
export function tridiagonalize(context: FitContext, matrix: Matrix): Tridiagonal {
  const { kernels, team } = context;
  const size = matrix.rows;
  const diagonal = new Float64Array(size);
  const beside = new Float64Array(Math.max(0, size - 1));
  const factors = new Float64Array(size);
  const mark = kernels.mark();
  // Rows of vectors v, of w, and of v again, so that V'W + W'V is one product. They have 0 where they have not begun.
  const panel = allocateMatrix(kernels, 3 * BLOCK, size);
  const dots = kernels.allocate(8 * BLOCK);
  const factorsAt = kernels.allocate(8 * BLOCK);
  const vector = kernels.allocate(8 * size);
  const image = kernels.allocate(8 * size);
  for (let start = 0; start < size; start += BLOCK) {
    const width = Math.min(BLOCK, size - start);
    kernels.u8(panel.pointer, 3 * BLOCK * panel.rowStride).fill(0);
    for (let i = 0; i < width; i++) {
      const row = start + i;
      const vs = part(panel, 0, row, i, size - row);
      const ws = part(panel, BLOCK, row, i, size - row);
      // This row of the matrix as the reflections of the block so far have left it.
      const own = kernels.f64(matrix.pointer + row * (matrix.rowStride + 8), size - row);
      combine(context, vs, firstColumn(context, ws), factorsAt, matrix.pointer + row * (matrix.rowStride + 8));
      combine(context, ws, firstColumn(context, vs), factorsAt, matrix.pointer + row * (matrix.rowStride + 8));
      diagonal[row] = own[0]!;
      if (row === size - 1) break;
      const length = size - row - 1;
      const v = rowOf(kernels, part(panel, i, row + 1, 1, length), 0);
      v.set(own.subarray(1));
      const { factor, head } = makeReflection(v);
      factors[row] = factor;
      beside[row] = head;
      // w = factor (A v - V'(W v) - W'(V v)), then less half of factor (w·v) v.
      const pointer = panel.pointer + i * panel.rowStride + 8 * (row + 1);
      kernels.f64(vector, length).set(v);
      const rest = part(matrix, row + 1, row + 1, length, length);
      const calls: number[][] = [];
      for (let first = 0; first < length; first += ROWS_PER_CALL) {
        const rows = Math.min(ROWS_PER_CALL, length - first);
        calls.push([rest.pointer + first * rest.rowStride, rest.rowStride, rows, length, vector, image + 8 * first]);
      }
      if (factor !== 0) team.run('matrixVector', calls);
      else kernels.f64(image, length).fill(0);
      if (i > 0) {
        const earlierVs = part(panel, 0, row + 1, i, length);
        const earlierWs = part(panel, BLOCK, row + 1, i, length);
        for (const [one, other] of [
          [earlierWs, earlierVs],
          [earlierVs, earlierWs],
        ]) {
          kernels.run.matrixVector(one.pointer, one.rowStride, i, length, pointer, dots);
          combine(context, other, kernels.f64(dots, i), factorsAt, image);
        }
      }
      const w = rowOf(kernels, part(panel, BLOCK + i, row + 1, 1, length), 0);
      w.set(kernels.f64(image, length));
      let inner = 0;
      for (let k = 0; k < length; k++) inner += w[k] * v[k];
      const half = (factor * factor * inner) / 2;
      for (let k = 0; k < length; k++) w[k] = factor * w[k] - half * v[k];
      if (i % 4 === 3) context.checkpoint(row / size);
      own[1] = head;
      own.subarray(1).set(v);
    }
    context.checkpoint(start / size);
    const next = start + width;
    if (next >= size) break;
    for (let i = 0; i < width; i++) rowOf(kernels, panel, 2 * BLOCK + i).set(rowOf(kernels, panel, i));
    const left = part(panel, 0, next, 2 * BLOCK, size - next);
    const right = part(panel, BLOCK, next, 2 * BLOCK, size - next);
    multiply(context, transposed(left), right, part(matrix, next, next, size - next, size - next), {
      scale: -1,
      add: true,
    });
  }
  kernels.release(mark);
  return { diagonal, beside, factors };
}

/** out := out - the rows of `matrix` times `factors`. */
function combine({ kernels }: FitContext, matrix: Matrix, factors: Float64Array, factorsAt: number, out: number): void {
  if (matrix.rows === 0) return;
  const negated = kernels.f64(factorsAt, matrix.rows);
  for (let i = 0; i < matrix.rows; i++) negated[i] = -factors[i];
  kernels.run.addRows(matrix.pointer, matrix.rowStride, matrix.rows, matrix.columns, factorsAt, out);
}

function firstColumn({ kernels }: FitContext, matrix: Matrix): Float64Array {
  return Float64Array.from({ length: matrix.rows }, (_, i) => rowOf(kernels, matrix, i)[0]);
}

/**
 * Multiplies rows by Q' = … H₁ H₀, from what `tridiagonalize` left in the matrix: rows that are eigenvectors of T become
 * eigenvectors of the matrix that was reduced.
 */
export function rotateBack(context: FitContext, matrix: Matrix, factors: Float64Array, rows: Matrix): void {
  const { kernels } = context;
  const size = matrix.rows;
  const mark = kernels.mark();
  const vectors = allocateMatrix(kernels, BLOCK, size);
  for (let start = BLOCK * Math.floor(Math.max(0, size - 2) / BLOCK); start >= 0; start -= BLOCK) {
    const width = Math.min(BLOCK, size - 1 - start);
    if (width <= 0) continue;
    const length = size - start - 1;
    const v = part(vectors, 0, 0, width, length);
    for (let i = 0; i < width; i++) {
      const row = rowOf(kernels, v, i);
      row.fill(0);
      row.set(rowOf(kernels, matrix, start + i).subarray(start + i + 1), i);
    }
    const rest = part(rows, 0, start + 1, rows.rows, length);
    reflectRowsByBlock(context, v, factors.subarray(start, start + width), rest, true);
  }
  kernels.release(mark);
}
