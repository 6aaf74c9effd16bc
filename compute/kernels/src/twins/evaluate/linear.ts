/** Linear scores: intercept + sum of weight * value, features in order. `weights` is outputs × features. */
export function linearScores(
  weights: Float64Array,
  intercepts: Float64Array,
  rows: readonly Float32Array[],
): Float64Array[] {
  return rows.map((row) =>
    intercepts.map((intercept, output) =>
      row.reduce((sum, value, feature) => sum + weights[output * row.length + feature] * value, intercept),
    ),
  );
}
