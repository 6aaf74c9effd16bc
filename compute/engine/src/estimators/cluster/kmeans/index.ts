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
  fit,
};
