import { choice, either, integer, nullable, number, seed, withoutEffect } from '../../../parameter-types.js';
import type { Parameter, ParameterType } from '../../../parameters.js';

const nothing: ParameterType = { kind: 'null' };

export const parameters: readonly Parameter[] = [
  {
    name: 'min_samples',
    type: nullable(integer(1), { kind: 'number', minimum: 0, exclusive: true, maximum: 1 }),
    default: null,
    summary:
      'How many rows each trial is fitted to; below 1 the part of all rows. null is one more than there are features.',
  },
  {
    name: 'residual_threshold',
    type: nullable(number(0)),
    default: null,
    summary: 'The largest loss of an inlier; null is the median absolute deviation of the target from its median.',
  },
  {
    name: 'loss',
    type: choice('absolute_error', 'squared_error'),
    default: 'absolute_error',
    summary: 'What is compared with residual_threshold; of several targets, the sum over them.',
  },
  {
    name: 'max_trials',
    type: integer(0),
    default: 100,
    summary: 'The most trials; fewer are made once stop_probability is reached.',
  },
  {
    name: 'max_skips',
    type: nullable(integer(0)),
    default: null,
    summary: 'Stop after more trials than this that found fewer inliers than the best; null never does.',
  },
  {
    name: 'stop_n_inliers',
    type: nullable(integer(0)),
    default: null,
    summary: 'Stop when there are at least so many inliers; null never does.',
  },
  {
    name: 'stop_score',
    type: nullable(number()),
    default: null,
    summary: 'Stop when the coefficient of determination on the inliers is at least this; null never does.',
  },
  {
    name: 'stop_probability',
    type: number(0, 1),
    default: 0.99,
    summary: 'Stop when some trial had inliers alone with this probability, judged by the inliers of the best.',
  },
  {
    name: 'random_state',
    type: seed,
    default: null,
    summary: 'Seeds the choice of rows, as in scikit-learn; null takes the seed of the training.',
  },
  withoutEffect('estimator', nothing, null, 'what is fitted is always ordinary least squares'),
  withoutEffect(
    'base_estimator',
    either(choice('deprecated'), nothing),
    'deprecated',
    'it is an older name of estimator',
  ),
  withoutEffect('is_data_valid', nothing, null, 'functions cannot be given'),
  withoutEffect('is_model_valid', nothing, null, 'functions cannot be given'),
];

/** What `checkParameters` has passed. */
export interface RansacParameters {
  readonly min_samples: number | null;
  readonly residual_threshold: number | null;
  readonly loss: 'absolute_error' | 'squared_error';
  readonly max_trials: number;
  readonly max_skips: number | null;
  readonly stop_n_inliers: number | null;
  readonly stop_score: number | null;
  readonly stop_probability: number;
  readonly random_state: number | null;
}
