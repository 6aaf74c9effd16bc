import type { Estimator } from '../../../estimator.js';
import { fit } from './fit.js';
import { parameters } from './parameters.js';

export const xgboostRegression: Estimator = {
  algorithm: 'xgboost',
  task: 'regression',
  reference: 'xgboost.XGBRegressor',
  summary:
    'Gradient boosting of trees, with or without dropout, or of a linear model: for regression, classification, counts, survival and ranking.',
  parameters,
  missing: 'learn',
  weights: true,
  memory:
    '2 bytes a value (up to 3 with fewer than 32 features, 4 with tree_method exact or approx), 8 a row and 12 more for each output; at most 256 MiB of histograms; with validation_fraction the data once more.',
  agreement: {
    what: 'trees split by split, margins, answers and importances, with the same draws',
    kind: 'exact',
    tolerance: 1e-5,
  },
  invariances: ['rows', 'scale', 'weights'],
  typical: { rows: 200_000, features: 28, hyperparameters: { tree_method: 'hist' } },
  fit,
};

export const xgboostClassification: Estimator = {
  ...xgboostRegression,
  task: 'classification',
  reference: 'xgboost.XGBClassifier',
  invariances: ['rows', 'scale', 'weights', 'labels'],
};
