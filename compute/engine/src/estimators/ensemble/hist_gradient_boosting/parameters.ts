import {
  arrayOf,
  boolean,
  choice,
  classWeightParameter,
  either,
  integer,
  nullable,
  number,
  positive,
  seed,
  verbosity,
  withoutEffect,
} from '../../../parameter-types.js';
import type { ClassWeight } from '../../../class-weights.js';
import type { Parameter } from '../../../parameters.js';

const featureSet = arrayOf(integer(0));

const common: readonly Parameter[] = [
  {
    name: 'learning_rate',
    type: positive,
    default: 0.1,
    summary: 'What the leaf values of each tree are multiplied by.',
  },
  {
    name: 'max_iter',
    type: integer(1),
    default: 100,
    summary: 'Rounds of boosting: a tree each, or with more than two classes a tree for each class.',
  },
  {
    name: 'max_leaf_nodes',
    type: nullable(integer(2)),
    default: 31,
    summary: 'Leaves of a tree, null for no limit; the leaf that gains most is split first.',
  },
  {
    name: 'max_depth',
    type: nullable(integer(1)),
    default: null,
    summary: 'Splits on the way from the root to a leaf, null for no limit.',
  },
  { name: 'min_samples_leaf', type: integer(1), default: 20, summary: 'The least number of rows in a leaf.' },
  { name: 'l2_regularization', type: number(0), default: 0, summary: 'L2 penalty on leaf values.' },
  {
    name: 'max_bins',
    type: integer(2, 255),
    default: 255,
    summary: 'Bins that the present values of a feature are put into; missing values have one more.',
  },
  {
    name: 'categorical_features',
    type: nullable(arrayOf(integer(0)), arrayOf(boolean)),
    default: null,
    summary:
      'The features whose values are categories (integers below max_bins), by number from 0 or as a truth value for each; null takes the text columns that have few enough categories.',
  },
  {
    name: 'monotonic_cst',
    type: nullable(arrayOf(integer(-1, 1))),
    default: null,
    summary: 'For each feature 1 if predictions may only rise with it, -1 if they may only fall, 0 for either.',
  },
  {
    name: 'interaction_cst',
    type: nullable(choice('pairwise', 'no_interactions'), arrayOf(featureSet)),
    default: null,
    summary: 'Groups of features, by number from 0, that may be split on together on one way from root to leaf.',
  },
  withoutEffect('warm_start', boolean, false, 'models are always fitted anew'),
  {
    name: 'early_stopping',
    type: either(boolean, choice('auto')),
    default: 'auto',
    summary: 'Whether boosting ends when the score no longer improves; auto does so above 10,000 rows.',
  },
  {
    name: 'scoring',
    type: nullable(
      choice('loss', 'accuracy', 'neg_log_loss', 'r2', 'neg_mean_squared_error', 'neg_mean_absolute_error'),
    ),
    default: 'loss',
    summary: 'The score for early stopping; null is accuracy for classification and r2 for regression.',
  },
  {
    name: 'validation_fraction',
    type: nullable({ kind: 'number', minimum: 0, exclusive: true }),
    default: 0.1,
    summary:
      'The part of the training rows (from 1 on, their number) that is kept apart for early stopping; null scores the rows that were learned from.',
  },
  {
    name: 'n_iter_no_change',
    type: integer(1),
    default: 10,
    summary: 'Rounds without improvement after which early stopping ends boosting.',
  },
  {
    name: 'tol',
    type: number(0),
    default: 1e-7,
    summary: 'By how much a score must be better to count as an improvement.',
  },
  verbosity,
  {
    name: 'random_state',
    type: seed,
    default: null,
    summary:
      'Seed of the rows kept apart for early stopping and of those that bins are chosen by; null takes the seed of the training.',
  },
];

export const regressionParameters: readonly Parameter[] = [
  {
    name: 'loss',
    type: choice('squared_error', 'absolute_error', 'poisson', 'quantile'),
    default: 'squared_error',
    summary: 'The loss: squared_error, absolute_error, poisson (half the deviance, logarithmic link), or quantile.',
  },
  {
    name: 'quantile',
    type: nullable(number(0, 1)),
    default: null,
    summary: 'The quantile to predict with the loss quantile.',
  },
  ...common,
];

export const classificationParameters: readonly Parameter[] = [
  {
    name: 'loss',
    type: choice('log_loss', 'auto', 'binary_crossentropy', 'categorical_crossentropy'),
    default: 'log_loss',
    summary: 'The loss: log_loss; its other names are auto, binary_crossentropy and categorical_crossentropy.',
  },
  ...common,
  classWeightParameter,
];

/** What `checkParameters` has passed. */
export interface HistGradientBoostingParameters {
  readonly loss: string;
  readonly quantile?: number | null;
  readonly learning_rate: number;
  readonly max_iter: number;
  readonly max_leaf_nodes: number | null;
  readonly max_depth: number | null;
  readonly min_samples_leaf: number;
  readonly l2_regularization: number;
  readonly max_bins: number;
  readonly categorical_features: readonly number[] | readonly boolean[] | null;
  readonly monotonic_cst: readonly number[] | null;
  readonly interaction_cst: string | readonly (readonly number[])[] | null;
  readonly early_stopping: boolean | 'auto';
  readonly scoring: string | null;
  readonly validation_fraction: number | null;
  readonly n_iter_no_change: number;
  readonly tol: number;
  readonly random_state: number | null;
  readonly class_weight?: ClassWeight;
}
