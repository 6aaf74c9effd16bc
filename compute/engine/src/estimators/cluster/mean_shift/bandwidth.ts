/** What a bandwidth is chosen to be, as scikit-learn's estimate_bandwidth does with its defaults. */
import type { FitContext } from '../../../estimator.js';

const QUANTILE = 0.3;

/** The mean over the rows (f32[rows][features]) of the distance to the last of the nearest 30 %, itself counted. */
export function estimateBandwidth(values: Float32Array, features: number, { checkpoint }: FitContext): number {
  const rows = values.length / features;
  const neighbours = Math.max(1, Math.floor(rows * QUANTILE));
  const squared = new Float64Array(rows);
  let sum = 0;
  for (let row = 0; row < rows; row++) {
    if (row % 64 === 0) checkpoint((0.2 * row) / rows, 'estimating the bandwidth');
    for (let other = 0; other < rows; other++) {
      let total = 0;
      for (let a = row * features, b = other * features, end = a + features; a < end; a++, b++) {
        const difference = values[a] - values[b];
        total += difference * difference;
      }
      squared[other] = total;
    }
    sum += Math.sqrt(kthSmallest(squared, neighbours - 1));
  }
  return sum / rows;
}

/** The element that would be at index `k` if the values were sorted; reorders them (Hoare's selection). */
function kthSmallest(values: Float64Array, k: number): number {
  let low = 0;
  let high = values.length - 1;
  while (low < high) {
    const pivot = values[(low + high) >>> 1];
    let i = low;
    let j = high;
    while (i <= j) {
      while (values[i] < pivot) i++;
      while (values[j] > pivot) j--;
      if (i > j) break;
      const swapped = values[i];
      values[i++] = values[j]!;
      values[j--] = swapped;
    }
    if (k <= j) high = j;
    else if (k >= i) low = i;
    else break;
  }
  return values[k];
}
