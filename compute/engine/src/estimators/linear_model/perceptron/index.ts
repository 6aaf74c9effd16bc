import type { Estimator } from '../../../estimator.js';
import { fit } from './fit.js';
import { parameters } from './parameters.js';

export const perceptron: Estimator = {
  algorithm: 'perceptron',
  task: 'classification',
  reference: 'sklearn.linear_model.Perceptron',
  summary: 'A linear classifier that learns from the rows it gets wrong alone.',
  parameters,
  missing: 'refuse',
  weights: true,
  memory: '4 bytes a value, and up to 32 a row.',
  agreement: { what: 'coefficients, intercepts and passes', kind: 'exact', tolerance: 1e-8 },
  typical: { rows: 100_000, features: 28 },
  fit,
};
