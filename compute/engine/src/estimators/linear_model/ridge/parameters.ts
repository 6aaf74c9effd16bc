import {
  arrayOf,
  boolean,
  choice,
  classWeightParameter,
  either,
  integer,
  nullable,
  number,
  seed,
  withoutEffect,
} from '../../../parameter-types.js';
import type { Parameter } from '../../../parameters.js';

export const regressionParameters: readonly Parameter[] = [
  {
    name: 'alpha',
    type: either(number(0), arrayOf(number(0))),
    default: 1,
    summary:
      'Weight of the summed squared coefficients against the summed squared errors; an array has one per target.',
  },
  {
    name: 'fit_intercept',
    type: boolean,
    default: true,
    summary: 'Whether to learn an intercept, which is never penalized; without one, a row of zeros scores 0.',
  },
  {
    name: 'solver',
    type: choice('auto', 'svd', 'cholesky', 'lsqr', 'sparse_cg', 'sag', 'saga', 'lbfgs'),
    default: 'auto',
    summary: 'All names are accepted and all give the exact solution; lbfgs belongs to positive.',
  },
  { name: 'positive', type: boolean, default: false, summary: 'Whether coefficients must not be negative.' },
  withoutEffect('max_iter', nullable(integer(1)), null, 'the solution is computed, not approached'),
  withoutEffect('tol', number(0), 1e-4, 'the solution is computed, not approached'),
  withoutEffect('copy_X', boolean, true, 'the training data is never overwritten'),
  withoutEffect('random_state', seed, null, 'nothing is random here'),
];

export const classificationParameters: readonly Parameter[] = [...regressionParameters, classWeightParameter];

/** What `checkParameters` has passed. */
export interface RidgeParameters {
  readonly alpha: number | readonly number[];
  readonly fit_intercept: boolean;
  readonly solver: string;
  readonly positive: boolean;
}
