import { RowSums } from '../../../algebra/row-sums.js';
import type { FitContext } from '../../../estimator.js';
import type { CenteredRows } from './rows.js';

/** Where one start of the algorithm ended. */
export interface Clustering {
  /** clusters × features, of centered rows. */
  readonly centroids: Float64Array;
  /** Cluster of each row. */
  readonly labels: Int32Array;
  /** Weighted sum of squared distances of rows to their centroids. */
  readonly inertia: number;
  readonly iterations: number;
  /** Whether it ended by itself, not for lack of iterations. */
  readonly converged: boolean;
}

export interface LloydOptions {
  readonly maximumIterations: number;
  /** On the sum of the centroids' squared movements. */
  readonly tolerance: number;
}

/**
 * Lloyd's algorithm (IEEE Trans. Inf. Theory 28, 1982): rows to the nearest centroid, centroids to the mean of their
 * rows.
 */
export class Lloyd {
  readonly #context: FitContext;
  readonly #rows: CenteredRows;
  readonly #clusters: number;
  readonly #assignment: RowSums;
  readonly #distances: RowSums;
  readonly #centroidsAt: number;
  readonly #halvesAt: number;
  readonly #labelsAt: number;
  readonly #distancesAt: number;

  /** Allocates a label and a distance per row. */
  constructor(context: FitContext, rows: CenteredRows, clusters: number) {
    const { kernels } = context;
    const { count, features, columns } = rows;
    this.#context = context;
    this.#rows = rows;
    this.#clusters = clusters;
    this.#assignment = new RowSums(context, columns, {
      kernel: 'assignCentroids',
      totals: clusters * features + clusters + 1,
      scratchColumns: features + 2,
      operationsPerRow: features * (clusters + 2),
    });
    this.#distances = new RowSums(context, columns, {
      kernel: 'labelledDistances',
      totals: 1,
      scratchColumns: features,
      operationsPerRow: 4 * features,
    });
    this.#centroidsAt = kernels.allocate(8 * clusters * features);
    this.#halvesAt = kernels.allocate(8 * clusters);
    this.#labelsAt = kernels.allocate(4 * count);
    this.#distancesAt = kernels.allocate(8 * count);
  }

  /** Runs from the given centroids. `progress` tells how far a given iteration is. */
  run(start: Float64Array, options: LloydOptions, progress: (iteration: number) => number): Clustering {
    const { maximumIterations, tolerance } = options;
    const labels = this.#context.kernels.i32(this.#labelsAt, this.#rows.count).fill(-1);
    let centroids = start;
    let iterations = 0;
    let converged = false;
    let settled = false;
    while (iterations < maximumIterations && !converged) {
      const assignment = this.#assign(centroids, progress(iterations));
      const next = this.#update(centroids, assignment, progress(iterations));
      iterations++;
      settled = assignment.changes === 0;
      converged = settled || squaredDistance(centroids, next) <= tolerance;
      centroids = next;
    }
    // Unless the labels stood still, they belong to the centroids before the last.
    if (!settled) this.#assign(centroids, progress(iterations));
    const inertia = this.#inertia(centroids, progress(iterations));
    return { centroids, labels: labels.slice(), inertia, iterations, converged };
  }

  #assign(centroids: Float64Array, progress: number): Assignment {
    const { kernels } = this.#context;
    const clusters = this.#clusters;
    const halves = kernels.f64(this.#halvesAt, clusters).fill(0);
    kernels.f64(this.#centroidsAt, centroids.length).set(centroids);
    for (const [i, value] of centroids.entries()) halves[Math.floor(i / this.#rows.features)] += (value * value) / 2;
    const own = [this.#centroidsAt, this.#halvesAt, clusters, this.#labelsAt, this.#rows.weights?.byteOffset ?? 0];
    const totals = this.#assignment.compute(own, progress);
    return {
      sums: totals.subarray(0, centroids.length),
      counts: totals.subarray(centroids.length, centroids.length + clusters),
      changes: totals[centroids.length + clusters],
    };
  }

  /** The weighted means of the clusters' rows; a cluster without rows stays where it is. */
  #update(centroids: Float64Array, { sums, counts }: Assignment, progress: number): Float64Array {
    if (counts.includes(0)) this.#fillEmptyClusters(centroids, sums, counts, progress);
    const { features } = this.#rows;
    return sums.map((sum, i) => {
      const count = counts[Math.floor(i / features)];
      return count > 0 ? sum * (1 / count) : centroids[i];
    });
  }

  /**
   * Gives each empty cluster one row: those farthest from their centroids, which lose them. As scikit-learn does, but
   * for rows that lie on their centroid: there are fewer different rows than clusters then, and nothing to gain.
   */
  #fillEmptyClusters(centroids: Float64Array, sums: Float64Array, counts: Float64Array, progress: number): void {
    const { features, count } = this.#rows;
    const empty = [...counts.keys()].filter((cluster) => counts[cluster] === 0);
    this.#distancesTo(centroids, progress);
    const distances = this.#context.kernels.f64(this.#distancesAt, count);
    const labels = this.#context.kernels.i32(this.#labelsAt, count);
    for (const [i, row] of largestFirst(distances, empty.length).entries()) {
      if (distances[row] === 0) return;
      const from = labels[row];
      const to = empty[i];
      const weight = this.#weightOf(row);
      for (const [feature, value] of this.#rows.row(row).entries()) {
        sums[from * features + feature] -= weight * value;
        sums[to * features + feature] = weight * value;
      }
      counts[from] -= weight;
      counts[to] = weight;
    }
  }

  #weightOf(row: number): number {
    return this.#rows.weights?.[row] ?? 1;
  }

  #inertia(centroids: Float64Array, progress: number): number {
    const sum = this.#distancesTo(centroids, progress);
    if (!this.#rows.weights) return sum;
    const distances = this.#context.kernels.f64(this.#distancesAt, this.#rows.count);
    return distances.reduce((total, distance, row) => total + distance * this.#weightOf(row), 0);
  }

  /** Computes the squared distance of every row to the centroid of its label; returns the sum. */
  #distancesTo(centroids: Float64Array, progress: number): number {
    this.#context.kernels.f64(this.#centroidsAt, centroids.length).set(centroids);
    const own = [this.#centroidsAt, this.#labelsAt, this.#distancesAt];
    return this.#distances.compute(own, progress)[0];
  }
}

/** What putting rows to their nearest centroids gives. */
interface Assignment {
  /** clusters × features: sums of the rows of each cluster. */
  readonly sums: Float64Array;
  /** The weights of the rows of each cluster. */
  readonly counts: Float64Array;
  /** How many rows changed their cluster. */
  readonly changes: number;
}

/** The indices of the `count` largest values, the largest first, the first of equals first. */
function largestFirst(values: Float64Array, count: number): number[] {
  const chosen: number[] = [];
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    if (chosen.length === count && value <= values[chosen[count - 1]]) continue;
    let position = chosen.length;
    while (position > 0 && value > values[chosen[position - 1]]) position--;
    chosen.splice(position, 0, i);
    if (chosen.length > count) chosen.pop();
  }
  return chosen;
}

function squaredDistance(a: Float64Array, b: Float64Array): number {
  return a.reduce((sum, value, i) => sum + (value - b[i]) * (value - b[i]), 0);
}
