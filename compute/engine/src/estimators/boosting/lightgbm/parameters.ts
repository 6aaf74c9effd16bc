import type { ClassWeight } from '../../../class-weights.js';
import {
  arrayOf,
  boolean,
  choice,
  classWeightParameter,
  either,
  fraction,
  integer,
  nullable,
  number,
  positive,
  seed,
  withoutEffect,
} from '../../../parameter-types.js';
import type { Parameter, ParameterType } from '../../../parameters.js';
import { objectiveNames } from './objective-names.js';

const share: ParameterType = number(0, 1);
const numbers = arrayOf(number());
const metrics = ['l1', 'mae', 'l2', 'mse', 'rmse', 'auc'];
const classMetrics = ['binary_logloss', 'multi_logloss', 'binary_error', 'multi_error'];

/** LightGBM's names are long: those of its scikit-learn interface come first, the others are aliases. */
export const parameters: readonly Parameter[] = [
  {
    name: 'boosting_type',
    aliases: ['boosting', 'boost'],
    type: choice('gbdt', 'gbrt', 'dart', 'goss', 'rf', 'random_forest'),
    default: 'gbdt',
    summary: 'gbdt boosts, dart drops trees on the way, goss boosts on rows with large gradients, rf averages trees.',
  },
  {
    name: 'data_sample_strategy',
    type: choice('bagging', 'goss'),
    default: 'bagging',
    summary: 'How rows are drawn for a tree: bagging (see subsample) or goss, gradient-based one-side sampling.',
  },
  {
    name: 'num_leaves',
    aliases: ['num_leaf', 'max_leaves', 'max_leaf', 'max_leaf_nodes'],
    type: integer(2, 131072),
    default: 31,
    summary: 'Leaves of a tree; the leaf that gains most is split first.',
  },
  {
    name: 'max_depth',
    type: integer(),
    default: -1,
    summary: 'Splits on the way from the root to a leaf, 0 or less for no limit.',
  },
  {
    name: 'learning_rate',
    aliases: ['shrinkage_rate', 'eta'],
    type: positive,
    default: 0.1,
    summary: 'What the leaf values of each tree are multiplied by (not with rf).',
  },
  {
    name: 'n_estimators',
    aliases: [
      ...['num_iterations', 'num_iteration', 'n_iter', 'num_tree', 'num_trees', 'num_round', 'num_rounds'],
      ...['nrounds', 'num_boost_round', 'max_iter'],
    ],
    type: integer(1, 100000),
    default: 100,
    summary: 'Rounds of boosting: a tree each, or with more than two classes a tree for each class.',
  },
  {
    name: 'subsample_for_bin',
    aliases: ['bin_construct_sample_cnt'],
    type: integer(1),
    default: 200000,
    summary: 'Rows that bins are chosen by.',
  },
  {
    name: 'objective',
    aliases: ['objective_type', 'app', 'application', 'loss'],
    type: nullable(choice(...objectiveNames)),
    default: null,
    summary:
      'The loss: regression, regression_l1, huber, fair, poisson, quantile, mape, gamma or tweedie, or for grades within groups lambdarank or rank_xendcg; binary, cross_entropy, multiclass or multiclassova for classes. Null chooses by task and classes.',
  },
  classWeightParameter,
  {
    name: 'min_split_gain',
    aliases: ['min_gain_to_split'],
    type: number(0),
    default: 0,
    summary: 'The least gain of a split.',
  },
  {
    name: 'min_child_weight',
    aliases: ['min_sum_hessian_in_leaf', 'min_sum_hessian_per_leaf', 'min_sum_hessian', 'min_hessian'],
    type: number(0),
    default: 1e-3,
    summary: 'The least sum of hessians in a leaf.',
  },
  {
    name: 'min_child_samples',
    aliases: ['min_data_in_leaf', 'min_data_per_leaf', 'min_data', 'min_samples_leaf'],
    type: integer(0),
    default: 20,
    summary: 'The least number of rows in a leaf, as the sum of hessians suggests it.',
  },
  {
    name: 'subsample',
    aliases: ['bagging_fraction', 'sub_row', 'bagging'],
    type: fraction,
    default: 1,
    summary: 'The part of the rows that trees learn from, drawn anew every subsample_freq rounds.',
  },
  {
    name: 'subsample_freq',
    aliases: ['bagging_freq'],
    type: integer(),
    default: 0,
    summary: 'Rounds after which rows are drawn anew; 0 or less: all rows are always learned from.',
  },
  {
    name: 'pos_bagging_fraction',
    aliases: ['pos_sub_row', 'pos_subsample', 'pos_bagging'],
    type: fraction,
    default: 1,
    summary: 'With two classes, the part of the rows of class 1 that are drawn, instead of subsample.',
  },
  {
    name: 'neg_bagging_fraction',
    aliases: ['neg_sub_row', 'neg_subsample', 'neg_bagging'],
    type: fraction,
    default: 1,
    summary: 'With two classes, the part of the rows of class 0 that are drawn, instead of subsample.',
  },
  {
    name: 'colsample_bytree',
    aliases: ['feature_fraction', 'sub_feature'],
    type: fraction,
    default: 1,
    summary: 'The part of the features that a tree may use.',
  },
  {
    name: 'feature_fraction_bynode',
    aliases: ['sub_feature_bynode', 'colsample_bynode'],
    type: fraction,
    default: 1,
    summary: "The part of a tree's features that a leaf may be split on.",
  },
  {
    name: 'reg_alpha',
    aliases: ['lambda_l1', 'l1_regularization'],
    type: number(0),
    default: 0,
    summary: 'L1 penalty on leaf values.',
  },
  {
    name: 'reg_lambda',
    aliases: ['lambda_l2', 'lambda', 'l2_regularization'],
    type: number(0),
    default: 0,
    summary: 'L2 penalty on leaf values.',
  },
  {
    name: 'random_state',
    aliases: ['seed', 'random_seed'],
    type: seed,
    default: null,
    summary: 'Seed of all that is drawn; null takes the seed of the training.',
  },
  {
    name: 'extra_trees',
    aliases: ['extra_tree'],
    type: boolean,
    default: false,
    summary: 'Whether each feature may only be split at one threshold, drawn at random for each leaf.',
  },
  {
    name: 'max_delta_step',
    aliases: ['max_tree_output', 'max_leaf_output'],
    type: number(),
    default: 0,
    summary: 'The largest absolute leaf value before the learning rate, 0 or less for no limit.',
  },
  {
    name: 'path_smooth',
    type: number(0),
    default: 0,
    summary: 'How much values of leaves with few rows are drawn towards their parents; 0 for not at all.',
  },
  {
    name: 'monotone_constraints',
    aliases: ['mc', 'monotone_constraint', 'monotonic_cst'],
    type: nullable(arrayOf(integer(-1, 1))),
    default: null,
    summary: 'For each feature 1 if predictions may only rise with it, -1 if they may only fall, 0 for either.',
  },
  {
    name: 'monotone_constraints_method',
    aliases: ['monotone_constraining_method', 'mc_method'],
    type: choice('basic', 'intermediate', 'advanced'),
    default: 'basic',
    summary: 'How they are kept; only basic is available: values stay on their side of the middle of a split.',
  },
  {
    name: 'monotone_penalty',
    aliases: ['monotone_splits_penalty', 'ms_penalty', 'mc_penalty'],
    type: number(0),
    default: 0,
    summary: 'How much splits on bound features are put off near the root; only 0 is available.',
  },
  {
    name: 'interaction_constraints',
    type: nullable(arrayOf(arrayOf(integer(0)))),
    default: null,
    summary:
      'Groups of features, by number from 0, that may be split on together on one way from root to leaf; features in no group are not used.',
  },
  {
    name: 'feature_contri',
    aliases: ['feature_contrib', 'fc', 'fp', 'feature_penalty'],
    type: nullable(numbers),
    default: null,
    summary: 'For each feature what the gains of its splits are multiplied by.',
  },
  {
    name: 'max_bin',
    aliases: ['max_bins'],
    type: integer(2, 255),
    default: 255,
    summary: 'Bins that the values of a feature are put into; one of them is for missing values where there are any.',
  },
  {
    name: 'min_data_in_bin',
    type: integer(1),
    default: 3,
    summary: 'The least number of rows in a bin.',
  },
  {
    name: 'categorical_feature',
    aliases: ['cat_feature', 'categorical_column', 'cat_column', 'categorical_features'],
    type: nullable(arrayOf(integer(0))),
    default: null,
    summary:
      'The features whose values are categories (integers of at least 0), by number from 0; null takes the text columns. Of each at most the 254 most frequent categories are told apart.',
  },
  {
    name: 'cat_smooth',
    type: number(0),
    default: 10,
    summary:
      'Rows that a category needs to be looked at, and by how much its gradient is shrunk when categories are ordered.',
  },
  {
    name: 'cat_l2',
    type: number(0),
    default: 10,
    summary: 'L2 penalty on leaf values of splits on many categories, beside reg_lambda.',
  },
  {
    name: 'max_cat_threshold',
    type: integer(1),
    default: 32,
    summary: 'The most categories that go to one side of a split.',
  },
  {
    name: 'max_cat_to_onehot',
    type: integer(1),
    default: 4,
    summary: 'Features with so many categories or fewer are split into one category and all others.',
  },
  {
    name: 'min_data_per_group',
    type: integer(1),
    default: 100,
    summary: 'The least number of rows of the categories that are added to one side together.',
  },
  {
    name: 'top_rate',
    type: share,
    default: 0.2,
    summary: 'With goss, the part of the rows with the largest gradients, which are all learned from.',
  },
  {
    name: 'other_rate',
    type: share,
    default: 0.1,
    summary: 'With goss, the part of the rows that are drawn from all others.',
  },
  {
    name: 'drop_rate',
    aliases: ['rate_drop'],
    type: share,
    default: 0.1,
    summary: 'With dart, the part of the trees that are dropped in a round.',
  },
  {
    name: 'max_drop',
    type: integer(),
    default: 50,
    summary: 'With dart, the most trees that are dropped in a round, 0 or less for no limit.',
  },
  { name: 'skip_drop', type: share, default: 0.5, summary: 'With dart, the probability that a round drops no tree.' },
  {
    name: 'xgboost_dart_mode',
    type: boolean,
    default: false,
    summary: 'With dart, whether trees are normalized as xgboost does it.',
  },
  {
    name: 'uniform_drop',
    type: boolean,
    default: false,
    summary: 'With dart, whether all trees are dropped with the same probability, and not by their weights.',
  },
  {
    name: 'boost_from_average',
    type: boolean,
    default: true,
    summary: 'Whether boosting begins at the best constant prediction, and not at 0.',
  },
  { name: 'alpha', type: positive, default: 0.9, summary: 'The quantile of quantile, and where huber becomes linear.' },
  { name: 'fair_c', type: positive, default: 1, summary: 'The parameter of the objective fair.' },
  {
    name: 'poisson_max_delta_step',
    type: positive,
    default: 0.7,
    summary: 'A safeguard of the objective poisson: hessians are e to so much larger.',
  },
  {
    name: 'tweedie_variance_power',
    type: number(1, 2),
    default: 1.5,
    summary: 'The power of the mean that the variance grows with; near 1 as poisson, near 2 as gamma.',
  },
  { name: 'sigmoid', type: positive, default: 1, summary: 'What scores are multiplied by in the logistic function.' },
  {
    name: 'is_unbalance',
    aliases: ['unbalance', 'unbalanced_sets'],
    type: boolean,
    default: false,
    summary: 'Whether both classes of two weigh the same in all.',
  },
  {
    name: 'scale_pos_weight',
    type: positive,
    default: 1,
    summary: 'What rows of class 1 weigh, relative to the others, with two classes.',
  },
  {
    name: 'lambdarank_truncation_level',
    type: integer(1),
    default: 30,
    summary: 'How many rows at the top of a group lambdarank cares for.',
  },
  {
    name: 'lambdarank_norm',
    type: boolean,
    default: true,
    summary: 'Whether the gradients of different groups are made alike.',
  },
  {
    name: 'label_gain',
    type: nullable(arrayOf(number(0))),
    default: null,
    summary: 'What each grade is worth when ranking; null for 2^grade - 1.',
  },
  {
    name: 'validation_fraction',
    type: nullable({ kind: 'number', minimum: 0, exclusive: true, maximum: 0.99 }),
    default: null,
    summary:
      'The part of the training rows (of the groups when ranking) that is not learned from, but measured after every round; null for none. LightGBM takes an eval_set instead.',
  },
  {
    name: 'metric',
    aliases: ['metrics', 'metric_types', 'eval_metric'],
    type: nullable(choice(...metrics, ...classMetrics)),
    default: null,
    summary: 'What is measured there; null for the loss of the objective (when ranking, 1 less NDCG).',
  },
  {
    name: 'early_stopping_round',
    aliases: ['early_stopping_rounds', 'early_stopping', 'n_iter_no_change'],
    type: nullable(integer()),
    default: null,
    summary:
      'Stop when the metric has not become better for so many rounds, and keep the best; needs validation_fraction.',
  },
  {
    name: 'early_stopping_min_delta',
    type: number(0),
    default: 0,
    summary: 'By how much the metric must be better to count as such.',
  },
  {
    name: 'linear_tree',
    aliases: ['linear_trees'],
    type: boolean,
    default: false,
    summary: 'Linear models in leaves; only false is available.',
  },
  { name: 'reg_sqrt', type: boolean, default: false, summary: 'Learning of square roots; only false is available.' },
  {
    name: 'zero_as_missing',
    type: boolean,
    default: false,
    summary: 'Zeros as missing values; only false is available.',
  },
  {
    name: 'use_missing',
    type: boolean,
    default: true,
    summary: 'Missing values as such; only true is available.',
  },
  withoutEffect('importance_type', choice('split', 'gain'), 'split', 'both are kept, as weight and gain'),
  ...['n_jobs', 'num_threads', 'num_thread', 'nthread', 'nthreads'].map((name) =>
    withoutEffect(name, nullable(integer()), null, 'the runtime decides how many threads work'),
  ),
  withoutEffect('num_class', integer(1), 1, 'the classes are those of the training rows'),
  withoutEffect('device_type', choice('cpu', 'gpu', 'cuda'), 'cpu', 'everything runs on the processor'),
  withoutEffect('device', choice('cpu', 'gpu', 'cuda'), 'cpu', 'everything runs on the processor'),
  withoutEffect('tree_learner', choice('serial', 'feature', 'data', 'voting'), 'serial', 'there is one machine'),
  withoutEffect('deterministic', boolean, false, 'results never depend on the number of threads'),
  ...['force_col_wise', 'force_row_wise', 'is_enable_sparse', 'enable_bundle', 'pre_partition', 'two_round'].map(
    (name) =>
      withoutEffect(
        name,
        boolean,
        name === 'is_enable_sparse' || name === 'enable_bundle',
        'it is about speed and memory only',
      ),
  ),
  withoutEffect('feature_pre_filter', boolean, true, 'features that cannot be split on are never split on'),
  withoutEffect('histogram_pool_size', number(), -1, 'memory is limited by itself'),
  withoutEffect('first_metric_only', boolean, false, 'there is one metric'),
  ...['verbosity', 'verbose'].map((name) => withoutEffect(name, nullable(integer()), null, 'nothing is printed')),
  ...[
    ...['data_random_seed', 'bagging_seed', 'feature_fraction_seed', 'extra_seed', 'drop_seed', 'objective_seed'],
  ].map((name) => withoutEffect(name, nullable(either(integer())), null, 'random_state seeds all that is drawn')),
];

