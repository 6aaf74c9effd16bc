import type { Estimator } from '../../../estimator.js';
import { fit } from './fit.js';
import { parameters } from './parameters.js';

/** Trees as many and as deep, by the reference that there is. */
const asMuch = { n_estimators: 200, max_depth: 6, tree_method: 'hist' };
const typical = { rows: 50_000, features: 28, hyperparameters: { iterations: 200 } };

export const catboostRegression: Estimator = {
  algorithm: 'catboost',
  task: 'regression',
  reference: 'catboost.CatBoostRegressor',
  summary: 'Gradient boosted symmetric trees, with target statistics for categories.',
  parameters,
  missing: 'learn',
  weights: true,
  memory:
    '2 bytes a value (up to 3 with fewer than 32 features), 8 a row and 32 more for each output; with boosting_type Ordered 32 more a row; at most 256 MiB of histograms.',
  invariances: ['scale'],
  agreement: {
    what: 'R² on new rows, not below that of xgboost (there is no CatBoost to compare with)',
    kind: 'band',
    tolerance: 0.02,
  },
  typical: { ...typical, against: { reference: 'xgboost.XGBRegressor', hyperparameters: asMuch } },
  fit,
};

export const catboostClassification: Estimator = {
  ...catboostRegression,
  task: 'classification',
  typical: { ...typical, against: { reference: 'xgboost.XGBClassifier', hyperparameters: asMuch } },
  reference: 'catboost.CatBoostClassifier',
  invariances: ['scale', 'labels'],
  agreement: {
    what: 'AUC on new rows, not below that of xgboost (there is no CatBoost to compare with)',
    kind: 'band',
    tolerance: 0.005,
  },
};
