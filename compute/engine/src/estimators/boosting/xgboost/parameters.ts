import {
  arrayOf,
  boolean,
  choice,
  fraction,
  integer,
  nullable,
  number,
  positive,
  seed,
  threads,
  withoutEffect,
} from '../../../parameter-types.js';
import type { Parameter } from '../../../parameters.js';

/** Objectives by task; the first is used when none is given, but for more than two classes `multi:softprob`. */
export const regressionObjectives = ['reg:squarederror', 'reg:linear'] as const;
export const classificationObjectives = ['binary:logistic', 'reg:logistic', 'multi:softprob', 'multi:softmax'] as const;

/** Known to xgboost, and refused here for now. */
const unavailableObjectives = [
  'binary:logitraw',
  'binary:hinge',
  'count:poisson',
  'survival:cox',
  'survival:aft',
  'rank:pairwise',
  'rank:ndcg',
  'rank:map',
  'reg:gamma',
  'reg:tweedie',
  'reg:squaredlogerror',
  'reg:pseudohubererror',
  'reg:absoluteerror',
] as const;

const metric = choice(
  ...['rmse', 'rmsle', 'mae', 'mape', 'mphe', 'logloss', 'error', 'merror', 'mlogloss', 'auc', 'aucpr'],
  ...['ndcg', 'ndcg-', 'map', 'map-', 'poisson-nloglik', 'gamma-nloglik', 'cox-nloglik', 'aft-nloglik'],
  ...['gamma-deviance', 'tweedie-nloglik'],
);
const updater = choice(
  ...['grow_colmaker', 'grow_histmaker', 'grow_local_histmaker', 'grow_quantile_histmaker', 'grow_gpu_hist'],
  ...['grow_skmaker', 'sync', 'refresh', 'prune', 'shotgun', 'coord_descent'],
);

