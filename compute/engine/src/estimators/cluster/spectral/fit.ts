import { RandomState } from '@pgml/kernels';
import { type FitContext, FitError, type Fitted, type TrainingData } from '../../../estimator.js';
import { rowsOf } from '../../../neighbours/kd-tree.js';
import { nearestRowBlock } from '../../../neighbours/nearest-row-block.js';
import type { Checked } from '../../../parameters.js';
import { clusterVectors } from '../../../spectral/cluster-vectors.js';
import { affinityMatrix } from './affinity.js';
import { clusterByPivots, discretize } from './assign-labels.js';
import { spectralEmbedding } from './embedding.js';
import type { SpectralParameters } from './parameters.js';

/** Beyond, the eigenvectors of so large a matrix take more than an hour and 8 GiB. */
const MOST_ROWS = 12_000;

/**
 * Spectral clustering. Time grows with the cube of the rows, memory by 64 bytes for each pair of rows. Predicting gives a
 * row the cluster of the nearest training row, for clusters may have any shape.
 */
export function fit(data: TrainingData, checked: Checked, context: FitContext): Fitted {
  const parameters = checked as unknown as SpectralParameters;
  const { rows, features } = data;
  checkAgainstData(parameters, rows);
  const { n_clusters, n_components, assign_labels, n_init, random_state } = parameters;
  const components = n_components ?? n_clusters;
  const random = new RandomState(random_state ?? context.seed);
  const vectors = spectralEmbedding(affinityMatrix(data, parameters, context), rows, components, context);
  // scikit-learn's eigensolver starts at a random vector.
  random.doubles(rows);
  context.checkpoint(0.9, 'reading clusters');
  const later = { ...context, checkpoint: () => context.checkpoint(0.9, 'reading clusters') };
  const labels =
    assign_labels === 'kmeans'
      ? clusterVectors(vectors, components, { n_clusters, init: 'k-means++', n_init }, random, later).labels
      : assign_labels === 'discretize'
        ? discretize(vectors, components, random, later)
        : clusterByPivots(vectors, components, later);
  return {
    ...withoutNoise(nearestRowBlock(rowsOf(data), features, labels, n_clusters, { metric: 'euclidean' }), n_clusters),
    details: { clusters: new Set(labels).size },
    sections: { labels },
  };
}

function checkAgainstData({ n_clusters, n_components, assign_labels }: SpectralParameters, rows: number): void {
  const most = Math.max(n_clusters, n_components ?? 0);
  if (most > rows)
    throw new FitError(
      `${most} clusters or components are asked for, but there are only ${rows} rows to train on`,
      'Ask for at most as many as there are rows.',
    );
  if (rows > MOST_ROWS)
    throw new FitError(
      `spectral clustering of ${rows} rows would take too long, the most are ${MOST_ROWS}`,
      'Cluster a sample of the rows, or use dbscan or optics, which find clusters of any shape as well.',
    );
  if (assign_labels !== 'kmeans' && n_components !== null && n_components !== n_clusters)
    throw new FitError(
      `assign_labels "${assign_labels}" needs as many components as clusters, but n_components is ${n_components}`,
      'Leave n_components out, or use assign_labels "kmeans".',
    );
}

/** Every row has a cluster here: the last class, which stands for noise, is never answered. */
function withoutNoise(model: Pick<Fitted, 'block' | 'clusters'>, clusters: number): Pick<Fitted, 'block' | 'clusters'> {
  const decisionNumbers = model.block.decisionNumbers!.slice();
  decisionNumbers[1] = -1;
  return {
    block: { ...model.block, classes: clusters, decisionNumbers },
    clusters: model.clusters!.slice(0, clusters),
  };
}
