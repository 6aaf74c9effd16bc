import type { Estimator } from '../../../estimator.js';
import { fitClassification } from './fit-classification.js';
import { fitRegression } from './fit-regression.js';
import { classificationParameters, regressionParameters } from './parameters.js';

export const stochasticGradientDescentRegression: Estimator = {
  algorithm: 'stochastic_gradient_descent',
  task: 'regression',
  reference: 'sklearn.linear_model.SGDRegressor',
  summary: 'A weighted sum of the features, improved a little at every row; for features of similar, small scales.',
  parameters: regressionParameters,
  missing: 'refuse',
  weights: true,
  memory: '4 bytes a value, and up to 32 a row.',
  agreement: { what: 'coefficients, intercept, passes and predictions', kind: 'exact', tolerance: 1e-8 },
  typical: { rows: 100_000, features: 28, hyperparameters: { random_state: 0 } },
  fit: fitRegression,
};

export const stochasticGradientDescentClassification: Estimator = {
  ...stochasticGradientDescentRegression,
  task: 'classification',
  reference: 'sklearn.linear_model.SGDClassifier',
  summary:
    'Linear classifiers (support vector machine, logistic regression and others), improved a little at every row; for features of similar, small scales.',
  parameters: classificationParameters,
  fit: fitClassification,
};
