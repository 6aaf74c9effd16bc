import type { Estimator } from '../../../estimator.js';
import { fit } from './fit.js';
import { relevanceParameters } from './parameters.js';

export const automaticRelevanceDetermination: Estimator = {
  algorithm: 'automatic_relevance_determination',
  task: 'regression',
  reference: 'sklearn.linear_model.ARDRegression',
  summary: 'A weighted sum of the features with a learned penalty for each: those that tell nothing are dropped.',
  parameters: relevanceParameters,
  missing: 'refuse',
  invariances: ['rows'],
  memory:
    '40 bytes for each pair of features; with fewer rows than features also 24 a value and 40 for each pair of rows.',
  agreement: {
    what: 'coefficients, intercept, precisions, dropped features, scores and predictions',
    kind: 'exact',
    tolerance: 1e-6,
  },
  typical: { rows: 5000, features: 100 },
  fit,
};