export const parameters: readonly Parameter[] = [
  {
    name: 'n_estimators',
    aliases: ['boost_rounds', 'num_boost_round'],
    type: integer(1, 100000),
    default: 100,
    summary: 'Rounds of boosting: a tree each, or with more than two classes a tree for each class.',
  },
  {
    name: 'learning_rate',
    aliases: ['eta'],
    type: number(0),
    default: 0.3,
    summary: 'What the leaf values of each tree are multiplied by.',
  },
  {
    name: 'max_depth',
    type: integer(0),
    default: 6,
    summary: 'Splits on the way from the root to a leaf, 0 for no limit.',
  },
  { name: 'max_leaves', type: integer(0), default: 0, summary: 'Leaves of a tree, 0 for no limit.' },
  {
    name: 'grow_policy',
    type: choice('depthwise', 'lossguide', 'loss_guide'),
    default: 'depthwise',
    summary: 'Split all leaves of a level (depthwise), or the leaf with the largest gain first (lossguide).',
  },
  { name: 'min_child_weight', type: number(0), default: 1, summary: 'The least sum of hessians in a leaf.' },
  {
    name: 'gamma',
    aliases: ['min_split_loss'],
    type: number(0),
    default: 0,
    summary: 'The least gain of a split.',
  },
  {
    name: 'max_delta_step',
    type: number(0),
    default: 0,
    summary: 'The largest absolute leaf weight before the learning rate, 0 for no limit.',
  },
  {
    name: 'subsample',
    type: fraction,
    default: 1,
    summary: 'The part of the rows that each tree learns from, drawn without replacement.',
  },
  { name: 'colsample_bytree', type: fraction, default: 1, summary: 'The part of the features that a tree may use.' },
  {
    name: 'colsample_bylevel',
    type: fraction,
    default: 1,
    summary: "The part of a tree's features that a level may use.",
  },
  {
    name: 'colsample_bynode',
    type: fraction,
    default: 1,
    summary: "The part of a level's features that a node may use.",
  },
  { name: 'reg_lambda', aliases: ['lambda'], type: number(0), default: 1, summary: 'L2 penalty on leaf weights.' },
  { name: 'reg_alpha', aliases: ['alpha'], type: number(0), default: 0, summary: 'L1 penalty on leaf weights.' },
  {
    name: 'scale_pos_weight',
    type: positive,
    default: 1,
    summary: 'What rows with the target 1 count, relative to the others; without effect on multi: objectives.',
  },
  {
    name: 'base_score',
    type: nullable(number()),
    default: 0.5,
    summary: 'The prediction before the first tree; for logistic objectives a probability.',
  },
  {
    name: 'max_bin',
    type: integer(2, 256),
    default: 256,
    summary: 'Bins that the values of a feature are put into; one of them is for missing values where there are any.',
  },
  {
    name: 'objective',
    type: nullable(choice(...regressionObjectives, ...classificationObjectives, ...unavailableObjectives)),
    default: null,
    summary:
      'The loss: reg:squarederror for regression; binary:logistic, multi:softprob or multi:softmax (which here gives probabilities too) for classification. Null chooses by task and classes.',
  },
  {
    name: 'booster',
    type: choice('gbtree', 'gblinear', 'linear', 'dart'),
    default: 'gbtree',
    summary: 'The kind of model; only gbtree is available.',
  },
  {
    name: 'random_state',
    aliases: ['seed'],
    type: seed,
    default: null,
    summary: 'Seed of subsample and colsample_*; null takes the seed of the training.',
  },
  {
    name: 'missing',
    type: { kind: 'null' },
    default: null,
    summary: 'NULL and NaN are missing values; no other value can be declared missing.',
  },
  {
    name: 'tree_method',
    type: choice('auto', 'exact', 'approx', 'hist', 'gpu_exact', 'gpu_hist'),
    default: 'hist',
    summary: 'All names are accepted, and all are computed by the histogram method (hist).',
    ignored: true,
  },
  withoutEffect('eval_metric', nullable(metric, arrayOf(metric)), null, 'metrics are computed for every model'),
  threads,
  { ...threads, name: 'nthread' },
  withoutEffect('verbosity', nullable(integer(0, 3)), null, 'progress is reported by the job'),
  withoutEffect('silent', nullable(boolean, integer(0, 1)), null, 'progress is reported by the job'),
  withoutEffect(
    'predictor',
    nullable(choice('auto', 'cpu', 'gpu', 'cpu_predictor', 'gpu_predictor')),
    null,
    'there is one evaluator',
  ),
  withoutEffect('sketch_eps', nullable(number()), null, 'the accuracy of the cuts follows from max_bin'),
  withoutEffect('updater', nullable(updater, arrayOf(updater)), null, 'trees are always grown by the histogram method'),
  withoutEffect('refresh_leaf', nullable(boolean, integer(0, 1)), null, 'trees are always grown anew'),
  withoutEffect('process_type', choice('default'), 'default', 'trees are always grown anew'),
  withoutEffect('use_label_encoder', nullable(boolean), null, 'labels may be of any type'),
  withoutEffect('validate_parameters', nullable(boolean), null, 'parameters are always checked'),
];

/** What `checkParameters` has passed. */
export interface XgboostParameters {
  readonly n_estimators: number;
  readonly learning_rate: number;
  readonly max_depth: number;
  readonly max_leaves: number;
  readonly grow_policy: 'depthwise' | 'lossguide' | 'loss_guide';
  readonly min_child_weight: number;
  readonly gamma: number;
  readonly max_delta_step: number;
  readonly subsample: number;
  readonly colsample_bytree: number;
  readonly colsample_bylevel: number;
  readonly colsample_bynode: number;
  readonly reg_lambda: number;
  readonly reg_alpha: number;
  readonly scale_pos_weight: number;
  readonly base_score: number | null;
  readonly max_bin: number;
  readonly objective: string | null;
  readonly booster: string;
  readonly random_state: number | null;
}
