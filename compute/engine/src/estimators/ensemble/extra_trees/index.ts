import type { Estimator } from '../../../estimator.js';
import { fit } from './fit.js';
import { classificationParameters, regressionParameters } from './parameters.js';

export const extraTreesRegression: Estimator = {
  algorithm: 'extra_trees',
  task: 'regression',
  reference: 'sklearn.ensemble.ExtraTreesRegressor',
  summary: 'Trees whose thresholds are drawn at random, the best of some features; their answers are averaged.',
  parameters: regressionParameters,
  missing: 'refuse',
  weights: true,
  joint: true,
  agreement: { what: 'the same trees: predictions, importances and out-of-bag score', kind: 'exact', tolerance: 1e-12 },
  typical: { rows: 20_000, features: 28 },
  fit,
};

export const extraTreesClassification: Estimator = {
  ...extraTreesRegression,
  task: 'classification',
  reference: 'sklearn.ensemble.ExtraTreesClassifier',
  parameters: classificationParameters,
  joint: false,
  agreement: {
    what: 'the same trees: probabilities, importances and out-of-bag score',
    kind: 'exact',
    tolerance: 1e-12,
  },
};
