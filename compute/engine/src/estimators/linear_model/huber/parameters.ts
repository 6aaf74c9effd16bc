import { boolean, integer, number, withoutEffect } from '../../../parameter-types.js';
import type { Parameter } from '../../../parameters.js';

export const parameters: readonly Parameter[] = [
  {
    name: 'epsilon',
    type: number(1),
    default: 1.35,
    summary:
      'Rows whose residual is above this times the scale count as outliers: their loss grows no faster than a line.',
  },
  {
    name: 'max_iter',
    type: integer(0),
    default: 100,
    summary: 'Stop after this many iterations, with what was reached; the model says that it did not converge.',
  },
  {
    name: 'alpha',
    type: number(0),
    default: 1e-4,
    summary: 'Weight of the penalty: this times the squared coefficients is added to the summed loss.',
  },
  {
    name: 'fit_intercept',
    type: boolean,
    default: true,
    summary: 'Whether to learn an intercept; without one, a row of zeros scores 0.',
  },
  {
    name: 'tol',
    type: number(0),
    default: 1e-5,
    summary: 'Stop when no slope of the mean loss, per standard deviation of a feature, is above 1e-4 times this.',
  },
  withoutEffect('warm_start', boolean, false, 'every model is trained from the start'),
];

/** What `checkParameters` has passed. */
export interface HuberParameters {
  readonly epsilon: number;
  readonly max_iter: number;
  readonly alpha: number;
  readonly fit_intercept: boolean;
  readonly tol: number;
}
