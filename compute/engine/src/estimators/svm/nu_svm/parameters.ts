import { fraction } from '../../../parameter-types.js';
import type { Parameter } from '../../../parameters.js';
import {
  type ClassifierParameters,
  classifierParameters,
  cost,
  type KernelParameters,
  kernelParameters,
} from '../../../svm/parameters.js';

export const regressionParameters: readonly Parameter[] = [
  {
    name: 'nu',
    type: fraction,
    default: 0.5,
    summary: 'At most this share of the rows has errors that cost, at least this share supports the function.',
  },
  cost,
  ...kernelParameters,
];

/** What `checkParameters` has passed. */
export interface RegressionParameters extends KernelParameters {
  readonly nu: number;
  readonly C: number;
}

export const classificationParameters: readonly Parameter[] = [
  {
    name: 'nu',
    type: fraction,
    default: 0.5,
    summary:
      'At most this share of the rows of two classes lies behind the margin, at least this share supports it; at most twice the share of the smaller class.',
  },
  ...classifierParameters.map((parameter) =>
    parameter.name === 'class_weight'
      ? {
          ...parameter,
          summary: 'Without effect, as in scikit-learn: nu and not a cost bounds the errors.',
          ignored: true,
        }
      : parameter,
  ),
];

/** What `checkParameters` has passed. */
export interface ClassificationParameters extends ClassifierParameters {
  readonly nu: number;
}
