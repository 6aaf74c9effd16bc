import {
  boolean,
  integer,
  nullable,
  number,
  seed,
  threads,
  verbosity,
  withoutEffect,
} from '../../../parameter-types.js';
import type { Parameter } from '../../../parameters.js';

export const parameters: readonly Parameter[] = [
  {
    name: 'fit_intercept',
    type: boolean,
    default: true,
    summary: 'Whether to learn an intercept; without one, a row of zeros scores 0.',
  },
  {
    name: 'max_subpopulation',
    type: number(1),
    default: 1e4,
    summary: 'The most subsets of rows to solve; where there are more, so many are drawn at random.',
  },
  {
    name: 'n_subsamples',
    type: nullable(integer(1)),
    default: null,
    summary:
      'Rows in each subset; null is the number of coefficients, which resists outliers best. With all rows it is least squares.',
  },
  { name: 'max_iter', type: integer(0), default: 300, summary: 'The most iterations for the spatial median.' },
  {
    name: 'tol',
    type: number(0),
    default: 1e-3,
    summary: 'Stop when the spatial median moves less than this.',
  },
  {
    name: 'random_state',
    type: seed,
    default: null,
    summary: 'Seeds the choice of subsets, as in scikit-learn; null takes the seed of the training.',
  },
  withoutEffect('copy_X', boolean, true, 'the training data is never overwritten'),
  threads,
  { ...verbosity, default: false },
];

/** What `checkParameters` has passed. */
export interface TheilSenParameters {
  readonly fit_intercept: boolean;
  readonly max_subpopulation: number;
  readonly n_subsamples: number | null;
  readonly max_iter: number;
  readonly tol: number;
  readonly random_state: number | null;
}
