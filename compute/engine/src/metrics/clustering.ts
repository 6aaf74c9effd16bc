import { RandomState } from '@pgml/kernels';

/** Above this many rows the exact silhouette takes too long; a sample of as many rows stands for all. */
export const SILHOUETTE_ROWS = 10_000;

export interface Silhouette {
  /** Null unless there are at least two clusters and fewer clusters than rows. */
  readonly silhouette: number | null;
  /** Given where not all rows were taken. */
  readonly silhouette_rows?: number;
}

/**
 * The mean silhouette over the rows (Rousseeuw, "Silhouettes: a graphical aid to the interpretation and validation of
 * cluster analysis", 1987), Euclidean, as sklearn.metrics.silhouette_score. `values` is row-major. Time grows with the
 * square of the rows; `checkpoint` is called with the part done.
 */
export function silhouette(
  values: Float32Array,
  features: number,
  labels: ArrayLike<number>,
  seed: number,
  checkpoint: (progress: number) => void = () => {},
): Silhouette {
  if (labels.length <= SILHOUETTE_ROWS) return { silhouette: exactSilhouette(values, features, labels, checkpoint) };
  const sample = new RandomState(seed).choice(labels.length, SILHOUETTE_ROWS);
  const chosen = new Float32Array(SILHOUETTE_ROWS * features);
  sample.forEach((row, index) => {
    chosen.set(values.subarray(row * features, (row + 1) * features), index * features);
  });
  const chosenLabels = Float64Array.from(sample, (row) => labels[row]);
  return {
    silhouette: exactSilhouette(chosen, features, chosenLabels, checkpoint),
    silhouette_rows: SILHOUETTE_ROWS,
  };
}

function exactSilhouette(
  values: Float32Array,
  features: number,
  labels: ArrayLike<number>,
  checkpoint: (progress: number) => void,
): number | null {
  const rows = labels.length;
  const numbers = new Map<number, number>();
  const cluster = Uint32Array.from({ length: rows }, (_, row) => {
    const label = labels[row];
    if (!numbers.has(label)) numbers.set(label, numbers.size);
    return numbers.get(label)!;
  });
  const clusters = numbers.size;
  if (clusters < 2 || clusters >= rows) return null;
  const sizes = new Uint32Array(clusters);
  for (const one of cluster) sizes[one]++;

  // Sum of the distances from each row to the rows of each cluster; every pair is measured once.
  const sums = new Float64Array(rows * clusters);
  for (let one = 0; one < rows; one++) {
    if (one % 64 === 0) checkpoint(1 - (1 - one / rows) ** 2);
    for (let other = one + 1; other < rows; other++) {
      let squared = 0;
      for (let a = one * features, b = other * features, end = a + features; a < end; a++, b++) {
        const difference = values[a] - values[b];
        squared += difference * difference;
      }
      const distance = Math.sqrt(squared);
      sums[one * clusters + cluster[other]] += distance;
      sums[other * clusters + cluster[one]] += distance;
    }
  }

  let total = 0;
  for (let row = 0; row < rows; row++) {
    const own = cluster[row];
    // A row alone in its cluster counts 0.
    if (sizes[own] === 1) continue;
    const within = sums[row * clusters + own] / (sizes[own] - 1);
    let nearest = Number.POSITIVE_INFINITY;
    for (let other = 0; other < clusters; other++)
      if (other !== own) nearest = Math.min(nearest, sums[row * clusters + other] / sizes[other]);
    const larger = Math.max(within, nearest);
    if (larger > 0) total += (nearest - within) / larger;
  }
  return total / rows;
}
