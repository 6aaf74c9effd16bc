import type { Estimator } from '../../../estimator.js';
import { fit } from './fit.js';
import { parameters } from './parameters.js';

export const spectral: Estimator = {
  algorithm: 'spectral',
  task: 'clustering',
  reference: 'sklearn.cluster.SpectralClustering',
  summary:
    'Clusters of any shape, cut where rows are least near to each other. A new row gets the cluster of the nearest training row.',
  parameters,
  missing: 'refuse',
  memory: '64 bytes for each pair of rows.',
  agreement: { what: 'labels, up to the names of clusters', kind: 'exact', tolerance: 0 },
  typical: { rows: 1_000, features: 10, hyperparameters: { affinity: 'nearest_neighbors' } },
  fit,
};
