import type { Estimator } from '../../../estimator.js';
import { fit } from './fit.js';
import { parameters } from './parameters.js';

export const spectralCo: Estimator = {
  algorithm: 'spectral_co',
  task: 'clustering',
  reference: 'sklearn.cluster.SpectralCoclustering',
  summary:
    'Clusters of rows and features together, where the features have their largest values. A new row gets the cluster whose rows have the nearest mean.',
  parameters,
  missing: 'refuse',
  memory: '40 bytes a value.',
  agreement: { what: 'labels of rows and of features, up to the names of clusters', kind: 'exact', tolerance: 0 },
  typical: { rows: 5_000, features: 100 },
  fit,
};
