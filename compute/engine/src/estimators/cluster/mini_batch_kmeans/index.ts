import type { Estimator } from '../../../estimator.js';
import { fit } from './fit.js';
import { parameters } from './parameters.js';

export const miniBatchKmeans: Estimator = {
  algorithm: 'mini_batch_kmeans',
  task: 'clustering',
  reference: 'sklearn.cluster.MiniBatchKMeans',
  summary: 'k-means on small batches of rows: nearly as good clusters, sooner.',
  parameters,
  missing: 'refuse',
  weights: true,
  memory: '4 bytes a value, and 12 a row.',
  agreement: { what: 'centroids, and the number of steps', kind: 'exact', tolerance: 1e-9 },
  typical: { rows: 200_000, features: 28, hyperparameters: { n_clusters: 16 } },
  fit,
};
