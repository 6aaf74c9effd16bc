import { choice, fraction, integer, nullable, number, seed, verbosity } from '../../../parameter-types.js';
import type { Parameter } from '../../../parameters.js';
import {
  estimatorCount,
  growthParameters,
  leafParameters,
  maxFeatures,
  pruning,
  warmStart,
} from '../../../trees/cart/parameters.js';
import type { TreeParameters } from '../../../trees/cart/rule.js';

const parametersWith = (loss: Parameter, ...special: Parameter[]): readonly Parameter[] => [
  loss,
  {
    name: 'learning_rate',
    type: number(0),
    default: 0.1,
    summary: 'What the leaf values of each tree are multiplied by.',
  },
  estimatorCount(100, 'Rounds of boosting: a tree each, or with more than two classes a tree for each class.'),
  {
    name: 'subsample',
    type: fraction,
    default: 1,
    summary: 'The part of the rows that each round learns from, drawn without replacement.',
  },
  {
    name: 'criterion',
    type: choice('friedman_mse', 'squared_error'),
    default: 'friedman_mse',
    summary: "What splits lessen: the variance of the gradients, with Friedman's score or as it is.",
  },
  ...growthParameters(3),
  ...leafParameters,
  {
    name: 'init',
    type: nullable(choice('zero')),
    default: null,
    summary: 'Scores before the first tree: the best constant (null), or zero.',
  },
  {
    name: 'random_state',
    type: seed,
    default: null,
    summary: 'Seed of all draws; null takes the seed of the training.',
  },
  maxFeatures(null),
  ...special,
  verbosity,
  warmStart,
  {
    name: 'validation_fraction',
    type: number(0, 1),
    default: 0.1,
    summary: 'The part of the rows that n_iter_no_change sets aside, between 0 and 1.',
  },
  {
    name: 'n_iter_no_change',
    type: nullable(integer(1)),
    default: null,
    summary:
      'Ends when the loss of rows set aside has not become better by tol in so many rounds; null never ends early.',
  },
  { name: 'tol', type: number(0), default: 1e-4, summary: 'What counts as better, see n_iter_no_change.' },
  pruning,
];

export const classificationParameters = parametersWith({
  name: 'loss',
  type: choice('log_loss', 'deviance', 'exponential'),
  default: 'log_loss',
  summary:
    'What is minimized: log_loss (deviance is its former name), or for two classes exponential, the loss of AdaBoost.',
});

export const regressionParameters = parametersWith(
  {
    name: 'loss',
    type: choice('squared_error', 'absolute_error', 'huber', 'quantile'),
    default: 'squared_error',
    summary:
      'What is minimized: squared_error, absolute_error, huber (squared up to the quantile alpha of errors, linear beyond), or quantile (which predicts the quantile alpha).',
  },
  {
    name: 'alpha',
    type: number(0, 1),
    default: 0.9,
    summary: 'The quantile of the losses huber and quantile, between 0 and 1.',
  },
);

/** What `checkParameters` has passed. */
export interface GradientBoostingParameters extends TreeParameters {
  readonly loss: string;
  readonly learning_rate: number;
  readonly n_estimators: number;
  readonly subsample: number;
  readonly init: 'zero' | null;
  readonly random_state: number | null;
  readonly validation_fraction: number;
  readonly n_iter_no_change: number | null;
  readonly tol: number;
  /** Regression only. */
  readonly alpha: number;
}
