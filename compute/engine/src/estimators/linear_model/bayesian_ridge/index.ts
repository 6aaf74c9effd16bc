import type { Estimator } from '../../../estimator.js';
import { fit } from './fit.js';
import { bayesianRidgeParameters } from './parameters.js';

export const bayesianRidge: Estimator = {
  algorithm: 'bayesian_ridge',
  task: 'regression',
  reference: 'sklearn.linear_model.BayesianRidge',
  summary: 'Ridge regression whose penalty is learned: the one under which the data is most likely.',
  parameters: bayesianRidgeParameters,
  missing: 'refuse',
  weights: true,
  invariances: ['rows'],
  memory: '24 bytes for each pair of features, and 8 a row.',
  agreement: {
    what: 'coefficients, intercept, iterations, precisions, scores and predictions',
    kind: 'exact',
    tolerance: 1e-7,
  },
  typical: { rows: 100_000, features: 28 },
  fit,
};
