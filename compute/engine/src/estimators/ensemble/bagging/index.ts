import type { Estimator } from '../../../estimator.js';
import { fit } from './fit.js';
import { parameters } from './parameters.js';

export const baggingRegression: Estimator = {
  algorithm: 'bagging',
  task: 'regression',
  reference: 'sklearn.ensemble.BaggingRegressor',
  summary: 'Decision trees on random rows and features; their answers are averaged.',
  parameters,
  missing: 'refuse',
  weights: true,
  joint: true,
  memory: '20 bytes a value; for each row 8 for each target and 28 for each tree that grows at the same time.',
  invariances: ['scale'],
  agreement: { what: 'the same trees: predictions and out-of-bag score', kind: 'exact', tolerance: 1e-12 },
  typical: { rows: 20_000, features: 28 },
  fit,
};

export const baggingClassification: Estimator = {
  ...baggingRegression,
  task: 'classification',
  reference: 'sklearn.ensemble.BaggingClassifier',
  joint: false,
  invariances: ['scale', 'labels'],
  agreement: { what: 'the same trees: probabilities and out-of-bag score', kind: 'exact', tolerance: 1e-12 },
};
