import type { Estimator } from '../../../estimator.js';
import { fitClassification, fitRegression } from './fit.js';
import { classificationParameters, regressionParameters } from './parameters.js';

export const passiveAggressiveRegression: Estimator = {
  algorithm: 'passive_aggressive',
  task: 'regression',
  reference: 'sklearn.linear_model.PassiveAggressiveRegressor',
  summary: 'A weighted sum of the features that changes as little as makes each row right, one row after the other.',
  parameters: regressionParameters,
  missing: 'refuse',
  memory: '4 bytes a value, and up to 32 a row.',
  agreement: { what: 'coefficients, intercept, passes and predictions', kind: 'exact', tolerance: 1e-8 },
  typical: { rows: 100_000, features: 28, hyperparameters: { random_state: 0 } },
  fit: fitRegression,
};

export const passiveAggressiveClassification: Estimator = {
  ...passiveAggressiveRegression,
  task: 'classification',
  reference: 'sklearn.linear_model.PassiveAggressiveClassifier',
  summary: 'Linear classifiers that change as little as makes each row right, one row after the other.',
  parameters: classificationParameters,
  fit: fitClassification,
};
