import type { Estimator } from '../../../estimator.js';
import { fit } from '../elastic_net/fit.js';
import { lassoParameters } from '../elastic_net/parameters.js';

/** The elastic net whose penalty is on absolute coefficients alone. */
export const lasso: Estimator = {
  algorithm: 'lasso',
  task: 'regression',
  reference: 'sklearn.linear_model.Lasso',
  summary: 'A weighted sum of few features: a penalty on absolute coefficients sets the others to 0.',
  parameters: lassoParameters,
  missing: 'refuse',
  weights: true,
  invariances: ['rows', 'weights'],
  memory: '8 bytes for each pair of features; with fewer rows than features 24 a row instead, 32 with weights.',
  agreement: { what: 'coefficients, intercept, iterations and predictions', kind: 'exact', tolerance: 1e-8 },
  typical: { rows: 100_000, features: 28 },
  fit: (data, checked, context) => fit(data, { ...checked, l1_ratio: 1 }, context),
};
