import { RandomState } from '@pgml/kernels';
import { moments } from '../../../algebra/columns.js';
import { type FitContext, FitError, type Fitted, type TrainingData } from '../../../estimator.js';
import type { Checked } from '../../../parameters.js';
import { selectRows } from '../../../resampling/select-rows.js';
import { CenteredRows } from '../kmeans/rows.js';
import { PlusPlusSeeding, randomRows } from '../kmeans/seeding.js';
import { Batches } from './batches.js';
import type { MiniBatchKMeansParameters } from './parameters.js';

/** Rows measured between two checkpoints. */
const SLICE = 16384;

/**
 * k-means on small random batches. All draws are scikit-learn's, in its order. Kernel memory: 4 bytes a value,
 * 12 a row, and the rows that first centroids are chosen from.
 */
export function fit(data: TrainingData, checked: Checked, context: FitContext): Fitted {
  const parameters = checked as unknown as MiniBatchKMeansParameters;
  checkAgainstData(parameters, data);
  const { n_clusters, max_iter, batch_size, reassignment_ratio, random_state } = parameters;
  const { rows } = data;
  const random = new RandomState(random_state ?? context.seed);
  const batchRows = Math.min(batch_size, rows);
  const batches = new Batches(data, context.kernels);
  let centroids = firstCentroids(data, batches, parameters, random, context);
  const stop = new StopRule(data, parameters, batchRows, context);
  const weightSums = new Float64Array(n_clusters);
  const steps = Math.floor((max_iter * rows) / batchRows);
  let sinceReassignment = 0;
  let step = 0;
  let converged = false;
  while (step < steps && !converged) {
    if (step % 8 === 0) context.checkpoint((0.9 * step) / steps, `step ${step} of at most ${steps}`);
    const batch = Uint32Array.from(random.integers(0, rows, batchRows));
    const { labels, inertia } = batches.assign(batch, centroids);
    sinceReassignment += batchRows;
    const due = weightSums.includes(0) || sinceReassignment >= 10 * n_clusters;
    if (due) sinceReassignment = 0;
    const next = batches.update(batch, labels, centroids, weightSums);
    if (due && reassignment_ratio > 0) batches.reassign(batch, next, weightSums, reassignment_ratio, random);
    converged = stop.after(step, inertia / batchRows, centroids, next);
    centroids = next;
    step++;
  }
  return {
    block: { kind: 'centroids', outputs: n_clusters, decision: 'smallest', words: [centroids] },
    details: {
      inertia: inertiaOf(rows, centroids, batches, context),
      steps: step,
      iterations: Math.ceil((step * batchRows) / rows),
      converged,
    },
  };
}

function checkAgainstData({ n_clusters, init }: MiniBatchKMeansParameters, { rows, features }: TrainingData): void {
  if (n_clusters > rows)
    throw new FitError(
      `n_clusters is ${n_clusters}, but there are only ${rows} rows to train on`,
      'Ask for at most as many clusters as there are rows.',
    );
  if (typeof init !== 'string' && (init.length !== n_clusters || init.some(({ length }) => length !== features)))
    throw new FitError(
      'init does not have the shape of the centroids',
      `It must be an array of ${n_clusters} arrays of ${features} numbers.`,
    );
}

/** Of several choices, each from rows drawn for it, the one with the least inertia on rows drawn before. */
function firstCentroids(
  data: TrainingData,
  batches: Batches,
  { n_clusters, init, init_size, batch_size, n_init }: MiniBatchKMeansParameters,
  random: RandomState,
  context: FitContext,
): Float64Array {
  const { kernels } = context;
  const { rows } = data;
  const wanted = init_size ?? 3 * Math.min(batch_size, rows);
  const size = Math.min(wanted < n_clusters ? 3 * n_clusters : wanted, rows);
  const validation = Uint32Array.from(random.integers(0, rows, size));
  const given = typeof init === 'string' ? undefined : Float64Array.from(init.flat());
  const tries = given ? 1 : n_init === 'warn' ? 3 : n_init === 'auto' ? (init === 'k-means++' ? 1 : 3) : n_init;
  let best: Float64Array | undefined;
  let bestInertia = Infinity;
  for (let attempt = 0; attempt < tries; attempt++) {
    const mark = kernels.mark();
    const candidates = size < rows ? selectRows(data, Uint32Array.from(random.integers(0, rows, size)), kernels) : data;
    const centroids = given ?? chooseCentroids(candidates, init as string, n_clusters, random, context);
    kernels.release(mark);
    const { inertia } = batches.assign(validation, centroids);
    if (best && !(inertia < bestInertia)) continue;
    best = centroids;
    bestInertia = inertia;
  }
  return best!;
}

function chooseCentroids(
  candidates: TrainingData,
  init: string,
  clusters: number,
  random: RandomState,
  context: FitContext,
): Float64Array {
  const centered = new CenteredRows(candidates, context);
  const chosen =
    init === 'random'
      ? randomRows(centered, clusters, random)
      : new PlusPlusSeeding(context, centered, clusters).choose(clusters, random, 0);
  return chosen.map((value, i) => value + centered.means[i % candidates.features]);
}

function meanVariance(data: TrainingData, context: FitContext): number {
  const { deviations } = moments(data, context);
  return deviations.reduce((sum, deviation) => sum + deviation * deviation, 0) / data.features;
}

/** When the batches have stopped to tell anything new. */
class StopRule {
  readonly #tolerance: number;
  readonly #patience: number | null;
  readonly #smoothing: number;
  #smoothed: number | undefined;
  #least = Infinity;
  #withoutImprovement = 0;

  constructor(data: TrainingData, parameters: MiniBatchKMeansParameters, batchRows: number, context: FitContext) {
    this.#tolerance = parameters.tol === 0 ? 0 : parameters.tol * meanVariance(data, context);
    this.#patience = parameters.max_no_improvement;
    this.#smoothing = Math.min(1, (2 * batchRows) / (data.rows + 1));
  }

  /** `inertia` is that of a row of the batch, on average. */
  after(step: number, inertia: number, before: Float64Array, next: Float64Array): boolean {
    // What the first batch says of the first centroids is no measure.
    if (step === 0) return false;
    const smoothed =
      this.#smoothed === undefined ? inertia : this.#smoothed * (1 - this.#smoothing) + inertia * this.#smoothing;
    this.#smoothed = smoothed;
    if (this.#tolerance > 0 && next.reduce((sum, value, i) => sum + (value - before[i]) ** 2, 0) <= this.#tolerance)
      return true;
    if (smoothed < this.#least) {
      this.#least = smoothed;
      this.#withoutImprovement = 0;
    } else this.#withoutImprovement++;
    return this.#patience !== null && this.#withoutImprovement >= this.#patience;
  }
}

/** The weighted sum of the squared distances of all rows. */
function inertiaOf(rows: number, centroids: Float64Array, batches: Batches, { checkpoint }: FitContext): number {
  let sum = 0;
  for (let start = 0; start < rows; start += SLICE) {
    checkpoint(0.9 + (0.1 * start) / rows, 'measuring');
    const slice = Uint32Array.from({ length: Math.min(SLICE, rows - start) }, (_, index) => start + index);
    sum += batches.assign(slice, centroids).inertia;
  }
  return sum;
}
