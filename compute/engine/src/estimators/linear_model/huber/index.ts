import type { Estimator } from '../../../estimator.js';
import { fit } from './fit.js';
import { parameters } from './parameters.js';

export const huber: Estimator = {
  algorithm: 'huber',
  task: 'regression',
  reference: 'sklearn.linear_model.HuberRegressor',
  summary: 'A weighted sum of the features that outliers pull at no harder the farther they are off.',
  parameters,
  missing: 'refuse',
  weights: true,
  memory: '8 bytes a row.',
  agreement: { what: 'coefficients, intercept, scale, outliers and predictions', kind: 'exact', tolerance: 1e-5 },
  invariances: ['rows', 'weights'],
  typical: { rows: 100_000, features: 28 },
  fit,
};
