import type { Estimator } from '../../../estimator.js';
import { fit } from './fit.js';
import { parameters } from './parameters.js';

export const kernelRidge: Estimator = {
  algorithm: 'kernel_ridge',
  task: 'regression',
  reference: 'sklearn.kernel_ridge.KernelRidge',
  summary:
    'A weighted sum of how alike a row is to each training row, kept smooth by a penalty as in ridge regression.',
  parameters,
  missing: 'refuse',
  weights: true,
  joint: true,
  invariances: ['rows', 'weights'],
  memory: '8 bytes for each pair of rows (four times that if their matrix is singular), and 4 a value.',
  agreement: { what: 'predictions', kind: 'exact', tolerance: 1e-7 },
  typical: { rows: 3000, features: 10, hyperparameters: { kernel: 'rbf' } },
  fit,
};
