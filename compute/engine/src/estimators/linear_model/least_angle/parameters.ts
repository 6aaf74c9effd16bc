import {
  arrayOf,
  boolean,
  choice,
  either,
  integer,
  nullable,
  number,
  seed,
  verbosity,
  withoutEffect,
} from '../../../parameter-types.js';
import type { Parameter } from '../../../parameters.js';
import { normalizeParameter } from '../../../linear/normalization.js';

const fitIntercept: Parameter = {
  name: 'fit_intercept',
  type: boolean,
  default: true,
  summary: 'Whether to learn an intercept; without one, a row of zeros scores 0.',
};

const shared: readonly Parameter[] = [
  fitIntercept,
  normalizeParameter,
  {
    name: 'eps',
    type: number(0),
    default: 2 ** -52,
    summary:
      'The least diagonal of the triangular factor of the features in the model; larger for features that almost depend on each other.',
  },
  {
    name: 'jitter',
    type: nullable(number(0)),
    default: null,
    summary: 'Noise between 0 and this is added to the target, so that features are no longer equally good.',
  },
  {
    name: 'random_state',
    type: seed,
    default: null,
    summary: 'Seed of the noise of jitter; null takes the seed of the training.',
  },
  withoutEffect(
    'precompute',
    either(boolean, choice('auto'), arrayOf(arrayOf(number()))),
    'auto',
    'products of the features are kept where that is faster',
  ),
  withoutEffect('fit_path', boolean, true, 'the model is the end of the path either way'),
  withoutEffect('copy_X', boolean, true, 'the training data is never overwritten'),
  { ...verbosity, default: false },
];

export const leastAngleParameters: readonly Parameter[] = [
  {
    name: 'n_nonzero_coefs',
    type: integer(1),
    default: 500,
    summary: 'The most steps, each of which brings a feature into the model.',
  },
  ...shared,
];

export const lassoLeastAngleParameters: readonly Parameter[] = [
  {
    name: 'alpha',
    type: number(0),
    default: 1,
    summary: 'Weight of the penalty, the summed absolute coefficients, against half the mean squared error.',
  },
  {
    name: 'max_iter',
    type: integer(0),
    default: 500,
    summary: 'The most steps along the path; each brings a feature into the model or takes one out.',
  },
  { name: 'positive', type: boolean, default: false, summary: 'Whether coefficients must not be negative.' },
  ...shared,
];

interface Shared {
  readonly fit_intercept: boolean;
  readonly normalize: boolean | 'deprecated';
  readonly eps: number;
  readonly jitter: number | null;
  readonly random_state: number | null;
}

/** What `checkParameters` has passed. */
export interface LeastAngleParameters extends Shared {
  readonly n_nonzero_coefs: number;
}

/** What `checkParameters` has passed. */
export interface LassoLeastAngleParameters extends Shared {
  readonly alpha: number;
  readonly max_iter: number;
  readonly positive: boolean;
}
