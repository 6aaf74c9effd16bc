import type { Estimator } from '../../../estimator.js';
import { fit } from './fit.js';
import { parameters } from './parameters.js';

export const lightgbmRegression: Estimator = {
  algorithm: 'lightgbm',
  task: 'regression',
  reference: 'lightgbm.LGBMRegressor',
  summary: 'Gradient boosted trees, grown leaf by leaf on histograms of the features; also for ranking.',
  parameters,
  missing: 'learn',
  weights: true,
  memory:
    '2 bytes a value (up to 3 with fewer than 32 features), 8 a row and 16 more for each output, 8 with weights; at most 256 MiB of histograms.',
  agreement: {
    what: "scores of scikit-learn's HistGradientBoosting with equal settings and bins (there is no LightGBM to compare with)",
    kind: 'exact',
    tolerance: 1e-8,
  },
  invariances: ['rows', 'scale'],
  typical: { rows: 200_000, features: 28 },
  fit,
};

export const lightgbmClassification: Estimator = {
  ...lightgbmRegression,
  task: 'classification',
  reference: 'lightgbm.LGBMClassifier',
  summary: 'Gradient boosted trees, grown leaf by leaf on histograms of the features.',
  invariances: ['rows', 'scale', 'labels'],
};
