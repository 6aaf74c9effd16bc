import type { Estimator } from '../../../estimator.js';
import { fit } from './fit.js';
import { parameters } from './parameters.js';

export const featureAgglomeration: Estimator = {
  algorithm: 'feature_agglomeration',
  task: 'decomposition',
  reference: 'sklearn.cluster.FeatureAgglomeration',
  summary: 'Groups of features that are alike, each replaced by its mean.',
  parameters,
  missing: 'refuse',
  memory: '8 bytes for each pair of features.',
  invariances: ['rows'],
  agreement: { what: 'groups, distances of merges and means', kind: 'exact', tolerance: 1e-9 },
  typical: { rows: 2000, features: 200, hyperparameters: { n_clusters: 20 } },
  fit,
};
