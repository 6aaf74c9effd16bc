import type { Estimator } from '../../../estimator.js';
import { fitClassification } from './fit-classification.js';
import { classificationParameters, regressionParameters } from './parameters.js';
import { fitRegression } from './fit-regression.js';

export const linearRegression: Estimator = {
  algorithm: 'linear',
  task: 'regression',
  reference: 'sklearn.linear_model.LinearRegression',
  summary: 'A weighted sum of the features, fitted by ordinary least squares.',
  parameters: regressionParameters,
  missing: 'refuse',
  weights: true,
  memory: '24 bytes for each pair of features, and with weights 8 a row.',
  agreement: { what: 'coefficients, intercept and predictions', kind: 'exact', tolerance: 1e-6 },
  invariances: ['rows', 'scale', 'weights'],
  typical: { rows: 100_000, features: 28 },
  fit: fitRegression,
};

export const linearClassification: Estimator = {
  algorithm: 'linear',
  task: 'classification',
  reference: 'sklearn.linear_model.LogisticRegression',
  summary: 'Logistic regression: class probabilities from weighted sums of the features.',
  parameters: classificationParameters,
  missing: 'refuse',
  weights: true,
  memory:
    'Next to nothing; with weights 8 bytes a row; with the penalties l1 and elasticnet 24 a row and 8 more for each output.',
  agreement: { what: 'coefficients, intercept and predictions', kind: 'exact', tolerance: 1e-6 },
  invariances: ['rows', 'labels', 'weights'],
  typical: { rows: 100_000, features: 28 },
  fit: fitClassification,
};
