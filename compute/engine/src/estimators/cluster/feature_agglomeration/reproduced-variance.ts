import { mean } from '../../../algebra/columns.js';
import type { FitContext } from '../../../estimator.js';

/**
 * The share of the features' total variance that is left when each feature is replaced by the mean of its group: the sum
 * over groups of the variance of the mean, as often as the group has features. 1 where nothing varies.
 */
export function reproducedVariance(
  columns: readonly Float32Array[],
  labels: Int32Array,
  groups: number,
  { checkpoint }: FitContext,
): number {
  const rows = columns[0].length;
  let [total, kept] = [0, 0];
  for (let group = 0; group < groups; group++) {
    checkpoint(1);
    const members = columns.filter((_, feature) => labels[feature] === group);
    const sums = new Float64Array(rows);
    for (const column of members) {
      const center = mean(column);
      for (let row = 0; row < rows; row++) {
        const value = column[row] - center;
        sums[row] += value;
        total += value * value;
      }
    }
    let squares = 0;
    for (let row = 0; row < rows; row++) squares += sums[row] * sums[row];
    kept += squares / members.length;
  }
  return total > 0 ? Math.min(1, kept / total) : 1;
}
