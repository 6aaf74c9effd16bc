/** Plain matrices for the tests of dense algebra, row by row in arrays, and the obvious product. */
import { RandomState } from '@pgml/kernels';

export interface PlainMatrix {
  readonly rows: number;
  readonly columns: number;
  readonly numbers: Float64Array;
}

export function plainMatrix(
  rows: number,
  columns: number,
  value: (row: number, column: number) => number,
): PlainMatrix {
  const numbers = Float64Array.from({ length: rows * columns }, (_, i) => value(Math.floor(i / columns), i % columns));
  return { rows, columns, numbers };
}

export function randomMatrix(seed: number, rows: number, columns: number): PlainMatrix {
  const random = new RandomState(seed);
  return plainMatrix(rows, columns, () => random.normal());
}

export const plainTransposed = ({ rows, columns, numbers }: PlainMatrix): PlainMatrix =>
  plainMatrix(columns, rows, (i, j) => numbers[j * columns + i]);

export function plainProduct(a: PlainMatrix, b: PlainMatrix): PlainMatrix {
  const out = new Float64Array(a.rows * b.columns);
  for (let i = 0; i < a.rows; i++)
    for (let k = 0; k < a.columns; k++) {
      const factor = a.numbers[i * a.columns + k];
      for (let j = 0; j < b.columns; j++) out[i * b.columns + j] += factor * b.numbers[k * b.columns + j];
    }
  return { rows: a.rows, columns: b.columns, numbers: out };
}

/** 1 / (i + j + 1): symmetric, positive definite, and nearly singular from a size of about 12. */
export const hilbert = (size: number): PlainMatrix => plainMatrix(size, size, (i, j) => 1 / (i + j + 1));

/** The largest absolute difference, relative to the largest number of b. */
export function distance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let largest = 0;
  let difference = 0;
  for (let i = 0; i < b.length; i++) {
    largest = Math.max(largest, Math.abs(b[i]));
    // NaN must not pass for a small difference.
    difference = Math.abs(a[i] - b[i]) <= difference ? difference : Math.abs(a[i] - b[i]);
  }
  return difference / (largest || 1);
}

/** How far the rows of a matrix are from orthogonal unit vectors. */
export function orthogonality(a: PlainMatrix): number {
  const products = plainProduct(a, plainTransposed(a));
  return distance(products.numbers, plainMatrix(a.rows, a.rows, (i, j) => (i === j ? 1 : 0)).numbers);
}
