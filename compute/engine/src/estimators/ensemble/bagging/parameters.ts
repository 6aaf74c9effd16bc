import { boolean, either, fraction, integer, seed, threads, verbosity } from '../../../parameter-types.js';
import type { Parameter } from '../../../parameters.js';
import { baseEstimator, estimatorCount, formerBaseEstimator, warmStart } from '../../../trees/cart/parameters.js';

export const parameters: readonly Parameter[] = [
  baseEstimator('decision trees without limits'),
  estimatorCount(10, 'Trees.'),
  {
    name: 'max_samples',
    type: either(integer(1), fraction),
    default: 1,
    summary: 'Rows that each tree draws: a number above 1, or a part of all (1 is all of them).',
  },
  {
    name: 'max_features',
    type: either(integer(1), fraction),
    default: 1,
    summary: 'Features that each tree draws: a number above 1, or a part of all (1 is all of them).',
  },
  {
    name: 'bootstrap',
    type: boolean,
    default: true,
    summary: 'Whether rows are drawn with replacement.',
  },
  {
    name: 'bootstrap_features',
    type: boolean,
    default: false,
    summary: 'Whether features are drawn with replacement.',
  },
  {
    name: 'oob_score',
    type: boolean,
    default: false,
    summary: 'Whether to score the ensemble on the rows that each tree has not drawn, as oob_score of the details.',
  },
  warmStart,
  threads,
  {
    name: 'random_state',
    type: seed,
    default: null,
    summary: 'Seed of all draws; null takes the seed of the training.',
  },
  verbosity,
  formerBaseEstimator,
];

/** What `checkParameters` has passed. */
export interface BaggingParameters {
  readonly n_estimators: number;
  readonly max_samples: number;
  readonly max_features: number;
  readonly bootstrap: boolean;
  readonly bootstrap_features: boolean;
  readonly oob_score: boolean;
  readonly random_state: number | null;
}
