import { type ScaledColumns, scaledValue } from '../algebra/panel.js';

/** What assignCentroids adds to: weighted sums of rows by cluster and feature, weights by cluster, labels changed. */
export interface Totals {
  readonly sums: Float64Array;
  readonly counts: Float64Array;
  changes: number;
}

/** Gives each row the nearest centroid (the first of equals) and adds the row to that centroid's totals. */
export function assignCentroids(
  data: ScaledColumns,
  first: number,
  last: number,
  centroids: Float64Array,
  halves: Float64Array,
  labels: Int32Array,
  weights: Float32Array | undefined,
  totals: Totals,
): void {
  const features = data.columns.length;
  for (let row = first; row < last; row++) {
    let label = 0;
    let best = Infinity;
    for (const [cluster, half] of halves.entries()) {
      let score = half;
      for (let feature = 0; feature < features; feature++)
        score -= centroids[cluster * features + feature] * scaledValue(data, feature, row);
      if (score < best) {
        best = score;
        label = cluster;
      }
    }
    if (labels[row] !== label) {
      labels[row] = label;
      totals.changes++;
    }
    const weight = weights ? weights[row] : 1;
    totals.counts[label] += weight;
    for (let feature = 0; feature < features; feature++)
      totals.sums[label * features + feature] += weight * scaledValue(data, feature, row);
  }
}

/** Squared distances of rows to one centroid, no larger than `limits`, written to `out`; returns their sum. */
export function limitedDistances(
  data: ScaledColumns,
  first: number,
  last: number,
  centroid: Float64Array,
  limits: Float64Array,
  out: Float64Array,
): number {
  let sum = 0;
  for (let row = first; row < last; row++) {
    out[row] = Math.min(limits[row], squaredDistance(data, row, centroid));
    sum += out[row];
  }
  return sum;
}

/** Squared distances of rows to the centroids of their labels, written to `out`; returns their sum. */
export function labelledDistances(
  data: ScaledColumns,
  first: number,
  last: number,
  centroids: Float64Array,
  labels: Int32Array,
  out: Float64Array,
): number {
  const features = data.columns.length;
  let sum = 0;
  for (let row = first; row < last; row++) {
    const label = labels[row];
    out[row] = squaredDistance(data, row, centroids.subarray(label * features, (label + 1) * features));
    sum += out[row];
  }
  return sum;
}

function squaredDistance(data: ScaledColumns, row: number, centroid: Float64Array): number {
  let sum = 0;
  for (const [feature, coordinate] of centroid.entries()) {
    const difference = scaledValue(data, feature, row) - coordinate;
    sum += difference * difference;
  }
  return sum;
}
