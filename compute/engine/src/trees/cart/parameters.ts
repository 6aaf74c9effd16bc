/** The parameters that scikit-learn's ensembles of decision trees share. */
import { boolean, choice, either, fraction, integer, nullable, number, withoutEffect } from '../../parameter-types.js';
import type { Parameter } from '../../parameters.js';

export const estimatorCount = (count: number, summary: string): Parameter => ({
  name: 'n_estimators',
  type: integer(1, 100_000),
  default: count,
  summary,
});

export const classificationCriterion: Parameter = {
  name: 'criterion',
  type: choice('gini', 'entropy', 'log_loss'),
  default: 'gini',
  summary: 'What splits lessen: the Gini impurity, or the entropy (log_loss is another name of it).',
};

export const regressionCriterion: Parameter = {
  name: 'criterion',
  type: choice('squared_error', 'absolute_error', 'friedman_mse', 'poisson'),
  default: 'squared_error',
  summary:
    "What splits lessen: squared_error the variance, friedman_mse the same with Friedman's score, absolute_error the distance to the median, poisson the Poisson deviance (for targets of at least 0).",
};

/** How far trees grow. */
export const growthParameters = (depth: number | null): readonly Parameter[] => [
  {
    name: 'max_depth',
    type: nullable(integer(1)),
    default: depth,
    summary: 'Splits on the way from the root to a leaf at most; null for no limit.',
  },
  {
    name: 'min_samples_split',
    type: either(integer(2), fraction),
    default: 2,
    summary: 'The least rows of a node that is split: a number, or a part of all rows (1 is all of them).',
  },
  {
    name: 'min_samples_leaf',
    type: either(integer(1), fraction),
    default: 1,
    summary: 'The least rows of a leaf: a number, or a part of all rows below 1.',
  },
  {
    name: 'min_weight_fraction_leaf',
    type: number(0, 0.5),
    default: 0,
    summary: 'The least part of the weight of all rows that a leaf has.',
  },
];

export const maxFeatures = (fallback: number | string | null): Parameter => ({
  name: 'max_features',
  type: nullable(choice('sqrt', 'log2', 'auto'), integer(1), fraction),
  default: fallback,
  summary:
    'Features that each split tries, drawn anew: a number above 1, a part of all (1 is all of them), sqrt, log2, or null for all; auto is sqrt for classification and all for regression.',
});

/** When trees stop, and what is cut off afterwards. */
export const leafParameters: readonly Parameter[] = [
  {
    name: 'max_leaf_nodes',
    type: nullable(integer(2)),
    default: null,
    summary: 'Leaves of a tree at most, of which those that gain most are split first; null for no limit.',
  },
  {
    name: 'min_impurity_decrease',
    type: number(0),
    default: 0,
    summary: 'How much a split lessens the impurity at least, weighted by the part of all rows that it concerns.',
  },
];

export const pruning: Parameter = {
  name: 'ccp_alpha',
  type: number(0),
  default: 0,
  summary: 'What a leaf costs when a tree is pruned to the least sum of impurity and cost; 0 prunes nothing.',
};

export const warmStart = withoutEffect('warm_start', boolean, false, 'every training begins anew');

/** Ensembles of anything: here of decision trees alone, which is what the reference makes them of unless told otherwise. */
export const baseEstimator = (what: string): Parameter => ({
  name: 'estimator',
  type: nullable(choice('decision_tree')),
  default: null,
  summary: `What the ensemble is made of: null, or decision_tree, which says the same: ${what}. Nothing else is available.`,
});

export const formerBaseEstimator: Parameter = {
  name: 'base_estimator',
  type: nullable(choice('deprecated', 'decision_tree')),
  default: 'deprecated',
  summary: 'A former name of estimator.',
};
