import type { Estimator } from '../../../estimator.js';
import { fit } from './fit.js';
import { classificationParameters, regressionParameters } from './parameters.js';

export const gradientBoostingTreesRegression: Estimator = {
  algorithm: 'gradient_boosting_trees',
  task: 'regression',
  reference: 'sklearn.ensemble.GradientBoostingRegressor',
  summary: 'Small trees, each following the gradient of the loss that those before it left; every threshold is tried.',
  parameters: regressionParameters,
  missing: 'refuse',
  weights: true,
  memory:
    '20 bytes a value; for each row 28 for each tree that grows at the same time and 8 for each output; with early stopping the data once more.',
  invariances: ['rows', 'scale', 'weights'],
  agreement: { what: 'the same trees: predictions, importances and number of rounds', kind: 'exact', tolerance: 1e-9 },
  typical: { rows: 20_000, features: 28 },
  fit,
};

export const gradientBoostingTreesClassification: Estimator = {
  ...gradientBoostingTreesRegression,
  task: 'classification',
  reference: 'sklearn.ensemble.GradientBoostingClassifier',
  parameters: classificationParameters,
  invariances: ['rows', 'scale', 'weights', 'labels'],
  agreement: {
    what: 'the same trees, unless the last bits of exp decide between splits that part rows alike: scores, importances and number of rounds',
    kind: 'exact',
    tolerance: 1e-9,
  },
};
