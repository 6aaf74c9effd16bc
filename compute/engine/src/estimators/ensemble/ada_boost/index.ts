import type { Estimator } from '../../../estimator.js';
import { fitClassification } from './fit-classification.js';
import { fitRegression } from './fit-regression.js';
import { classificationParameters, regressionParameters } from './parameters.js';

export const adaBoostClassification: Estimator = {
  algorithm: 'ada_boost',
  task: 'classification',
  reference: 'sklearn.ensemble.AdaBoostClassifier',
  summary: 'Trees of one split, each learning most from the rows that those before it got wrong.',
  parameters: classificationParameters,
  missing: 'refuse',
  weights: true,
  memory: '20 bytes a value, and 36 a row.',
  invariances: ['rows', 'scale', 'weights', 'labels'],
  agreement: { what: 'scores, probabilities and importances', kind: 'exact', tolerance: 1e-9 },
  typical: { rows: 20_000, features: 28 },
  fit: fitClassification,
};

export const adaBoostRegression: Estimator = {
  ...adaBoostClassification,
  task: 'regression',
  reference: 'sklearn.ensemble.AdaBoostRegressor',
  summary: 'Trees of three levels on rows drawn by how wrong those before were; their weighted median answers.',
  parameters: regressionParameters,
  invariances: ['scale'],
  agreement: { what: 'predictions and importances', kind: 'exact', tolerance: 1e-9 },
  fit: fitRegression,
};
