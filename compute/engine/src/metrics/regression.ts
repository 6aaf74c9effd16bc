/** Metrics of regression as scikit-learn defines them, in float64. */

export interface RegressionMetrics {
  /** Coefficient of determination; for a constant truth 1 if it is met exactly, otherwise 0; null below two rows. */
  readonly r2: number | null;
  readonly mean_absolute_error: number | null;
  readonly mean_squared_error: number | null;
}

/** sklearn.metrics.r2_score, mean_absolute_error and mean_squared_error. Without rows all are null. */
export function regressionMetrics(truth: ArrayLike<number>, predicted: ArrayLike<number>): RegressionMetrics {
  const rows = truth.length;
  if (rows === 0) return { r2: null, mean_absolute_error: null, mean_squared_error: null };
  let sum = 0;
  for (let row = 0; row < rows; row++) sum += truth[row];
  const mean = sum / rows;
  let absolute = 0;
  let residual = 0;
  let total = 0;
  for (let row = 0; row < rows; row++) {
    const error = truth[row] - predicted[row];
    absolute += Math.abs(error);
    residual += error * error;
    total += (truth[row] - mean) ** 2;
  }
  const constant = residual === 0 ? 1 : 0;
  return {
    r2: rows < 2 ? null : total === 0 ? constant : 1 - residual / total,
    mean_absolute_error: absolute / rows,
    mean_squared_error: residual / rows,
  };
}
