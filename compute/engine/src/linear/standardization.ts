import type { Moments } from '../algebra/columns.js';

/**
 * What makes features comparable: centered and divided by their deviation; without an intercept, which could not make
 * up for the centering, divided by their root mean square. Constant columns get the scale 0, hence the coefficient 0.
 */
export function standardization(
  { means, deviations }: Moments,
  withIntercept: boolean,
): { shifts: Float64Array; scales: Float64Array } {
  const sizes = withIntercept
    ? deviations
    : deviations.map((deviation, feature) => Math.sqrt(deviation * deviation + means[feature] * means[feature]));
  return {
    shifts: withIntercept ? means : new Float64Array(means.length),
    scales: sizes.map((size) => (size === 0 ? 0 : 1 / size)),
  };
}
