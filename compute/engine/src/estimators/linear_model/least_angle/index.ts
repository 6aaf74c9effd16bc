import type { Estimator } from '../../../estimator.js';
import { fitLeastAngle } from './fit.js';
import { leastAngleParameters } from './parameters.js';

export const leastAngle: Estimator = {
  algorithm: 'least_angle',
  task: 'regression',
  reference: 'sklearn.linear_model.Lars',
  summary:
    'A weighted sum of the features, which enter it one by one, the most correlated first, moving at equal angles.',
  parameters: leastAngleParameters,
  missing: 'refuse',
  memory: '8 bytes for each pair of features, or with more features than rows 8 a row; 8 more a row with jitter.',
  agreement: {
    what: 'coefficients, intercept, penalties along the path and predictions',
    kind: 'exact',
    tolerance: 1e-8,
  },
  invariances: ['rows'],
  typical: { rows: 100_000, features: 28 },
  fit: fitLeastAngle,
};
