/** What a linear model misses of each row's target. */
export function linearResiduals(
  columns: readonly Float32Array[],
  weights: Float64Array,
  intercept: number,
  target: Float32Array,
): Float64Array {
  return Float64Array.from(target, (value, row) =>
    columns.reduce((missed, column, feature) => missed - weights[feature] * column[row], value - intercept),
  );
}
