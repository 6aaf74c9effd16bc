import type { TrainingData } from '../estimator.js';

/** What each row counts, 8 bytes a row. */
export function weightsOfRows({ rows, weights }: TrainingData): Float64Array {
  return weights ? Float64Array.from(weights) : new Float64Array(rows).fill(1);
}

/** Rows that count. */
export function countingRows(weights: Float64Array): Int32Array {
  return Int32Array.from(weights.keys()).filter((row) => weights[row] > 0);
}
