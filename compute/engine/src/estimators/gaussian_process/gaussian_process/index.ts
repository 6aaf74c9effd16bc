import type { Estimator } from '../../../estimator.js';
import { fitClassification } from './fit-classification.js';
import { fitRegression } from './fit-regression.js';
import { classificationParameters, regressionParameters } from './parameters.js';

export const gaussianProcessRegression: Estimator = {
  algorithm: 'gaussian_process',
  task: 'regression',
  reference: 'sklearn.gaussian_process.GaussianProcessRegressor',
  summary: 'The mean of a Gaussian process given the training rows: smooth, and through them up to their noise.',
  parameters: regressionParameters,
  missing: 'refuse',
  joint: true,
  invariances: ['rows'],
  memory: '8 bytes for each pair of rows, three times that while a kernel is learned, and 4 a value.',
  agreement: {
    what: 'predictions and log marginal likelihood; a learned kernel is at least as likely',
    kind: 'exact',
    tolerance: 1e-6,
  },
  typical: { rows: 2000, features: 10, hyperparameters: { alpha: 0.1 } },
  fit: fitRegression,
};

export const gaussianProcessClassification: Estimator = {
  algorithm: 'gaussian_process',
  task: 'classification',
  reference: 'sklearn.gaussian_process.GaussianProcessClassifier',
  summary: "Latent Gaussian processes, squashed to probabilities, by Laplace's approximation; one against the rest.",
  parameters: classificationParameters,
  missing: 'refuse',
  invariances: ['rows', 'labels'],
  memory: '32 bytes for each pair of rows, more while a kernel is learned.',
  agreement: {
    what: 'probabilities and log marginal likelihood; a learned kernel is at least as likely',
    kind: 'exact',
    tolerance: 1e-6,
  },
  typical: { rows: 1000, features: 10 },
  fit: fitClassification,
};