/** What `checkParameters` has passed. */
export interface LightgbmParameters {
  readonly boosting_type: string;
  readonly data_sample_strategy: string;
  readonly num_leaves: number;
  readonly max_depth: number;
  readonly learning_rate: number;
  readonly n_estimators: number;
  readonly subsample_for_bin: number;
  readonly objective: string | null;
  readonly class_weight: ClassWeight;
  readonly min_split_gain: number;
  readonly min_child_weight: number;
  readonly min_child_samples: number;
  readonly subsample: number;
  readonly subsample_freq: number;
  readonly pos_bagging_fraction: number;
  readonly neg_bagging_fraction: number;
  readonly colsample_bytree: number;
  readonly feature_fraction_bynode: number;
  readonly reg_alpha: number;
  readonly reg_lambda: number;
  readonly random_state: number | null;
  readonly extra_trees: boolean;
  readonly max_delta_step: number;
  readonly path_smooth: number;
  readonly monotone_constraints: readonly number[] | null;
  readonly monotone_constraints_method: string;
  readonly monotone_penalty: number;
  readonly interaction_constraints: readonly (readonly number[])[] | null;
  readonly feature_contri: readonly number[] | null;
  readonly max_bin: number;
  readonly min_data_in_bin: number;
  readonly categorical_feature: readonly number[] | null;
  readonly cat_smooth: number;
  readonly cat_l2: number;
  readonly max_cat_threshold: number;
  readonly max_cat_to_onehot: number;
  readonly min_data_per_group: number;
  readonly top_rate: number;
  readonly other_rate: number;
  readonly drop_rate: number;
  readonly max_drop: number;
  readonly skip_drop: number;
  readonly xgboost_dart_mode: boolean;
  readonly uniform_drop: boolean;
  readonly boost_from_average: boolean;
  readonly alpha: number;
  readonly fair_c: number;
  readonly poisson_max_delta_step: number;
  readonly tweedie_variance_power: number;
  readonly sigmoid: number;
  readonly is_unbalance: boolean;
  readonly scale_pos_weight: number;
  readonly lambdarank_truncation_level: number;
  readonly lambdarank_norm: boolean;
  readonly label_gain: readonly number[] | null;
  readonly validation_fraction: number | null;
  readonly metric: string | null;
  readonly early_stopping_round: number | null;
  readonly early_stopping_min_delta: number;
  readonly linear_tree: boolean;
  readonly reg_sqrt: boolean;
  readonly zero_as_missing: boolean;
  readonly use_missing: boolean;
}
