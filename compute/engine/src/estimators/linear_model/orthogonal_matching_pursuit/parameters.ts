import { boolean, choice, either, integer, nullable, number, withoutEffect } from '../../../parameter-types.js';
import type { Parameter } from '../../../parameters.js';
import { normalizeParameter } from '../../../linear/normalization.js';

export const parameters: readonly Parameter[] = [
  {
    name: 'n_nonzero_coefs',
    type: nullable(integer(1)),
    default: null,
    summary: 'How many features the model has; null is a tenth of them, at least one. Not used where tol is given.',
  },
  {
    name: 'tol',
    type: nullable(number(0)),
    default: null,
    summary: 'Take features until the summed squared error is at most this, however many it takes.',
  },
  {
    name: 'fit_intercept',
    type: boolean,
    default: true,
    summary: 'Whether to learn an intercept; without one, a row of zeros scores 0.',
  },
  normalizeParameter,
  withoutEffect(
    'precompute',
    either(boolean, choice('auto')),
    'auto',
    'products of the features are kept where that is faster',
  ),
];

/** What `checkParameters` has passed. */
export interface OrthogonalMatchingPursuitParameters {
  readonly n_nonzero_coefs: number | null;
  readonly tol: number | null;
  readonly fit_intercept: boolean;
  readonly normalize: boolean | 'deprecated';
}
