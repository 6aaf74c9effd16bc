import type { Estimator } from '../../../estimator.js';
import { fit } from './fit.js';
import { elasticNetParameters } from './parameters.js';

export const elasticNet: Estimator = {
  algorithm: 'elastic_net',
  task: 'regression',
  reference: 'sklearn.linear_model.ElasticNet',
  summary: 'A weighted sum of the features whose coefficients are kept small, and many of them at 0.',
  parameters: elasticNetParameters,
  missing: 'refuse',
  weights: true,
  invariances: ['rows', 'weights'],
  memory: '8 bytes for each pair of features; with fewer rows than features 24 a row instead, 32 with weights.',
  agreement: { what: 'coefficients, intercept, iterations and predictions', kind: 'exact', tolerance: 1e-8 },
  typical: { rows: 100_000, features: 28 },
  fit,
};
