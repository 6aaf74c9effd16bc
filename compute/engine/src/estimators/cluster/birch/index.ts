import type { Estimator } from '../../../estimator.js';
import { fit } from './fit.js';
import { parameters } from './parameters.js';

export const birch: Estimator = {
  algorithm: 'birch',
  task: 'clustering',
  reference: 'sklearn.cluster.Birch',
  summary: 'Many small subclusters found in one pass over the rows, joined to clusters in the end.',
  parameters,
  missing: 'refuse',
  memory: '16 bytes for each subcluster and feature, and 8 for each pair of subclusters.',
  agreement: { what: 'subclusters’ centroids, and clusters up to their numbers', kind: 'exact', tolerance: 1e-6 },
  typical: { rows: 20_000, features: 10, hyperparameters: { threshold: 2, n_clusters: 16 } },
  fit,
};
