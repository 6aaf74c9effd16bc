import { RandomState } from '@pgml/kernels';
import { type FitContext, FitError, type Fitted, type TrainingData } from '../../../estimator.js';
import type { Checked } from '../../../parameters.js';
import {
  bistochastic,
  logInteractions,
  type NumberTable,
  scaleBySums,
  singularVectors,
  tableOf,
} from '../../../spectral/bipartite.js';
import { clusterVectors } from '../../../spectral/cluster-vectors.js';
import { nearestMeanBlock } from '../../../spectral/row-clusters.js';
import type { SpectralBiParameters } from './parameters.js';

/**
 * Kluger, Basri, Chang & Gerstein, "Spectral biclustering of microarray data", 2003: a checkerboard of rows and features,
 * by k-means over their projections to the most nearly stepwise singular vectors. Predicting gives a row the cluster whose
 * rows have the nearest mean. Memory: about 40 bytes a value.
 */
export function fit(data: TrainingData, checked: Checked, context: FitContext): Fitted {
  const { n_clusters, method, n_components, n_best, random_state, ...kmeans } =
    checked as unknown as SpectralBiParameters;
  const { rows, features } = data;
  const [rowClusters, featureClusters] = clusterCounts(n_clusters, rows, features);
  if (n_best > n_components)
    throw new FitError(
      `n_best is ${n_best}, but n_components is only ${n_components}`,
      'Give an n_best of at most that.',
    );
  // The first singular vectors of scaled tables tell nothing: they are the roots of the sums.
  const skipped = method === 'log' ? 0 : 1;
  const normalized = normalize(data, method, context);
  const { left, right, values } = singularVectors(normalized, skipped, skipped + n_components, context);
  if (left.length === 0)
    throw new FitError(
      `${rows} rows of ${features} features have no structure to cluster by`,
      'Biclusters need at least two rows and two features.',
    );
  const cluster = (vectors: Float64Array, columns: number, count: number) =>
    clusterVectors(
      vectors,
      columns,
      { n_clusters: count, ...kmeans },
      new RandomState(random_state ?? context.seed),
      context,
    );
  /** The vectors that differ least from steps. */
  const best = (vectors: readonly Float64Array[], count: number): Float64Array[] => {
    const distances = vectors.map((vector) => {
      const { labels, centroids } = cluster(vector, 1, count);
      return vector.reduce((sum, value, index) => sum + (value - centroids[labels[index]]) ** 2, 0);
    });
    const order = Array.from(vectors.keys()).sort((a, b) => distances[a] - distances[b]);
    return order.slice(0, n_best).map((index) => vectors[index]);
  };
  const original = tableOf(data, -Infinity);
  const bestOfFeatures = best(right, featureClusters);
  const bestOfRows = best(left, rowClusters);
  const labels = cluster(project(original, bestOfFeatures), bestOfFeatures.length, rowClusters).labels;
  const featureLabels = cluster(project(turned(original), bestOfRows), bestOfRows.length, featureClusters).labels;
  return {
    block: nearestMeanBlock(data, labels, rowClusters),
    details: { feature_clusters: Array.from(featureLabels), singular_values: Array.from(values) },
    sections: { labels },
  };
}

function clusterCounts(given: number | readonly number[], rows: number, features: number): readonly [number, number] {
  const counts = typeof given === 'number' ? [given, given] : given;
  if (counts.length !== 2)
    throw new FitError(
      `n_clusters has ${counts.length} numbers`,
      'Give one number, or one for rows and one for features.',
    );
  const [rowClusters, featureClusters] = counts as [number, number];
  if (rowClusters > rows || featureClusters > features)
    throw new FitError(
      `${rowClusters} clusters of rows and ${featureClusters} of features are asked for, but there are ${rows} rows of ${features} features`,
      'Ask for at most as many clusters as there are rows, and features.',
    );
  return [rowClusters, featureClusters];
}

function normalize(data: TrainingData, method: SpectralBiParameters['method'], context: FitContext): NumberTable {
  if (method === 'log') return logInteractions(tableOf(data, 1));
  const table = tableOf(data, 0);
  return method === 'scale' ? scaleBySums(table).table : bistochastic(table, context);
}

/** f64[rows][vectors]: the product of each row with each vector. */
function project({ rows, columns, values }: NumberTable, vectors: readonly Float64Array[]): Float64Array {
  const projected = new Float64Array(rows * vectors.length);
  for (let row = 0; row < rows; row++)
    vectors.forEach((vector, k) => {
      let sum = 0;
      for (let column = 0; column < columns; column++) sum += values[row * columns + column] * vector[column];
      projected[row * vectors.length + k] = sum;
    });
  return projected;
}

function turned({ rows, columns, values }: NumberTable): NumberTable {
  const other = new Float64Array(values.length);
  values.forEach((value, at) => {
    other[(at % columns) * rows + Math.floor(at / columns)] = value;
  });
  return { rows: columns, columns: rows, values: other };
}
