import type { Estimator } from '../../../estimator.js';
import { fit } from './fit.js';
import { classificationParameters, regressionParameters } from './parameters.js';

export const randomForestRegression: Estimator = {
  algorithm: 'random_forest',
  task: 'regression',
  reference: 'sklearn.ensemble.RandomForestRegressor',
  summary: 'Trees on bootstrap samples, each split searched among some of the features; their answers are averaged.',
  parameters: regressionParameters,
  missing: 'refuse',
  weights: true,
  joint: true,
  memory:
    '12 bytes a value, 8 more where splits try more than a quarter of the features; for each row 8 for each target and 28 for each tree that grows at the same time.',
  invariances: ['scale'],
  agreement: { what: 'the same trees: predictions, importances and out-of-bag score', kind: 'exact', tolerance: 1e-12 },
  typical: { rows: 20_000, features: 28 },
  fit,
};

export const randomForestClassification: Estimator = {
  ...randomForestRegression,
  task: 'classification',
  reference: 'sklearn.ensemble.RandomForestClassifier',
  parameters: classificationParameters,
  joint: false,
  invariances: ['scale', 'labels'],
  agreement: {
    what: 'the same trees: probabilities, importances and out-of-bag score',
    kind: 'exact',
    tolerance: 1e-12,
  },
};
