import { number } from '../../../parameter-types.js';
import type { Parameter } from '../../../parameters.js';
import {
  type ClassifierParameters,
  classifierParameters,
  cost,
  type KernelParameters,
  kernelParameters,
} from '../../../svm/parameters.js';

export const regressionParameters: readonly Parameter[] = [
  cost,
  {
    name: 'epsilon',
    type: number(0),
    default: 0.1,
    summary: 'Errors up to this cost nothing.',
  },
  ...kernelParameters,
];

/** What `checkParameters` has passed. */
export interface RegressionParameters extends KernelParameters {
  readonly C: number;
  readonly epsilon: number;
}

export const classificationParameters: readonly Parameter[] = [cost, ...classifierParameters];

/** What `checkParameters` has passed. */
export interface ClassificationParameters extends ClassifierParameters {
  readonly C: number;
}
