/** Products of dense matrices: C = A B, with transposed factors (`transposed`) as A' B, A B', and A A'. */
import type { FitContext } from '../estimator.js';
import { type Matrix, mirrorLower, transposed } from './matrix.js';

/** C is computed by tiles of this size, each by one call. They do not depend on threads, and neither does any sum. */
const TILE_ROWS = 128;
const TILE_COLUMNS = 256;

/** The inner dimension is taken in parts of this, so that no call takes more than some 20 milliseconds. */
const DEPTH = 4096;

/** Bytes of working memory that a call needs: its tile's part of A and B, as assembly/algebra/product.ts packs them. */
function scratchBytes(rows: number, columns: number, depth: number): number {
  const upToFour = (count: number) => 4 * Math.ceil(count / 4);
  const lines = upToFour(Math.min(TILE_ROWS, rows)) + upToFour(Math.min(TILE_COLUMNS, columns));
  return 8 * (lines * Math.min(256, upToFour(depth)) + 16);
}

export interface ProductOptions {
  /** C = scale * A B; 1 unless given. */
  readonly scale?: number;
  /** Whether the product is added to what C holds. */
  readonly add?: boolean;
  /** Whether tiles that lie above the diagonal of C are left as they are. */
  readonly lower?: boolean;
  /** Whether A is known to be 0 below its diagonal, so that half of the work can be left out. */
  readonly upperFactor?: boolean;
}

/**
 * C = scale * A B (m × k times k × n), on all threads. C must not overlap A or B, and its numbers must stand side by side
 * in rows or in columns. Every number is summed in the same order whatever the threads.
 */
export function multiply(context: FitContext, a: Matrix, b: Matrix, c: Matrix, options: ProductOptions = {}): void {
  const { scale = 1, add = false, lower = false, upperFactor = false } = options;
  if (a.columns !== b.rows || a.rows !== c.rows || b.columns !== c.columns)
    throw new RangeError(`${a.rows} × ${a.columns} times ${b.rows} × ${b.columns} is not ${c.rows} × ${c.columns}`);
  if (c.columnStride !== 8) {
    if (lower || upperFactor) throw new RangeError('triangles are known of matrices by rows only');
    multiply(context, transposed(b), transposed(a), transposed(c), options);
    return;
  }
  const { kernels, team, checkpoint } = context;
  const mark = kernels.mark();
  const roomOfCall = scratchBytes(c.rows, c.columns, a.columns);
  const scratch = kernels.allocate(roomOfCall * team.size);
  // Narrower where the diagonal cuts tiles.
  const tileColumns = lower ? TILE_ROWS : TILE_COLUMNS;
  for (let start = 0; start < a.columns || start === 0; start += DEPTH) {
    const end = Math.min(a.columns, start + DEPTH);
    const calls: number[][] = [];
    const run = () => {
      team.run('multiplyTile', calls.splice(0));
      checkpoint(start / a.columns || 0);
    };
    for (let i = 0; i < c.rows; i += TILE_ROWS)
      for (let j = 0; j < c.columns; j += tileColumns) {
        const rows = Math.min(TILE_ROWS, c.rows - i);
        if (lower && j >= i + rows) continue;
        const columns = Math.min(tileColumns, c.columns - j);
        const from = upperFactor ? Math.min(end, Math.max(start, i)) : start;
        const depth = end - from;
        const factorA = [a.pointer + i * a.rowStride + from * a.columnStride, a.rowStride, a.columnStride];
        const factorB = [b.pointer + from * b.rowStride + j * b.columnStride, b.rowStride, b.columnStride];
        const result = [c.pointer + i * c.rowStride + 8 * j, c.rowStride, scale, add || start > 0 ? 1 : 0];
        const room = scratch + roomOfCall * calls.length;
        calls.push([rows, columns, depth, ...factorA, ...factorB, ...result, room]);
        if (calls.length === team.size) run();
      }
    if (calls.length > 0) run();
  }
  kernels.release(mark);
}

/** C = scale * A A', both triangles; for A' A give the transposed A. `upperFactor` as of a product. */
export function multiplyByTransposed(
  context: FitContext,
  a: Matrix,
  c: Matrix,
  { scale = 1, upperFactor = false }: Pick<ProductOptions, 'scale' | 'upperFactor'> = {},
): void {
  multiply(context, a, transposed(a), c, { scale, lower: true, upperFactor });
  mirrorLower(context.kernels, c);
}
