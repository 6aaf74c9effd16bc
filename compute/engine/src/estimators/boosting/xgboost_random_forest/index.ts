import type { Estimator } from '../../../estimator.js';
import { fit } from './fit.js';
import { parameters } from './parameters.js';

export const xgboostRandomForestRegression: Estimator = {
  algorithm: 'xgboost_random_forest',
  task: 'regression',
  reference: 'xgboost.XGBRFRegressor',
  summary:
    'A random forest of gradient boosting trees: all grown from the first gradients, on rows and features drawn.',
  parameters,
  missing: 'learn',
  weights: true,
  memory:
    '2 bytes a value (up to 3 with fewer than 32 features, 4 with tree_method exact or approx), 8 a row and 12 more for each output; at most 256 MiB of histograms.',
  invariances: ['scale'],
  agreement: { what: 'margins, with the same rows and features drawn', kind: 'exact', tolerance: 1e-5 },
  typical: { rows: 100_000, features: 28, hyperparameters: { tree_method: 'hist' } },
  fit,
};

export const xgboostRandomForestClassification: Estimator = {
  ...xgboostRandomForestRegression,
  task: 'classification',
  reference: 'xgboost.XGBRFClassifier',
  invariances: ['scale', 'labels'],
};
