import type { Estimator } from '../../../estimator.js';
import { fit } from './fit.js';
import { parameters } from './parameters.js';

export const quantile: Estimator = {
  algorithm: 'quantile',
  task: 'regression',
  reference: 'sklearn.linear_model.QuantileRegressor',
  summary: 'A weighted sum of the features that a given share of the targets lies below, the median for example.',
  parameters,
  missing: 'refuse',
  weights: true,
  memory: '150 bytes a row.',
  agreement: {
    what: 'the objective; coefficients and predictions where they are unique',
    kind: 'exact',
    tolerance: 1e-8,
  },
  invariances: ['rows', 'weights'],
  typical: { rows: 5000, features: 10, hyperparameters: { alpha: 0.01, solver: 'highs' } },
  fit,
};
