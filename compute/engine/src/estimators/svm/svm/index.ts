import type { Estimator } from '../../../estimator.js';
import { fitClassification } from './fit-classification.js';
import { fitRegression } from './fit-regression.js';
import { classificationParameters, regressionParameters } from './parameters.js';

export const svmRegression: Estimator = {
  algorithm: 'svm',
  task: 'regression',
  reference: 'sklearn.svm.SVR',
  summary: 'Support vector regression: a smooth function of likeness to some of the rows, within epsilon of most.',
  parameters: regressionParameters,
  missing: 'refuse',
  weights: true,
  memory: '4 bytes a value, 120 a row, and cache_size.',
  agreement: { what: 'predictions, with tol 1e-6 on both sides', kind: 'exact', tolerance: 1e-4 },
  typical: { rows: 5_000, features: 28 },
  fit: fitRegression,
};

export const svmClassification: Estimator = {
  algorithm: 'svm',
  task: 'classification',
  reference: 'sklearn.svm.SVC',
  summary:
    'Support vector machine: the widest margin between each two classes, in terms of likeness to some of the rows.',
  parameters: classificationParameters,
  missing: 'refuse',
  weights: true,
  memory: '4 bytes a value and 80 a row of two classes at a time, and cache_size.',
  agreement: { what: 'scores of pairs of classes, with tol 1e-6 on both sides', kind: 'exact', tolerance: 1e-4 },
  invariances: ['rows', 'weights', 'labels'],
  typical: { rows: 5_000, features: 28 },
  fit: fitClassification,
};
