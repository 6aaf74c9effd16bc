import type { Estimator } from '../../../estimator.js';
import { fitLassoLeastAngle } from '../least_angle/fit.js';
import { lassoLeastAngleParameters } from '../least_angle/parameters.js';

/** Least angle regression from which features leave whose coefficients reach 0: the exact path of the lasso. */
export const lassoLeastAngle: Estimator = {
  algorithm: 'lasso_least_angle',
  task: 'regression',
  reference: 'sklearn.linear_model.LassoLars',
  summary: 'The lasso, found exactly by following its path from the largest penalty down to alpha.',
  parameters: lassoLeastAngleParameters,
  missing: 'refuse',
  memory: '8 bytes for each pair of features, or with more features than rows 8 a row; 8 more a row with jitter.',
  agreement: {
    what: 'coefficients, intercept, penalties along the path and predictions',
    kind: 'exact',
    tolerance: 1e-8,
  },
  invariances: ['rows'],
  typical: { rows: 100_000, features: 28, hyperparameters: { alpha: 0.01 } },
  fit: fitLassoLeastAngle,
};
