import { RandomState } from '@pgml/kernels';
import { type FitContext, FitError, type Fitted, type TrainingData } from '../../../estimator.js';
import type { Checked } from '../../../parameters.js';
import { columnsTogether, scaleBySums, singularVectors, tableOf } from '../../../spectral/bipartite.js';
import { clusterVectors } from '../../../spectral/cluster-vectors.js';
import { nearestMeanBlock } from '../../../spectral/row-clusters.js';
import type { SpectralCoParameters } from './parameters.js';

/**
 * Dhillon, "Co-clustering documents and words using bipartite spectral graph partitioning", 2001: rows and features together,
 * by k-means over their singular vectors. Predicting gives a row the cluster whose rows have the nearest mean. Memory:
 * about 40 bytes a value.
 */
export function fit(data: TrainingData, checked: Checked, context: FitContext): Fitted {
  const { n_clusters, random_state, ...kmeans } = checked as unknown as SpectralCoParameters;
  const { rows, features } = data;
  if (n_clusters > rows + features)
    throw new FitError(
      `n_clusters is ${n_clusters}, but there are only ${rows} rows and ${features} features`,
      'Ask for at most as many clusters as there are rows and features together.',
    );
  const { table, rowFactors, columnFactors } = scaleBySums(tableOf(data, 0));
  const wanted = 1 + Math.ceil(Math.log2(n_clusters));
  // The first singular vectors tell nothing: they are the roots of the sums.
  const { left, right, values } = singularVectors(table, 1, wanted, context);
  const scaled = (vectors: readonly Float64Array[], factors: Float64Array) =>
    vectors.map((vector) => vector.map((value, index) => value * factors[index]));
  const lists = scaled(left, rowFactors).map((list, k) =>
    Float64Array.from([...list, ...scaled(right, columnFactors)[k]]),
  );
  // For one cluster, or a single row or feature, there is nothing to tell apart.
  const vectors = lists.length > 0 ? columnsTogether(lists) : new Float64Array(rows + features);
  const random = new RandomState(random_state ?? context.seed);
  const { labels } = clusterVectors(vectors, Math.max(1, lists.length), { n_clusters, ...kmeans }, random, context);
  const rowLabels = labels.slice(0, rows);
  return {
    block: nearestMeanBlock(data, rowLabels, n_clusters),
    details: { feature_clusters: Array.from(labels.subarray(rows)), singular_values: Array.from(values) },
    sections: { labels: rowLabels },
  };
}
