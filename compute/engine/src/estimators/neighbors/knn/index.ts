import type { Estimator } from '../../../estimator.js';
import { fit } from './fit.js';
import { parameters } from './parameters.js';

export const knnRegression: Estimator = {
  algorithm: 'knn',
  task: 'regression',
  reference: 'sklearn.neighbors.KNeighborsRegressor',
  summary: 'The mean of the nearest training rows.',
  parameters,
  missing: 'refuse',
  memory: '4 bytes a value, and 12 a row.',
  agreement: { what: 'neighbours, their distances and predictions', kind: 'exact', tolerance: 1e-6 },
  invariances: ['rows'],
  typical: { rows: 50_000, features: 8 },
  fit,
};

export const knnClassification: Estimator = {
  ...knnRegression,
  task: 'classification',
  reference: 'sklearn.neighbors.KNeighborsClassifier',
  summary: 'The class that most of the nearest training rows have.',
  agreement: { what: 'neighbours, their distances and probabilities', kind: 'exact', tolerance: 1e-6 },
  invariances: ['rows', 'labels'],
};
