import type { Estimator } from '../../../estimator.js';
import { fit } from './fit.js';
import { pcaParameters } from './parameters.js';

export const pca: Estimator = {
  algorithm: 'pca',
  task: 'decomposition',
  reference: 'sklearn.decomposition.PCA',
  summary: 'Principal components: fewer numbers for each row that keep as much of the variance as possible.',
  parameters: pcaParameters,
  missing: 'refuse',
  invariances: ['rows'],
  memory: '24 bytes for each pair of features, and 8 KiB for each feature and component.',
  agreement: {
    what: 'components, explained variance, singular values, noise and projections',
    kind: 'exact',
    tolerance: 1e-6,
  },
  typical: { rows: 100_000, features: 50, hyperparameters: { n_components: 10 } },
  fit,
};
