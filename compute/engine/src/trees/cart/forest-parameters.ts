/** The parameters of forests: trees on rows drawn for each (random_forest), or with thresholds drawn (extra_trees). */
import { boolean, classWeight, fraction, integer, nullable, seed, threads, verbosity } from '../../parameter-types.js';
import type { Parameter } from '../../parameters.js';
import {
  classificationCriterion,
  estimatorCount,
  growthParameters,
  leafParameters,
  maxFeatures,
  pruning,
  regressionCriterion,
  warmStart,
} from './parameters.js';

const sampling = (bootstrap: boolean): readonly Parameter[] => [
  {
    name: 'bootstrap',
    type: boolean,
    default: bootstrap,
    summary: 'Whether each tree learns from rows drawn with replacement, instead of all rows.',
  },
  {
    name: 'oob_score',
    type: boolean,
    default: false,
    summary: 'Whether to score the forest on the rows that each tree has not drawn, as oob_score of the details.',
  },
  threads,
  {
    name: 'random_state',
    type: seed,
    default: null,
    summary: 'Seed of all draws; null takes the seed of the training.',
  },
  verbosity,
  warmStart,
];

const subsample: readonly Parameter[] = [
  pruning,
  {
    name: 'max_samples',
    type: nullable(integer(1), fraction),
    default: null,
    summary: 'Rows that each tree draws: a number above 1, or a part of all (1 is all of them, as is null).',
  },
];

/** `bootstrap` is the default of the parameter. */
export const forestClassificationParameters = (bootstrap: boolean): readonly Parameter[] => [
  estimatorCount(100, 'Trees.'),
  classificationCriterion,
  ...growthParameters(null),
  maxFeatures('sqrt'),
  ...leafParameters,
  ...sampling(bootstrap),
  {
    name: 'class_weight',
    type: classWeight('balanced_subsample'),
    default: null,
    summary:
      'What the rows of each class count, as {"label": weight}, 1 for those left out; balanced weighs rows inversely to how frequent their class is, balanced_subsample to how frequent it is among those drawn for each tree.',
  },
  ...subsample,
];

/** `bootstrap` is the default of the parameter. */
export const forestRegressionParameters = (bootstrap: boolean): readonly Parameter[] => [
  estimatorCount(100, 'Trees.'),
  regressionCriterion,
  ...growthParameters(null),
  maxFeatures(1),
  ...leafParameters,
  ...sampling(bootstrap),
  ...subsample,
];
