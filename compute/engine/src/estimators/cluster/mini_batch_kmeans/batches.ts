/** Steps of mini-batch k-means: Sculley, "Web-scale k-means clustering", 2010, with scikit-learn's reassignment. */
import type { RandomState } from '@pgml/kernels';

/** Rows drawn from the table, in float64. */
export interface Batch {
  readonly rows: number;
  readonly features: number;
  /** f64[rows][features] */
  readonly values: Float64Array;
  readonly weights: Float64Array;
}

/** The nearest centroid (the first of equals) of each row of a batch, and the weighted sum of squared distances. */
export function assign(
  { rows, features, values, weights }: Batch,
  centroids: Float64Array,
): { labels: Uint32Array; inertia: number } {
  const clusters = centroids.length / features;
  const labels = new Uint32Array(rows);
  let inertia = 0;
  for (let row = 0; row < rows; row++) {
    let best = Infinity;
    for (let cluster = 0; cluster < clusters; cluster++) {
      let squared = 0;
      for (let a = row * features, b = cluster * features, end = a + features; a < end; a++, b++) {
        const difference = values[a] - centroids[b];
        squared += difference * difference;
      }
      if (squared < best) {
        best = squared;
        labels[row] = cluster;
      }
    }
    inertia += best * weights[row];
  }
  return { labels, inertia };
}

/** Moves the centroids of the rows' clusters towards them: each stays the mean of all rows it has ever been given. */
export function update(
  { rows, features, values, weights }: Batch,
  labels: Uint32Array,
  centroids: Float64Array,
  weightSums: Float64Array,
): Float64Array {
  const clusters = weightSums.length;
  const added = new Float64Array(clusters);
  for (let row = 0; row < rows; row++) added[labels[row]] += weights[row];
  const next = centroids.slice();
  for (let cluster = 0; cluster < clusters; cluster++) {
    if (!(added[cluster] > 0)) continue;
    for (let i = cluster * features; i < (cluster + 1) * features; i++) next[i] *= weightSums[cluster];
  }
  for (let row = 0; row < rows; row++) {
    const at = labels[row] * features;
    if (!(added[labels[row]] > 0)) continue;
    for (let f = 0; f < features; f++) next[at + f] += values[row * features + f] * weights[row];
  }
  for (let cluster = 0; cluster < clusters; cluster++) {
    if (!(added[cluster] > 0)) continue;
    weightSums[cluster] += added[cluster];
    const share = 1 / weightSums[cluster];
    for (let i = cluster * features; i < (cluster + 1) * features; i++) next[i] *= share;
  }
  return next;
}

/** Puts centroids that few rows have come to on rows of the batch, of which at most half are taken. */
export function reassign(
  { rows, features, values }: Batch,
  centroids: Float64Array,
  weightSums: Float64Array,
  ratio: number,
  random: RandomState,
): void {
  const least = ratio * weightSums.reduce((largest, weight) => Math.max(largest, weight), 0);
  let poor = Array.from(weightSums.keys()).filter((cluster) => weightSums[cluster] < least);
  const most = Math.floor(0.5 * rows);
  if (poor.length > 0.5 * rows) {
    const byWeight = Array.from(weightSums.keys()).sort((a, b) => weightSums[a] - weightSums[b] || a - b);
    const allowed = new Set(byWeight.slice(0, most));
    poor = poor.filter((cluster) => allowed.has(cluster));
  }
  if (poor.length === 0) return;
  const chosen = random.choice(rows, poor.length);
  const rest = weightSums.filter((_, cluster) => !poor.includes(cluster));
  const weight = rest.reduce((smallest, value) => Math.min(smallest, value), Infinity);
  poor.forEach((cluster, index) => {
    const row = chosen[index];
    centroids.set(values.subarray(row * features, (row + 1) * features), cluster * features);
    weightSums[cluster] = weight;
  });
}
