import { RandomState } from '@pgml/kernels';
import { type FitContext, FitError, type Fitted, type TrainingData } from '../../../estimator.js';
import type { Checked } from '../../../parameters.js';
import { type Clustering, Lloyd } from './lloyd.js';
import type { KMeansParameters } from './parameters.js';
import { CenteredRows } from './rows.js';
import { PlusPlusSeeding, randomRows } from './seeding.js';

/** k-means: the best of several runs of Lloyd's algorithm. */
export function fit(data: TrainingData, checked: Checked, context: FitContext): Fitted {
  const parameters = checked as unknown as KMeansParameters;
  const random = new RandomState(parameters.random_state ?? context.seed);
  const { centroids, labels, inertia, iterations, converged, starts } = clusterRows(data, parameters, random, context);
  return {
    block: { kind: 'centroids', outputs: parameters.n_clusters, decision: 'smallest', words: [centroids] },
    details: { inertia, iterations, converged, distinct_clusters: new Set(labels).size, starts },
  };
}

/** The best clustering of several starts, with its centroids where the rows are. Throws FitError. */
export function clusterRows(
  data: TrainingData,
  parameters: Omit<KMeansParameters, 'random_state'>,
  random: RandomState,
  context: FitContext,
): Clustering & { readonly starts: number } {
  checkAgainstData(parameters, data);
  const { n_clusters, max_iter, tol } = parameters;
  const rows = new CenteredRows(data, context);
  const lloyd = new Lloyd(context, rows, n_clusters);
  const starts = startingCentroids(rows, parameters, random, context);
  const lloydOptions = { maximumIterations: max_iter, tolerance: tol * rows.meanVariance };
  let best: Clustering | undefined;
  for (let start = 0; start < starts.count; start++) {
    const progress = (iteration: number) => (start + iteration / max_iter) / starts.count;
    const clustering = lloyd.run(starts.next(progress(0)), lloydOptions, progress);
    // A run that merely names the same clusters differently is no better, whatever rounding says.
    if (!best || (clustering.inertia < best.inertia && !sameClusters(clustering.labels, best.labels, n_clusters)))
      best = clustering;
  }
  const centroids = best!.centroids.map((value, i) => value + rows.means[i % rows.features]);
  return { ...best!, centroids, starts: starts.count };
}

function checkAgainstData(
  { n_clusters, init }: Pick<KMeansParameters, 'n_clusters' | 'init'>,
  { rows, features }: TrainingData,
): void {
  if (n_clusters > rows)
    throw new FitError(
      `n_clusters is ${n_clusters}, but there are only ${rows} rows to train on`,
      'Ask for at most as many clusters as there are rows.',
    );
  if (typeof init === 'string') return;
  const wrong = init.find((centroid) => centroid.length !== features);
  if (init.length !== n_clusters || wrong)
    throw new FitError(
      wrong
        ? `a centroid in init has ${wrong.length} numbers, but there are ${features} features`
        : `init has ${init.length} centroids, but n_clusters is ${n_clusters}`,
      `init must be an array of ${n_clusters} arrays of ${features} numbers.`,
    );
}

/** How many starts there are, and the centroids of the next one. */
function startingCentroids(
  rows: CenteredRows,
  { init, n_init, n_clusters }: Omit<KMeansParameters, 'random_state'>,
  random: RandomState,
  context: FitContext,
): { count: number; next: (progress: number) => Float64Array } {
  if (init === 'random')
    return { count: n_init === 'auto' ? 10 : n_init, next: () => randomRows(rows, n_clusters, random) };
  if (init === 'k-means++') {
    const seeding = new PlusPlusSeeding(context, rows, n_clusters);
    return {
      count: n_init === 'auto' ? 1 : n_init,
      next: (progress) => seeding.choose(n_clusters, random, progress),
    };
  }
  const centroids = Float64Array.from(init.flat(), (value, i) => value - rows.means[i % rows.features]);
  return { count: 1, next: () => centroids };
}

/** Whether two labellings are the same but for the clusters' numbers. */
function sameClusters(labels: Int32Array, others: Int32Array, clusters: number): boolean {
  const name = new Int32Array(clusters).fill(-1);
  return labels.every((label, row) => {
    if (name[label] === -1) name[label] = others[row]!;
    return name[label] === others[row];
  });
}
