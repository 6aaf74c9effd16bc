import { mean } from '../../../algebra/columns.js';
import type { FitContext } from '../../../estimator.js';

/**
 * The share of the features' total variance that is left when each feature is replaced by the mean of its group: 1 less
 * the variance of what that leaves out, over the variance of the features. 1 where nothing varies.
 */
export function reproducedVariance(
  columns: readonly Float32Array[],
  labels: Int32Array,
  groups: number,
  { checkpoint }: FitContext,
): number {
  const rows = columns[0].length;
  const centers = columns.map((column) => mean(column));
  let [total, lost] = [0, 0];
  for (let group = 0; group < groups; group++) {
    checkpoint(1);
    const members = [...labels.keys()].filter((feature) => labels[feature] === group);
    const pooled = new Float64Array(rows);
    for (const feature of members) {
      const [column, center, share] = [columns[feature], centers[feature], 1 / members.length];
      for (let row = 0; row < rows; row++) pooled[row] += share * (column[row] - center);
    }
    for (const feature of members) {
      const [column, center] = [columns[feature], centers[feature]];
      let [variance, missed] = [0, 0];
      for (let row = 0; row < rows; row++) {
        const value = column[row] - center;
        variance += value * value;
        missed += (value - pooled[row]) * (value - pooled[row]);
      }
      total += variance;
      lost += missed;
    }
  }
  return total > 0 ? 1 - lost / total : 1;
}
