import type { Estimator } from '../../../estimator.js';
import { fit } from './fit.js';
import { parameters } from './parameters.js';

export const theilSen: Estimator = {
  algorithm: 'theil_sen',
  task: 'regression',
  reference: 'sklearn.linear_model.TheilSenRegressor',
  summary: 'The median, in space, of the least squares of many small subsets of the rows: outliers hardly move it.',
  parameters,
  missing: 'refuse',
  memory: '8 bytes for each subset and coefficient, and 4 for each subset and row in it.',
  agreement: { what: 'coefficients, intercept and predictions', kind: 'exact', tolerance: 1e-6 },
  typical: { rows: 10_000, features: 10, hyperparameters: { random_state: 0 } },
  fit,
};
