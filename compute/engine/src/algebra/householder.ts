/**
 * Householder reflections H = I - 2 v v' / v'v (Golub & Van Loan, Matrix Computations, §5.1) on matrices held as a list
 * of columns.
 */
export interface Reflection {
  /** The first element that is not left alone. */
  readonly start: number;
  /** v from `start` on. */
  readonly vector: Float64Array;
  /** 2 / v'v, or 0 for the identity. v is about as long as 1, so that neither overflows. */
  readonly factor: number;
}

/** The reflection that makes column[start + 1 … end - 1] zero; column[start] becomes its length, up to the sign. */
export function reflectionOf(column: Float64Array, start: number, end: number): Reflection {
  const vector = column.slice(start, end);
  const length = norm(vector);
  if (length === 0) return { start, vector, factor: 0 };
  for (let i = 0; i < vector.length; i++) vector[i] /= length;
  // The sign for which nothing cancels.
  vector[0] += vector[0] < 0 ? -1 : 1;
  return { start, vector, factor: 1 / Math.abs(vector[0]) };
}

/** column := H column. */
export function reflect({ start, vector, factor }: Reflection, column: Float64Array): void {
  if (factor === 0) return;
  let dot = 0;
  for (let i = 0; i < vector.length; i++) dot += vector[i] * column[start + i];
  const step = dot * factor;
  for (let i = 0; i < vector.length; i++) column[start + i] -= step * vector[i];
}

/** The Euclidean length of column[start …], without overflow or underflow on the way. */
export function norm(column: Float64Array, start = 0): number {
  let largest = 0;
  for (let i = start; i < column.length; i++) largest = Math.max(largest, Math.abs(column[i]));
  if (largest === 0) return 0;
  let sum = 0;
  for (let i = start; i < column.length; i++) sum += (column[i] / largest) ** 2;
  return largest * Math.sqrt(sum);
}
