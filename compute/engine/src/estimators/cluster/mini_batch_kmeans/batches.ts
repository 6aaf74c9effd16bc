/** Steps of mini-batch k-means: Sculley, "Web-scale k-means clustering", 2010, with scikit-learn's reassignment. */
import type { Kernels, RandomState } from '@pgml/kernels';
import { copyRows } from '../../../algebra/rows.js';
import type { TrainingData } from '../../../estimator.js';

/** Rows of the table by number; one may be there more than once. */
export type Batch = Uint32Array;

/** The table row by row, of which batches are drawn: 4 bytes a value of kernel memory. */
export class Batches {
  readonly features: number;
  readonly #kernels: Kernels;
  readonly #values: number;
  readonly #count: number;
  readonly #weights: Float32Array | undefined;

  constructor(data: TrainingData, kernels: Kernels) {
    const { rows, features, weights } = data;
    this.features = features;
    this.#kernels = kernels;
    this.#count = rows * features;
    this.#values = kernels.allocate(4 * rows * features);
    this.#weights = weights;
    copyRows(data, kernels.f32(this.#values, rows * features), features);
  }

  row(number: number): Float32Array {
    return this.#kernels.f32(this.#values, this.#count).subarray(number * this.features, (number + 1) * this.features);
  }

  /** The nearest centroid (the first of equals) of each row of a batch, and the weighted sum of squared distances. */
  assign(batch: Batch, centroids: Float64Array): { labels: Uint32Array; inertia: number } {
    const { features } = this;
    const kernels = this.#kernels;
    const clusters = centroids.length / features;
    const stride = Math.ceil(clusters / 4) * 4;
    const mark = kernels.mark();
    const chosenAt = kernels.allocate(4 * batch.length);
    kernels.u32(chosenAt, batch.length).set(batch);
    const centroidsAt = kernels.allocate(8 * features * stride);
    const transposed = kernels.f64(centroidsAt, features * stride);
    for (let cluster = 0; cluster < clusters; cluster++)
      for (let f = 0; f < features; f++) transposed[f * stride + cluster] = centroids[cluster * features + f]!;
    const labelsAt = kernels.allocate(4 * batch.length);
    const distancesAt = kernels.allocate(8 * batch.length);
    const shape = [this.#values, features, chosenAt, batch.length, centroidsAt, clusters, stride];
    kernels.run.nearestCentroidsOf(...shape, labelsAt, distancesAt);
    const labels = kernels.u32(labelsAt, batch.length).slice();
    let inertia = 0;
    kernels.f64(distancesAt, batch.length).forEach((distance, index) => {
      inertia += distance * this.#weight(batch[index]);
    });
    kernels.release(mark);
    return { labels, inertia };
  }

  #weight(row: number): number {
    return this.#weights ? this.#weights[row] : 1;
  }

  /**
   * The centroids after those of the rows' clusters have moved towards them: each stays the mean of all rows it has ever
   * been given. Adds the rows' weights to `weightSums`.
   */
  update(batch: Batch, labels: Uint32Array, centroids: Float64Array, weightSums: Float64Array): Float64Array {
    const { features } = this;
    const clusters = weightSums.length;
    const added = new Float64Array(clusters);
    batch.forEach((row, index) => {
      added[labels[index]] += this.#weight(row);
    });
    const next = centroids.slice();
    for (let cluster = 0; cluster < clusters; cluster++) {
      if (!(added[cluster] > 0)) continue;
      for (let i = cluster * features; i < (cluster + 1) * features; i++) next[i] *= weightSums[cluster];
    }
    const values = this.#kernels.f32(this.#values, this.#count);
    batch.forEach((row, index) => {
      const at = labels[index] * features;
      const weight = this.#weight(row);
      if (!(added[labels[index]] > 0)) return;
      for (let f = 0; f < features; f++) next[at + f] += values[row * features + f] * weight;
    });
    for (let cluster = 0; cluster < clusters; cluster++) {
      if (!(added[cluster] > 0)) continue;
      weightSums[cluster] += added[cluster];
      const share = 1 / weightSums[cluster];
      for (let i = cluster * features; i < (cluster + 1) * features; i++) next[i] *= share;
    }
    return next;
  }

  /** Puts centroids that few rows have come to on rows of the batch, of which at most half are taken. */
  reassign(batch: Batch, centroids: Float64Array, weightSums: Float64Array, ratio: number, random: RandomState): void {
    const least = ratio * weightSums.reduce((largest, weight) => Math.max(largest, weight), 0);
    let poor = Array.from(weightSums.keys()).filter((cluster) => weightSums[cluster] < least);
    if (poor.length > 0.5 * batch.length) {
      const byWeight = Array.from(weightSums.keys()).sort((a, b) => weightSums[a] - weightSums[b] || a - b);
      const allowed = new Set(byWeight.slice(0, Math.floor(0.5 * batch.length)));
      poor = poor.filter((cluster) => allowed.has(cluster));
    }
    if (poor.length === 0) return;
    const chosen = random.choice(batch.length, poor.length);
    const rest = weightSums.filter((_, cluster) => !poor.includes(cluster));
    const weight = rest.reduce((smallest, value) => Math.min(smallest, value), Infinity);
    poor.forEach((cluster, index) => {
      centroids.set(this.row(batch[chosen[index]]), cluster * this.features);
      weightSums[cluster] = weight;
    });
  }
}
