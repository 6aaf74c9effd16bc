import type { Estimator } from '../../../estimator.js';
import { fit } from './fit.js';
import { parameters } from './parameters.js';

export const kmeans: Estimator = {
  algorithm: 'kmeans',
  task: 'clustering',
  reference: 'sklearn.cluster.KMeans',
  summary: 'Clusters around centroids, so that the squared distances of rows to their centroids are small.',
  parameters,
  missing: 'refuse',
  weights: true,
  memory: '20 bytes a row, and with k-means++ 16 more and 8 for each row drawn at a time (2 + log n_clusters).',
  agreement: { what: 'labels, and centroids', kind: 'exact', tolerance: 1e-12 },
  typical: { rows: 200_000, features: 28, hyperparameters: { n_clusters: 16, n_init: 1 } },
  fit,
};
