/** Percentiles, as numpy and scikit-learn define them. */

/** `numpy.percentile(values, 100 * part)`: between neighbours, linear. */
export function percentile(values: ArrayLike<number>, part: number): number {
  const sorted = Float64Array.from(values).sort();
  const place = part * (sorted.length - 1);
  const below = Math.floor(place);
  const a = sorted[below];
  const b = sorted[Math.min(below + 1, sorted.length - 1)];
  const rest = place - below;
  return rest >= 0.5 ? b - (b - a) * (1 - rest) : a + (b - a) * rest;
}

/** The least value up to which lies at least the part `part` of all weights. Sorts `values` if all weigh 1. */
export function weightedPercentile(values: Float64Array, weights: Float64Array | undefined, part: number): number {
  if (!weights) {
    const goal = part * values.length;
    values.sort();
    return values[Math.min(values.length, Math.max(1, Math.ceil(goal))) - 1];
  }
  const order = Uint32Array.from(values.keys()).sort((a, b) => values[a] - values[b]);
  const all = order.reduce((sum, index) => sum + weights[index], 0);
  const goal = part * all || Number.MIN_VALUE;
  let sum = 0;
  for (const index of order) {
    sum += weights[index];
    if (sum >= goal) return values[index];
  }
  return values[order[order.length - 1]];
}
