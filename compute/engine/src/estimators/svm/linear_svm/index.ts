import type { Estimator } from '../../../estimator.js';
import { fitClassification } from './fit-classification.js';
import { fitRegression } from './fit-regression.js';
import { classificationParameters, regressionParameters } from './parameters.js';

export const linearSvmRegression: Estimator = {
  algorithm: 'linear_svm',
  task: 'regression',
  reference: 'sklearn.svm.LinearSVR',
  summary: 'A weighted sum of the features that is within epsilon of most rows.',
  parameters: regressionParameters,
  missing: 'refuse',
  weights: true,
  memory: '30 to 200 bytes a row, and 24 for each pair of features.',
  agreement: { what: 'coefficients, intercept and predictions, at the optimum', kind: 'exact', tolerance: 1e-4 },
  invariances: ['rows', 'weights'],
  // Where the reference gets to the optimum.
  typical: { rows: 100_000, features: 28, hyperparameters: { C: 0.1 } },
  fit: fitRegression,
};

export const linearSvmClassification: Estimator = {
  algorithm: 'linear_svm',
  task: 'classification',
  reference: 'sklearn.svm.LinearSVC',
  summary: 'The widest margin between classes, in terms of a weighted sum of the features.',
  parameters: classificationParameters,
  missing: 'refuse',
  weights: true,
  memory:
    '30 to 150 bytes a row, and 24 for each pair of features; with crammer_singer 8 a value, and 8 a row for each class.',
  agreement: { what: 'coefficients and intercepts, at the optimum', kind: 'exact', tolerance: 1e-4 },
  invariances: ['rows', 'weights', 'labels'],
  typical: { rows: 100_000, features: 28, hyperparameters: { dual: false } },
  fit: fitClassification,
};
