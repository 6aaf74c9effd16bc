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
  readonly #trials: number;
  readonly #candidates: number;
  /** Squared distance of every row to the nearest centroid so far. */
  readonly #nearest: number;
  /** What that becomes with each of the candidates. */
  readonly #withCandidate: number;
  readonly #cumulated: Float64Array;

  /** Allocates a number per row for each candidate and two more. */
  constructor(context: FitContext, rows: CenteredRows, clusters: number) {
    const trials = 2 + Math.floor(log(clusters));
    this.#context = context;
    this.#rows = rows;
    this.#trials = trials;
    this.#distances = new RowSums(context, rows.columns, {
      kernel: 'limitedDistances',
      totals: trials,
      scratchColumns: rows.features + 1,
      operationsPerRow: 2 * trials * rows.features,
    });
    this.#candidates = context.kernels.allocate(8 * rows.features * trials);
    this.#nearest = context.kernels.allocate(8 * rows.count);
    this.#withCandidate = context.kernels.allocate(8 * rows.count * trials);
    this.#cumulated = new Float64Array(rows.count);
  }

  choose(clusters: number, random: RandomState, progress: number): Float64Array {
    const { kernels } = this.#context;
    const { count, features } = this.#rows;
    const centroids = new Float64Array(clusters * features);
    const first = random.integer(0, count);
    centroids.set(this.#rows.row(first));
    const nearest = kernels.f64(this.#nearest, count).fill(Infinity);
    let potential = this.#distancesWith([first], progress)[0];
    nearest.set(kernels.f64(this.#withCandidate, count));
    for (let cluster = 1; cluster < clusters; cluster++) {
      const candidates = this.#draw(random.doubles(this.#trials).map((value) => value * potential));
      const potentials = this.#distancesWith(candidates, progress);
      const chosen = potentials.indexOf(potentials.reduce((least, value) => Math.min(least, value), Infinity));
      potential = potentials[chosen];
      nearest.set(kernels.f64(this.#withCandidate + 8 * count * chosen, count));
      centroids.set(this.#rows.row(candidates[chosen]), cluster * features);
    }
    return centroids;
  }

  /** For each of some rows, the sum of the distances to the nearest centroid if that row becomes one. */
  #distancesWith(rows: readonly number[], progress: number): Float64Array {
    const { kernels } = this.#context;
    const { count, features } = this.#rows;
    const candidates = kernels.f64(this.#candidates, features * rows.length);
    rows.forEach((row, index) => candidates.set(this.#rows.row(row), index * features));
    const own = [rows.length, this.#candidates, this.#nearest, this.#withCandidate, 8 * count];
    return this.#distances.compute(own, progress).slice(0, rows.length);
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
