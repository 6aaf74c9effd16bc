import {
  arrayOf,
  boolean,
  choice,
  either,
  fraction,
  integer,
  mapOf,
  nullable,
  number,
  positive,
  seed,
  withoutEffect,
} from '../../../parameter-types.js';
import type { Parameter, ParameterType } from '../../../parameters.js';
import { borderTypes } from './borders.js';

const text: ParameterType = { kind: 'text' };
const anything = nullable(text, number(), boolean, arrayOf(either(text, number())));
const oneSymmetricTree = 'trees are symmetric, and features count alike';

export const parameters: readonly Parameter[] = [
  {
    name: 'iterations',
    aliases: ['n_estimators', 'num_boost_round', 'num_trees'],
    type: nullable(integer(1, 100000)),
    default: null,
    summary: 'Trees; null for 1000.',
  },
  {
    name: 'learning_rate',
    aliases: ['eta'],
    type: nullable(positive),
    default: null,
    summary: 'What leaf values are multiplied by; null chooses by loss, rows and iterations, as CatBoost does.',
  },
  {
    name: 'depth',
    aliases: ['max_depth'],
    type: nullable(integer(1, 16)),
    default: null,
    summary: 'Levels of a tree, all of whose nodes of a level have the same test; null for 6.',
  },
  {
    name: 'l2_leaf_reg',
    aliases: ['reg_lambda'],
    type: nullable(number(0)),
    default: null,
    summary: 'L2 penalty on leaf values; null for 3.',
  },
  {
    name: 'loss_function',
    aliases: ['objective'],
    type: nullable(text),
    default: null,
    summary:
      'The loss, with its parameters as in Quantile:alpha=0.9: RMSE, MAE, Quantile, LogLinQuantile, Poisson, Huber, MAPE, Expectile, LogCosh or Tweedie; Logloss, CrossEntropy, MultiClass or MultiClassOneVsAll for classes. Null chooses by task and classes.',
  },
  {
    name: 'border_count',
    aliases: ['max_bin'],
    type: nullable(integer(1, 254)),
    default: null,
    summary: 'The most borders between the bins of a numeric feature; null for 254.',
  },
  {
    name: 'feature_border_type',
    type: nullable(choice(...borderTypes)),
    default: null,
    summary: 'How borders are chosen; null for GreedyLogSum.',
  },
  {
    name: 'nan_mode',
    type: nullable(choice('Min', 'Max', 'Forbidden')),
    default: null,
    summary:
      'Whether missing values of numeric features count as below or above all others, or are refused; null for Min.',
  },
  {
    name: 'boosting_type',
    type: nullable(choice('Plain', 'Ordered')),
    default: null,
    summary:
      'Ordered takes the gradient of a row from a model that was not fitted to it; slower, for small tables. Null for Plain.',
  },
  {
    name: 'bootstrap_type',
    type: nullable(choice('Bayesian', 'Bernoulli', 'MVS', 'No', 'Poisson')),
    default: null,
    summary:
      'How rows are weighed or drawn for the structure of a tree; null for Bayesian with MultiClass losses and MVS otherwise. Poisson is not available.',
  },
  {
    name: 'bagging_temperature',
    type: nullable(number(0)),
    default: null,
    summary: 'With Bayesian, how different the weights of rows are: 0 not at all; null for 1.',
  },
  {
    name: 'subsample',
    type: nullable(fraction),
    default: null,
    summary: 'With Bernoulli and MVS, the part of the rows that a tree is grown on; null for 0.8.',
  },
  {
    name: 'mvs_reg',
    type: nullable(number(0)),
    default: null,
    summary: 'With MVS, how much small gradients count; null for the square of the mean.',
  },
  {
    name: 'rsm',
    aliases: ['colsample_bylevel'],
    type: nullable(fraction),
    default: null,
    summary: 'The part of the features that each level of a tree may use; null for 1.',
  },
  {
    name: 'random_strength',
    type: nullable(number(0)),
    default: null,
    summary: 'How much the scores of splits are shaken, less and less from tree to tree; null for 1.',
  },
  {
    name: 'score_function',
    type: nullable(choice('Cosine', 'L2', 'NewtonCosine', 'NewtonL2')),
    default: null,
    summary: 'How splits are scored; null for Cosine. Newton scores are not available.',
  },
  {
    name: 'leaf_estimation_method',
    type: nullable(choice('Newton', 'Gradient', 'Exact')),
    default: null,
    summary: 'How leaf values are found; null chooses by the loss. Exact is for MAE, MAPE and Quantile.',
  },
  {
    name: 'leaf_estimation_iterations',
    type: nullable(integer(1)),
    default: null,
    summary: 'Steps to the values of a tree; null chooses by the loss.',
  },
  {
    name: 'boost_from_average',
    type: nullable(boolean),
    default: null,
    summary: 'Whether boosting begins at the best constant; null for RMSE, MAE, MAPE and Quantile only.',
  },
  {
    name: 'cat_features',
    type: nullable(arrayOf(integer(0))),
    default: null,
    summary:
      'The features whose values are categories (integers from 0), by number from 0; null takes the text columns.',
  },
  {
    name: 'one_hot_max_size',
    type: nullable(integer(0)),
    default: null,
    summary:
      'Features with so many categories or fewer are split on single ones, others on target statistics; null for 2.',
  },
  {
    name: 'ignored_features',
    type: nullable(arrayOf(integer(0))),
    default: null,
    summary: 'Features that are not used, by number from 0.',
  },
  {
    name: 'has_time',
    type: nullable(boolean),
    default: null,
    summary: 'Whether rows are in the order of time, in which target statistics and ordered boosting take them then.',
  },
  {
    name: 'class_weights',
    type: nullable(arrayOf(number(0)), mapOf(number(0))),
    default: null,
    summary: 'What rows of each class count, in the order of the classes or as {"label": weight}.',
  },
  {
    name: 'auto_class_weights',
    type: nullable(choice('None', 'Balanced', 'SqrtBalanced')),
    default: null,
    summary: 'Weights of classes by their rows: inversely to them, or to their square root.',
  },
  {
    name: 'scale_pos_weight',
    type: nullable(positive),
    default: null,
    summary: 'What rows of class 1 count, relative to the others, with two classes.',
  },
  {
    name: 'grow_policy',
    type: nullable(choice('SymmetricTree', 'Depthwise', 'Lossguide')),
    default: null,
    summary: 'The kind of trees; only SymmetricTree is available.',
  },
  {
    name: 'validation_fraction',
    type: nullable({ kind: 'number', minimum: 0, exclusive: true, maximum: 0.99 }),
    default: null,
    summary:
      'The part of the training rows that is not learned from, but measured after every tree; null for none. CatBoost takes an eval_set instead.',
  },
  {
    name: 'use_best_model',
    type: nullable(boolean),
    default: null,
    summary: 'Whether only the trees up to the best loss there are kept; null for yes, with validation_fraction.',
  },
  {
    name: 'early_stopping_rounds',
    aliases: ['od_wait'],
    type: nullable(integer(1)),
    default: null,
    summary: 'Stop when the loss has not become better for so many trees; needs validation_fraction.',
  },
  {
    name: 'random_seed',
    aliases: ['random_state'],
    type: seed,
    default: null,
    summary: 'Seed of all that is drawn; null takes the seed of the training.',
  },
  withoutEffect('od_type', nullable(choice('IncToDec', 'Iter')), null, 'early_stopping_rounds counts trees'),
  withoutEffect(
    'sampling_frequency',
    nullable(choice('PerTree', 'PerTreeLevel')),
    null,
    'rows are drawn for each tree',
  ),
  withoutEffect('max_ctr_complexity', nullable(integer(0)), null, 'target statistics are those of single features'),
  ...['simple_ctr', 'combinations_ctr', 'per_feature_ctr', 'ctr_target_border_count', 'counter_calc_method'].map(
    (name) => withoutEffect(name, anything, null, 'target statistics have 15 borders and the priors 0, 0.5 and 1'),
  ),
  ...['model_size_reg', 'min_data_in_leaf', 'max_leaves', 'feature_weights', 'first_feature_use_penalties'].map(
    (name) => withoutEffect(name, anything, null, oneSymmetricTree),
  ),
  ...['leaf_estimation_backtracking', 'fold_permutation_block', 'fold_len_multiplier', 'approx_on_full_history'].map(
    (name) => withoutEffect(name, anything, null, 'steps and orders are as described for boosting_type'),
  ),
  ...['eval_metric', 'custom_metric', 'metric_period'].map((name) =>
    withoutEffect(name, anything, null, 'metrics are computed for every model, and the loss is what is watched'),
  ),
  ...['thread_count', 'task_type', 'devices', 'used_ram_limit'].map((name) =>
    withoutEffect(name, anything, null, 'the runtime decides how it is computed'),
  ),
  ...['verbose', 'silent', 'logging_level', 'allow_writing_files', 'train_dir', 'save_snapshot', 'name'].map((name) =>
    withoutEffect(name, anything, null, 'nothing is printed or written'),
  ),
  ...['classes_count', 'class_names', 'allow_const_label'].map((name) =>
    withoutEffect(name, anything, null, 'the classes are those of the training rows'),
  ),
];

