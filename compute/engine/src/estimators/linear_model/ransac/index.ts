import type { Estimator } from '../../../estimator.js';
import { fit } from './fit.js';
import { parameters } from './parameters.js';

export const ransac: Estimator = {
  algorithm: 'ransac',
  task: 'regression',
  reference: 'sklearn.linear_model.RANSACRegressor',
  summary: 'Ordinary least squares of the rows that agree with each other; the others, outliers, are left out.',
  parameters,
  missing: 'refuse',
  weights: true,
  joint: true,
  memory: '4 bytes a value, 12 a row, and 8 more for each target.',
  invariances: ['scale'],
  agreement: { what: 'inliers, trials, coefficients and predictions', kind: 'exact', tolerance: 1e-6 },
  typical: { rows: 10_000, features: 10, hyperparameters: { random_state: 0 } },
  fit,
};
