import type { Estimator } from '../../../estimator.js';
import { fit } from './fit.js';
import { parameters } from './parameters.js';

export const dbscan: Estimator = {
  algorithm: 'dbscan',
  task: 'clustering',
  reference: 'sklearn.cluster.DBSCAN',
  summary:
    'Clusters of any shape, where rows lie densely; rows that lie alone are noise, -1. A new row gets the cluster of the nearest core row within eps, or -1.',
  parameters,
  missing: 'refuse',
  weights: true,
  memory: '8 bytes a value, and 12 a row.',
  agreement: { what: 'labels and core rows', kind: 'exact', tolerance: 0 },
  invariances: ['rows', 'weights'],
  typical: { rows: 20_000, features: 8, hyperparameters: { eps: 2.5, min_samples: 10 } },
  fit,
};
