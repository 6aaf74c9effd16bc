import type { Estimator } from '../../../estimator.js';
import { fit } from './fit.js';
import { classificationParameters, regressionParameters } from './parameters.js';

export const histGradientBoostingRegression: Estimator = {
  algorithm: 'hist_gradient_boosting',
  task: 'regression',
  reference: 'sklearn.ensemble.HistGradientBoostingRegressor',
  summary: 'Gradient boosted trees, grown leaf by leaf on histograms of the features.',
  parameters: regressionParameters,
  missing: 'learn',
  weights: true,
  memory:
    '2 bytes a value (up to 3 with fewer than 32 features), 8 a row and 16 more for each output, 8 with weights; at most 256 MiB of histograms; with early stopping the data once more.',
  agreement: { what: 'scores of the trees, which are the same split by split', kind: 'exact', tolerance: 1e-10 },
  invariances: ['rows', 'scale'],
  typical: { rows: 200_000, features: 28 },
  fit,
};

export const histGradientBoostingClassification: Estimator = {
  ...histGradientBoostingRegression,
  task: 'classification',
  reference: 'sklearn.ensemble.HistGradientBoostingClassifier',
  parameters: classificationParameters,
  invariances: ['rows', 'scale', 'labels'],
};
