import type { Estimator } from '../../../estimator.js';
import { fitKMeans } from './fit.js';
import { kmeansParameters } from './parameters.js';

export const kmeans: Estimator = {
  algorithm: 'kmeans',
  task: 'clustering',
  reference: 'sklearn.cluster.KMeans',
  summary: 'Clusters around centroids, so that the squared distances of rows to their centroids are small.',
  parameters: kmeansParameters,
  missing: 'refuse',
  fit: fitKMeans,
};
