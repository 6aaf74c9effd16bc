/** (x - shift) * factor for the rows of a column; all factors are 1 where none are given. */
const valueAt = (column: Float32Array, row: number, shift: number, factors?: Float64Array): number =>
  (column[row] - shift) * (factors ? factors[row] : 1);

export function columnDot(column: Float32Array, shift: number, vector: Float64Array, factors?: Float64Array): number {
  return vector.reduce((sum, value, row) => sum + valueAt(column, row, shift, factors) * value, 0);
}

/** vector + step * column. */
export function columnAdd(
  column: Float32Array,
  shift: number,
  step: number,
  vector: Float64Array,
  factors?: Float64Array,
): Float64Array {
  return vector.map((value, row) => value + step * valueAt(column, row, shift, factors));
}

/** The sums of x - shift and of its square. */
export function columnSums(column: Float32Array, shift: number): Float64Array {
  const values = Float64Array.from(column, (value) => value - shift);
  const sum = values.reduce((total, value) => total + value, 0);
  return Float64Array.of(
    sum,
    values.reduce((total, value) => total + value * value, 0),
  );
}
