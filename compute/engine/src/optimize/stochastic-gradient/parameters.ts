/** Parameters that all estimators by stochastic gradient descent share. */
import {
  boolean,
  choice,
  either,
  integer,
  nullable,
  number,
  seed,
  verbosity,
  withoutEffect,
} from '../../parameter-types.js';
import type { Parameter } from '../../parameters.js';

export const penaltyParameter = (fallback: 'l2' | null): Parameter => ({
  name: 'penalty',
  type: nullable(choice('l2', 'l1', 'elasticnet')),
  default: fallback,
  summary:
    'l2 keeps the coefficients small (never the intercept), l1 makes many of them 0, elasticnet is a mixture; null has none.',
});

export const alphaParameter: Parameter = {
  name: 'alpha',
  type: number(0),
  default: 1e-4,
  summary: 'Weight of the penalty; the learning rate optimal is computed from it, too.',
};

export const l1RatioParameter: Parameter = {
  name: 'l1_ratio',
  type: number(0, 1),
  default: 0.15,
  summary: 'The share of l1 in the penalty elasticnet.',
};

export const epsilonParameter: Parameter = {
  name: 'epsilon',
  type: number(0),
  default: 0.1,
  summary: 'Errors up to this are free for the losses with "insensitive" in their name, and squared for huber.',
};

export const averageParameter: Parameter = {
  name: 'average',
  type: either(boolean, integer(0)),
  default: false,
  summary: 'Whether to take the mean of the coefficients of all steps; a number is the step at which the mean begins.',
};

/** How passes over the rows go, and when they end. */
export const passParameters = (fallback: { readonly random_state: number | null }): readonly Parameter[] => [
  {
    name: 'fit_intercept',
    type: boolean,
    default: true,
    summary: 'Whether to learn an intercept; without one, a row of zeros scores 0.',
  },
  { name: 'max_iter', type: integer(1), default: 1000, summary: 'The most passes over the rows.' },
  {
    name: 'tol',
    type: nullable(number(0)),
    default: 1e-3,
    summary:
      'A pass is no gain if it does not lower the mean loss (with early_stopping: raise the score) by this; null never stops before max_iter.',
  },
  { name: 'shuffle', type: boolean, default: true, summary: 'Whether each pass takes the rows in a new random order.' },
  {
    name: 'early_stopping',
    type: boolean,
    default: false,
    summary: 'Whether to set rows aside, and to stop when the score on them does not rise any more.',
  },
  {
    name: 'validation_fraction',
    type: { kind: 'number', minimum: 0, exclusive: true, maximum: 1 },
    default: 0.1,
    summary: 'The part of the rows that early_stopping sets aside.',
  },
  {
    name: 'n_iter_no_change',
    type: integer(1),
    default: 5,
    summary: 'After how many passes without gain to stop, or to divide the learning rate adaptive by 5.',
  },
  {
    name: 'random_state',
    type: seed,
    default: fallback.random_state,
    summary:
      'Seeds the order of rows and the choice of rows set aside, as in scikit-learn; null takes the seed of the training.',
  },
  withoutEffect('warm_start', boolean, false, 'every model is trained from the start'),
  verbosity,
];

/** The values of `passParameters` that passed. */
export interface PassParameters {
  readonly fit_intercept: boolean;
  readonly max_iter: number;
  readonly tol: number | null;
  readonly shuffle: boolean;
  readonly early_stopping: boolean;
  readonly validation_fraction: number;
  readonly n_iter_no_change: number;
  readonly random_state: number | null;
}
