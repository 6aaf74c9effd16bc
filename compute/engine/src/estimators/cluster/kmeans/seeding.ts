import { log, type RandomState } from '@pgml/kernels';
import { RowSums } from '../../../algebra/row-sums.js';
import type { FitContext } from '../../../estimator.js';
import type { CenteredRows } from './rows.js';

/** `clusters` different rows at random. */
export function randomRows(rows: CenteredRows, clusters: number, random: RandomState): Float64Array {
  const centroids = new Float64Array(clusters * rows.features);
  for (const [cluster, row] of random.choice(rows.count, clusters).entries())
    centroids.set(rows.row(row), cluster * rows.features);
  return centroids;
}

/**
 * k-means++ (Arthur & Vassilvitskii 2007) in its greedy form: each next centroid is the best of several rows drawn with
 * a probability proportional to their squared distance from the nearest centroid so far. The draws are scikit-learn's.
 */
export class PlusPlusSeeding {
  readonly #context: FitContext;
  readonly #rows: CenteredRows;
  readonly #distances: RowSums;
  readonly #candidate: number;
  /** Squared distance of every row to the nearest centroid: so far, with the best new one, with the one on trial. */
  #nearest: number;
  #best: number;
  #trial: number;
  readonly #cumulated: Float64Array;

  /** Allocates three numbers per row. */
  constructor(context: FitContext, rows: CenteredRows) {
    this.#context = context;
    this.#rows = rows;
    this.#distances = new RowSums(context, rows.columns, {
      kernel: 'limitedDistances',
      totals: 1,
      scratchColumns: rows.features + 1,
      operationsPerRow: 2 * rows.features,
    });
    this.#candidate = context.kernels.allocate(8 * rows.features);
    this.#nearest = context.kernels.allocate(8 * rows.count);
    this.#best = context.kernels.allocate(8 * rows.count);
    this.#trial = context.kernels.allocate(8 * rows.count);
    this.#cumulated = new Float64Array(rows.count);
  }

  choose(clusters: number, random: RandomState, progress: number): Float64Array {
    const { kernels } = this.#context;
    const { count, features } = this.#rows;
    const trials = 2 + Math.floor(log(clusters));
    const centroids = new Float64Array(clusters * features);
    const first = random.integer(0, count);
    centroids.set(this.#rows.row(first));
    kernels.f64(this.#nearest, count).fill(Infinity);
    let potential = this.#distancesWith(first, this.#nearest, progress);
    for (let cluster = 1; cluster < clusters; cluster++) {
      const candidates = this.#draw(random.doubles(trials).map((value) => value * potential));
      let chosen: number | undefined;
      for (const candidate of candidates) {
        const sum = this.#distancesWith(candidate, this.#trial, progress);
        if (chosen !== undefined && sum >= potential) continue;
        chosen = candidate;
        potential = sum;
        [this.#best, this.#trial] = [this.#trial, this.#best];
      }
      [this.#nearest, this.#best] = [this.#best, this.#nearest];
      centroids.set(this.#rows.row(chosen!), cluster * features);
    }
    return centroids;
  }

  /** Writes to `out` the distances to the nearest centroid if `row` becomes one, and returns their sum. */
  #distancesWith(row: number, out: number, progress: number): number {
    this.#context.kernels.f64(this.#candidate, this.#rows.features).set(this.#rows.row(row));
    return this.#distances.compute([this.#candidate, this.#nearest, out], progress)[0];
  }

  /** For each value, the first row at which the cumulated distances reach it. */
  #draw(values: Float64Array): number[] {
    const nearest = this.#context.kernels.f64(this.#nearest, this.#rows.count);
    const cumulated = this.#cumulated;
    let sum = 0;
    for (let row = 0; row < cumulated.length; row++) cumulated[row] = sum += nearest[row];
    return Array.from(values, (value) => Math.min(firstReaching(cumulated, value), cumulated.length - 1));
  }
}

/** The first index whose element is not below `value`; the length if there is none. */
function firstReaching(ascending: Float64Array, value: number): number {
  let low = 0;
  let high = ascending.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (ascending[middle] < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
