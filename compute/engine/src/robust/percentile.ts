/** Percentiles as numpy and scikit-learn compute them. */

/** `numpy.percentile` of ascending values, interpolated linearly. */
export function percentile(sorted: Float64Array, percent: number): number {
  return interpolate(sorted, (sorted.length - 1) * (percent / 100));
}

/** Between the values at floor and ceiling of a position; from the upper one in the upper half, as numpy does. */
function interpolate(sorted: ArrayLike<number>, position: number, part = position - Math.floor(position)): number {
  const low = Math.floor(position);
  const below = sorted[low];
  const above = sorted[Math.min(sorted.length - 1, low + 1)];
  if (part === 0 || below === above) return below;
  const difference = above - below;
  return part >= 0.5 ? above - difference * (1 - part) : below + difference * part;
}

/** `numpy.percentile(…, method="midpoint")` of ascending values: half way between the two neighbours. */
export function midpointPercentile(sorted: ArrayLike<number>, percent: number): number {
  const position = (sorted.length - 1) * (percent / 100);
  return interpolate(sorted, position, Number.isInteger(position) ? 0 : 0.5);
}

/**
 * The smallest value up to which the weights make up `percent` of all weight (a lower weighted percentile), as
 * scikit-learn computes it. Sorts `values` if all weigh 1 (no weights).
 */
export function weightedPercentile(values: Float64Array, weights: Float64Array | undefined, percent: number): number {
  const part = percent / 100;
  if (!weights) return values.sort()[Math.max(1, Math.ceil(part * values.length)) - 1];
  const order = Uint32Array.from(values.keys()).sort((a, b) => values[a] - values[b]);
  let total = 0;
  const sums = Float64Array.from(order, (index) => (total += weights[index]));
  const wanted = part * total;
  // Of 0, the first value that weighs anything.
  const found = sums.findIndex((sum) => (wanted === 0 ? sum > 0 : sum >= wanted));
  return values[order[found < 0 ? order.length - 1 : found]];
}
