import type { Estimator } from '../../../estimator.js';
import { fitClassification } from './fit-classification.js';
import { fitRegression } from './fit-regression.js';
import { classificationParameters, regressionParameters } from './parameters.js';

export const ridgeRegression: Estimator = {
  algorithm: 'ridge',
  task: 'regression',
  reference: 'sklearn.linear_model.Ridge',
  summary: 'A weighted sum of the features whose coefficients are kept small by a penalty on their squares.',
  parameters: regressionParameters,
  missing: 'refuse',
  weights: true,
  joint: true,
  invariances: ['rows', 'weights'],
  memory: '16 bytes for each pair of features, or of rows if they are fewer, and then 8 a value.',
  agreement: { what: 'coefficients, intercept and predictions', kind: 'exact', tolerance: 1e-8 },
  typical: { rows: 100_000, features: 28 },
  fit: fitRegression,
};

export const ridgeClassification: Estimator = {
  algorithm: 'ridge',
  task: 'classification',
  reference: 'sklearn.linear_model.RidgeClassifier',
  summary: 'Ridge regression of 1 for the rows of a class and -1 for the others; the largest score wins.',
  parameters: classificationParameters,
  missing: 'refuse',
  weights: true,
  invariances: ['rows', 'weights', 'labels'],
  memory:
    '16 bytes for each pair of features, or of rows if they are fewer, and then 8 a value; 4 a row for each class.',
  agreement: { what: 'coefficients, intercepts, scores and classes', kind: 'exact', tolerance: 1e-8 },
  typical: { rows: 100_000, features: 28 },
  fit: fitClassification,
};
