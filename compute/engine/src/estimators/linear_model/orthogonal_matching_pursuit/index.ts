import type { Estimator } from '../../../estimator.js';
import { fit } from './fit.js';
import { parameters } from './parameters.js';

export const orthogonalMatchingPursuit: Estimator = {
  algorithm: 'orthogonal_matching_pursuit',
  task: 'regression',
  reference: 'sklearn.linear_model.OrthogonalMatchingPursuit',
  summary:
    'A weighted sum of a given number of features, chosen one by one, each time the one that explains most of the rest.',
  parameters,
  missing: 'refuse',
  memory: '8 bytes for each pair of features, or with more features than rows 8 a row.',
  agreement: { what: 'features chosen, coefficients, intercept and predictions', kind: 'exact', tolerance: 1e-8 },
  invariances: ['rows'],
  typical: { rows: 100_000, features: 28, hyperparameters: { n_nonzero_coefs: 10 } },
  fit,
};
