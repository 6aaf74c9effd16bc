/** The Cholesky factorization of large matrices in kernel memory; for small ones in ordinary arrays see cholesky.ts. */
import { log } from '@pgml/kernels';
import type { FitContext } from '../estimator.js';
import { allocateMatrix, type Matrix, part, rowOf, transposed } from './matrix.js';
import { multiply, multiplyByTransposed } from './product.js';

/** Rows and columns that are factored by one call; all else are products. */
const BLOCK = 64;

/** Right sides that one call solves for. */
const RIGHT_SIDES = 128;

/** A positive definite matrix as L L'. It lies in kernel memory and is gone when that is released. */
export class BlockedCholesky {
  readonly #context: FitContext;
  readonly #lower: Matrix;

  private constructor(context: FitContext, lower: Matrix) {
    this.#context = context;
    this.#lower = lower;
  }

  /**
   * Factors a symmetric matrix in place: its lower triangle, which alone is read, becomes L; what stands above it is
   * undefined from then on. Undefined when a pivot is not above `tolerance` times its diagonal element.
   */
  static factor(context: FitContext, matrix: Matrix, tolerance = 0): BlockedCholesky | undefined {
    const { kernels } = context;
    const size = matrix.rows;
    const mark = kernels.mark();
    const diagonal = kernels.allocate(8 * size);
    for (let i = 0; i < size; i++) kernels.f64(diagonal, size)[i] = rowOf(kernels, matrix, i)[i]!;
    let done = 0;
    for (let start = 0; start < size; start += BLOCK) {
      const width = Math.min(BLOCK, size - start);
      const rest = size - start;
      // What the columns before this block have done to it (the left-looking form).
      if (start > 0) {
        const before = part(matrix, start, 0, rest, start);
        const own = transposed(part(matrix, start, 0, width, start));
        multiply(context, before, own, part(matrix, start, start, rest, width), { scale: -1, add: true });
      }
      const block = part(matrix, start, start, width, width);
      const arguments_ = [block.pointer, block.rowStride, width, diagonal + 8 * start, tolerance];
      const factored = kernels.run.factorLower(...arguments_) as number;
      done += factored;
      if (factored < width) break;
      solveRows(context, 'solveLowerRows', block, part(matrix, start + width, start, rest - width, width));
      context.checkpoint(start / size);
    }
    kernels.release(mark);
    return done === size ? new BlockedCholesky(context, matrix) : undefined;
  }

  get size(): number {
    return this.#lower.rows;
  }

  /** log |A|. */
  logDeterminant(): number {
    let sum = 0;
    for (let i = 0; i < this.size; i++) sum += log(rowOf(this.#context.kernels, this.#lower, i)[i]);
    return 2 * sum;
  }

  /** Solves A x = b in place for every row b. */
  solveRows(rightSides: Matrix): void {
    this.solveLowerRows(rightSides);
    this.solveUpperRows(rightSides);
  }

  /** Solves L x = b in place for every row b. */
  solveLowerRows(rightSides: Matrix): void {
    for (let start = 0; start < this.size; start += BLOCK) this.#solveLowerBlock(rightSides, start);
  }

  /** `upperFactor`: row i of the right sides starts with i zeros. */
  #solveLowerBlock(rightSides: Matrix, start: number, upperFactor = false): void {
    const width = Math.min(BLOCK, this.size - start);
    const own = part(rightSides, 0, start, rightSides.rows, width);
    if (start > 0) {
      const before = part(rightSides, 0, 0, rightSides.rows, start);
      const rows = part(this.#lower, start, 0, width, start);
      multiply(this.#context, before, transposed(rows), own, { scale: -1, add: true, upperFactor });
    }
    solveRows(this.#context, 'solveLowerRows', part(this.#lower, start, start, width, width), own);
  }

  /** Solves L' x = b in place for every row b. */
  solveUpperRows(rightSides: Matrix): void {
    const count = rightSides.rows;
    for (let start = BLOCK * Math.floor((this.size - 1) / BLOCK); start >= 0; start -= BLOCK) {
      const width = Math.min(BLOCK, this.size - start);
      const own = part(rightSides, 0, start, count, width);
      solveRows(this.#context, 'solveUpperRows', part(this.#lower, start, start, width, width), own);
      if (start === 0) return;
      const rows = part(this.#lower, start, 0, width, start);
      multiply(this.#context, own, rows, part(rightSides, 0, 0, count, start), { scale: -1, add: true });
    }
  }

  /** A⁻¹, both triangles, in new kernel memory. */
  inverse(): Matrix {
    const { kernels } = this.#context;
    const inverse = allocateMatrix(kernels, this.size, this.size);
    const mark = kernels.mark();
    // The rows of L'⁻¹: row i is the solution for the unit vector i, and starts with i zeros.
    const rows = allocateMatrix(kernels, this.size, this.size);
    for (let i = 0; i < this.size; i++) rowOf(kernels, rows, i)[i] = 1;
    for (let start = 0; start < this.size; start += BLOCK)
      this.#solveLowerBlock(part(rows, 0, 0, Math.min(this.size, start + BLOCK), this.size), start, true);
    multiplyByTransposed(this.#context, rows, inverse, { upperFactor: true });
    kernels.release(mark);
    return inverse;
  }
}

/** Solves with one block of L for every row of `rows`, on all threads. */
function solveRows(
  context: FitContext,
  kernel: 'solveLowerRows' | 'solveUpperRows',
  block: Matrix,
  rows: Matrix,
): void {
  if (rows.columnStride !== 8) throw new RangeError('right sides must be rows whose numbers stand side by side');
  const calls: number[][] = [];
  for (let first = 0; first < rows.rows; first += RIGHT_SIDES) {
    const count = Math.min(RIGHT_SIDES, rows.rows - first);
    const own = [rows.pointer + first * rows.rowStride, rows.rowStride, count];
    calls.push([block.pointer, block.rowStride, block.rows, ...own]);
  }
  context.team.run(kernel, calls);
}