/** What `checkParameters` has passed. */
export interface CatboostParameters {
  readonly iterations: number | null;
  readonly learning_rate: number | null;
  readonly depth: number | null;
  readonly l2_leaf_reg: number | null;
  readonly loss_function: string | null;
  readonly border_count: number | null;
  readonly feature_border_type: (typeof borderTypes)[number] | null;
  readonly nan_mode: string | null;
  readonly boosting_type: string | null;
  readonly bootstrap_type: string | null;
  readonly bagging_temperature: number | null;
  readonly subsample: number | null;
  readonly mvs_reg: number | null;
  readonly rsm: number | null;
  readonly random_strength: number | null;
  readonly score_function: string | null;
  readonly leaf_estimation_method: 'Newton' | 'Gradient' | 'Exact' | null;
  readonly leaf_estimation_iterations: number | null;
  readonly boost_from_average: boolean | null;
  readonly cat_features: readonly number[] | null;
  readonly one_hot_max_size: number | null;
  readonly ignored_features: readonly number[] | null;
  readonly has_time: boolean | null;
  readonly class_weights: readonly number[] | Readonly<Record<string, number>> | null;
  readonly auto_class_weights: string | null;
  readonly scale_pos_weight: number | null;
  readonly grow_policy: string | null;
  readonly validation_fraction: number | null;
  readonly use_best_model: boolean | null;
  readonly early_stopping_rounds: number | null;
  readonly random_seed: number | null;
}
