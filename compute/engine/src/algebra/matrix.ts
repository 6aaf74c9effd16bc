/**
 * Dense matrices of f64 in kernel memory, for problems too large for loops in JavaScript. A matrix is a description of
 * memory: parts and the transposed matrix are other descriptions of the same numbers. `placeMatrix` and `numbersOf` copy
 * from and to ordinary arrays. What is allocated is released with `kernels.mark` and `kernels.release`, as all of a fit is.
 */
import type { Kernels } from '@pgml/kernels';

export interface Matrix {
  readonly rows: number;
  readonly columns: number;
  /** Address of the first number. */
  readonly pointer: number;
  /** Bytes from a number to the one below it. */
  readonly rowStride: number;
  /** Bytes from a number to the one beside it. */
  readonly columnStride: number;
}

/** A matrix of zeros, by rows. Rows start at multiples of 16 bytes. */
export function allocateMatrix(kernels: Kernels, rows: number, columns: number): Matrix {
  const rowStride = 16 * Math.ceil(columns / 2);
  return { rows, columns, pointer: kernels.allocate(rows * rowStride), rowStride, columnStride: 8 };
}

/** A copy of numbers that stand row by row. */
export function placeMatrix(kernels: Kernels, numbers: ArrayLike<number>, rows: number, columns: number): Matrix {
  const matrix = allocateMatrix(kernels, rows, columns);
  for (let i = 0; i < rows; i++) {
    const row = rowOf(kernels, matrix, i);
    for (let j = 0; j < columns; j++) row[j] = numbers[i * columns + j];
  }
  return matrix;
}

/** The numbers row by row, copied. */
export function numbersOf(kernels: Kernels, matrix: Matrix): Float64Array {
  const numbers = new Float64Array(matrix.rows * matrix.columns);
  if (matrix.columnStride === 8) {
    for (let i = 0; i < matrix.rows; i++) numbers.set(rowOf(kernels, matrix, i), i * matrix.columns);
    return numbers;
  }
  for (let j = 0; j < matrix.columns; j++) {
    const column = rowOf(kernels, transposed(matrix), j);
    for (let i = 0; i < matrix.rows; i++) numbers[i * matrix.columns + j] = column[i]!;
  }
  return numbers;
}

/** A view of one row of a matrix that stands row by row. */
export function rowOf(kernels: Kernels, { columns, pointer, rowStride, columnStride }: Matrix, row: number) {
  if (columnStride !== 8) throw new RangeError('the numbers of a row do not stand side by side');
  return kernels.f64(pointer + row * rowStride, columns);
}

export const transposed = ({ rows, columns, pointer, rowStride, columnStride }: Matrix): Matrix => ({
  rows: columns,
  columns: rows,
  pointer,
  rowStride: columnStride,
  columnStride: rowStride,
});

/** The part from (row, column) on. */
export function part(matrix: Matrix, row: number, column: number, rows: number, columns: number): Matrix {
  const pointer = matrix.pointer + row * matrix.rowStride + column * matrix.columnStride;
  return { ...matrix, rows, columns, pointer };
}

/** Makes the upper triangle the mirror image of the lower one. */
export function mirrorLower(kernels: Kernels, matrix: Matrix): void {
  const rows = Array.from({ length: matrix.rows }, (_, i) => rowOf(kernels, matrix, i));
  // By blocks, which stay in the cache.
  for (let block = 0; block < rows.length; block += 32)
    for (let i = block; i < rows.length; i++) {
      const row = rows[i];
      for (let j = block; j < Math.min(block + 32, i); j++) rows[j][i] = row[j]!;
    }
}
