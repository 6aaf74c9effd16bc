import type { Estimator } from '../../../estimator.js';
import { fit } from './fit.js';
import { parameters } from './parameters.js';

export const spectralBi: Estimator = {
  algorithm: 'spectral_bi',
  task: 'clustering',
  reference: 'sklearn.cluster.SpectralBiclustering',
  summary:
    'Clusters of rows and clusters of features that divide the table like a checkerboard. A new row gets the cluster whose rows have the nearest mean.',
  parameters,
  missing: 'refuse',
  memory: '40 bytes a value.',
  agreement: { what: 'labels of rows and of features, up to the names of clusters', kind: 'exact', tolerance: 0 },
  typical: { rows: 5_000, features: 100 },
  fit,
};
