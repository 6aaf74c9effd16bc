import type { Estimator } from '../../../estimator.js';
import { fitClassification } from './fit-classification.js';
import { fitRegression } from './fit-regression.js';
import { classificationParameters, regressionParameters } from './parameters.js';

export const nuSvmRegression: Estimator = {
  algorithm: 'nu_svm',
  task: 'regression',
  reference: 'sklearn.svm.NuSVR',
  summary: 'Support vector regression that is told the share of rows with errors, and finds epsilon.',
  parameters: regressionParameters,
  missing: 'refuse',
  weights: true,
  memory: '4 bytes a value, 120 a row, and cache_size.',
  agreement: { what: 'predictions, with tol 1e-6 on both sides', kind: 'exact', tolerance: 1e-4 },
  typical: { rows: 5_000, features: 28 },
  fit: fitRegression,
};

export const nuSvmClassification: Estimator = {
  algorithm: 'nu_svm',
  task: 'classification',
  reference: 'sklearn.svm.NuSVC',
  summary: 'Support vector machine that is told the share of rows behind the margin, and finds the cost.',
  parameters: classificationParameters,
  missing: 'refuse',
  weights: true,
  memory: '4 bytes a value and 80 a row of two classes at a time, and cache_size.',
  agreement: { what: 'scores of pairs of classes, with tol 1e-6 on both sides', kind: 'exact', tolerance: 1e-4 },
  invariances: ['rows', 'weights', 'labels'],
  typical: { rows: 5_000, features: 28 },
  fit: fitClassification,
};
