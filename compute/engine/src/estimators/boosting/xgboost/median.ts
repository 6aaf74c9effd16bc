/** Medians as xgboost computes them for reg:absoluteerror. */

/**
 * The median of values: between the two in the middle if there is none. With weights, the least value up to which half
 * of all weight lies. 0 if there are no values.
 */
export function median(values: ArrayLike<number>, weights?: ArrayLike<number>): number {
  const count = values.length;
  if (count === 0) return 0;
  if (weights) return weightedMedian(values, weights);
  const sorted = Float32Array.from(values).sort();
  const middle = (count - 1) >> 1;
  if (count % 2 === 1) return sorted[middle];
  const below = sorted[middle];
  return Math.fround(below + 0.5 * Math.fround(sorted[middle + 1] - below));
}

function weightedMedian(values: ArrayLike<number>, weights: ArrayLike<number>): number {
  const order = Uint32Array.from({ length: values.length }, (_, index) => index).sort((a, b) => values[a] - values[b]);
  const sums = new Float32Array(order.length);
  let sum = 0;
  order.forEach((index, place) => {
    sums[place] = sum = Math.fround(sum + weights[index]);
  });
  const half = Math.fround(sum * 0.5);
  const place = sums.findIndex((upTo) => upTo >= half);
  return values[order[place < 0 ? order.length - 1 : place]];
}
