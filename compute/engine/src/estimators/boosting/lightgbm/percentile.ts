/** Percentiles as LightGBM computes them. */

/** Interpolated between the neighbours of position (1 - part) * count in descending order. Sorts `values`. */
export function percentile(values: Float64Array, part: number): number {
  const count = values.length;
  if (count === 0) return 0;
  values.sort();
  const position = (1 - part) * count;
  const whole = Math.trunc(position);
  if (whole < 1) return values[count - 1];
  if (whole >= count) return values[0];
  const above = values[count - whole];
  return above - (above - values[count - whole - 1]) * (position - whole);
}

/** The first value up to which the weights make up more than `part` of all weight, interpolated where weights are large. */
export function weightedPercentile(values: Float64Array, weights: Float64Array, part: number): number {
  const order = Uint32Array.from(values, (_, index) => index).sort((a, b) => values[a] - values[b]);
  const last = order.length - 1;
  if (last < 0) return 0;
  let total = 0;
  const sums = Float64Array.from(order, (index) => (total += weights[index]));
  const wanted = part * total;
  const found = sums.findIndex((sum) => sum > wanted);
  const position = found < 0 ? last : found;
  if (position === 0 || position === last) return values[order[position]];
  const [below, at] = [values[order[position - 1]], values[order[position]]];
  const step = sums[position + 1] - sums[position];
  return step >= 1 ? below + ((wanted - sums[position]) / step) * (at - below) : at;
}
