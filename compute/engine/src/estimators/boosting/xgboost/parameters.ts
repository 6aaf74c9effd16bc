import {
  arrayOf,
  boolean,
  choice,
  either,
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
import { classificationObjectives, regressionObjectives } from './objective.js';

const text = { kind: 'text' } as const;
const share = number(0, 1);
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
    summary: 'Rounds of boosting: num_parallel_tree trees each, or with more than two classes as many for each class.',
  },
  {
    name: 'learning_rate',
    aliases: ['eta'],
    type: nullable(number(0)),
    default: null,
    summary: 'What the steps of each round are multiplied by; null for 0.3, with gblinear 0.5.',
  },
  {
    name: 'booster',
    type: choice('gbtree', 'dart', 'gblinear', 'linear'),
    default: 'gbtree',
    summary:
      'The kind of model: trees, trees of which some are dropped out in each round (dart), or linear (gblinear).',
  },
  {
    name: 'objective',
    type: nullable(choice(...new Set([...regressionObjectives, ...classificationObjectives]))),
    default: null,
    summary:
      'The loss; null is reg:squarederror, binary:logistic for two classes and multi:softprob for more. A classification answers classes whatever its objective, and a ranking (rank:…) is a regression of scores.',
  },
  {
    name: 'tree_method',
    type: choice('auto', 'exact', 'approx', 'hist', 'gpu_exact', 'gpu_hist'),
    default: 'hist',
    summary:
      'How splits are sought: between bins of the values (hist, which auto means), between bins made anew for each tree (approx), or between all values (exact).',
  },
  {
    name: 'max_depth',
    type: integer(0),
    default: 6,
    summary: 'Splits on the way from the root to a leaf, 0 for no limit.',
  },
  {
    name: 'max_leaves',
    type: integer(0),
    default: 0,
    summary: 'Leaves of a tree, 0 for no limit; without effect on exact.',
  },
  {
    name: 'grow_policy',
    type: choice('depthwise', 'lossguide', 'loss_guide'),
    default: 'depthwise',
    summary:
      'Split all leaves of a level (depthwise, as exact always does), or the leaf with the largest gain first (lossguide).',
  },
  {
    name: 'max_bin',
    type: integer(2, 256),
    default: 256,
    summary:
      'Bins that the values of a feature are put into, at most 256; one of 256 is for missing values where there are any.',
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
    type: nullable(number(0)),
    default: null,
    summary:
      'The largest absolute leaf weight before the learning rate, 0 for no limit; null for 0, with count:poisson 0.7.',
  },
  {
    name: 'reg_lambda',
    aliases: ['lambda'],
    type: nullable(number(0)),
    default: null,
    summary: 'L2 penalty on leaf weights or coefficients; null for 1, with gblinear 0.',
  },
  {
    name: 'reg_alpha',
    aliases: ['alpha'],
    type: number(0),
    default: 0,
    summary: 'L1 penalty on leaf weights or coefficients.',
  },
  {
    name: 'subsample',
    type: fraction,
    default: 1,
    summary: 'The part of the rows that each tree learns from, drawn without replacement.',
  },
  {
    name: 'sampling_method',
    type: choice('uniform', 'gradient_based'),
    default: 'uniform',
    summary: 'How subsample draws rows; gradient_based is refused, as xgboost refuses it without a GPU.',
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
  {
    name: 'num_parallel_tree',
    type: integer(1, 100000),
    default: 1,
    summary:
      'Trees grown in each round for each output, which share its step: a forest where rows or features are drawn.',
  },
  {
    name: 'monotone_constraints',
    type: nullable(text, arrayOf(integer(-1, 1))),
    default: null,
    summary:
      'By feature 1 if predictions must not fall with it, -1 if they must not rise, 0 for any: an array, or text like (1,0,-1).',
  },
  {
    name: 'interaction_constraints',
    type: nullable(text, arrayOf(arrayOf(integer(0)))),
    default: null,
    summary:
      'Groups of features (numbers from 0) that may be tested together on the way to a leaf: [[0, 1], [2, 3]], or that as text.',
  },
  {
    name: 'enable_categorical',
    type: boolean,
    default: false,
    summary:
      'Split text columns by sets of categories, instead of by the codes 1, 2, … of their categories as numbers.',
  },
  {
    name: 'max_cat_to_onehot',
    type: integer(1),
    default: 4,
    summary: 'Features with fewer categories are split one category against the rest.',
  },
  {
    name: 'max_cat_threshold',
    type: integer(1),
    default: 64,
    summary: 'Categories that a split considers from either end of their order, at most.',
  },
  {
    name: 'scale_pos_weight',
    type: positive,
    default: 1,
    summary:
      'What rows with the target 1 count, relative to the others; for logistic objectives, squared error and squared logarithmic error.',
  },
  {
    name: 'base_score',
    type: nullable(number()),
    default: null,
    summary: 'The prediction before the first tree; null for 0.5, with reg:absoluteerror the median.',
  },
  {
    name: 'random_state',
    aliases: ['seed'],
    type: seed,
    default: null,
    summary:
      'Seed of all that is drawn: rows, features, dropped trees, validation; null takes the seed of the training.',
  },
  {
    name: 'missing',
    type: { kind: 'null' },
    default: null,
    summary: 'NULL and NaN are missing values; no other value can be declared missing.',
  },
  {
    name: 'validation_fraction',
    type: nullable({ kind: 'number', minimum: 0, exclusive: true, maximum: 0.99 }),
    default: null,
    summary:
      'The part of the training rows (of the groups when ranking) that is not learned from, but measured after every round; null for none. xgboost takes an eval_set instead.',
  },
  {
    name: 'eval_metric',
    type: nullable(text, arrayOf(text)),
    default: null,
    summary:
      'What is measured there, e.g. rmse, logloss, auc, error@0.7, ndcg@10: a name or an array of them, whose last decides about stopping; null for the metric of the objective.',
  },
  {
    name: 'early_stopping_rounds',
    type: nullable(integer(1)),
    default: null,
    summary:
      'Stop when the metric has not become better for so many rounds, and keep the best; needs validation_fraction.',
  },
  {
    name: 'huber_slope',
    type: positive,
    default: 1,
    summary: 'For reg:pseudohubererror, the error from which on the loss grows linearly.',
  },
  {
    name: 'tweedie_variance_power',
    type: number(1, 2),
    default: 1.5,
    summary: 'For reg:tweedie, the power of the mean that the variance grows with: above 1 and below 2.',
  },
  {
    name: 'aft_loss_distribution',
    type: choice('normal', 'logistic', 'extreme'),
    default: 'normal',
    summary: "For survival:aft, the distribution of the times' logarithms.",
  },
  {
    name: 'aft_loss_distribution_scale',
    type: positive,
    default: 1,
    summary: 'For survival:aft, the scale of that distribution.',
  },
  {
    name: 'num_pairsample',
    type: integer(1),
    default: 1,
    summary: 'For rankings, how many partners are drawn for each row.',
  },
  {
    name: 'fix_list_weight',
    type: number(0),
    default: 0,
    summary: 'For rankings, what each group counts in all, whatever its size; 0 to let its rows count.',
  },
  { name: 'rate_drop', type: share, default: 0, summary: 'For dart, the part of the trees dropped out in a round.' },
  { name: 'skip_drop', type: share, default: 0, summary: 'For dart, how likely a round drops none.' },
  {
    name: 'one_drop',
    type: either(boolean, integer(0, 1)),
    default: false,
    summary: 'For dart, drop one tree at least.',
  },
  {
    name: 'sample_type',
    type: choice('uniform', 'weighted'),
    default: 'uniform',
    summary: 'For dart, drop all trees equally likely, or in proportion to their weight.',
  },
  {
    name: 'normalize_type',
    type: choice('tree', 'forest'),
    default: 'tree',
    summary: 'For dart, a new tree weighs as much as each dropped tree, or as much as all of them.',
  },
  {
    name: 'updater',
    type: nullable(updater, arrayOf(updater)),
    default: null,
    summary:
      'For gblinear, coord_descent, or shotgun, which gives the same here; null for shotgun. Without effect on trees, whose tree_method decides.',
  },
  {
    name: 'feature_selector',
    type: choice('cyclic', 'shuffle', 'random', 'greedy', 'thrifty'),
    default: 'cyclic',
    summary: 'For gblinear, the order in which coefficients are updated; shotgun takes cyclic and shuffle.',
  },
  {
    name: 'top_k',
    type: integer(0),
    default: 0,
    summary: 'For gblinear with greedy or thrifty selection, how many coefficients a round updates, 0 for all.',
  },
  {
    name: 'tolerance',
    type: number(0),
    default: 0,
    summary: 'For gblinear, stop when no coefficient changes by more, 0 for never.',
  },
  withoutEffect(
    'importance_type',
    nullable(choice('gain', 'weight', 'cover', 'total_gain', 'total_cover')),
    null,
    'all importances are kept',
  ),
  threads,
  { ...threads, name: 'nthread' },
  withoutEffect('gpu_id', nullable(integer()), null, 'there is no GPU in use'),
  withoutEffect('verbosity', nullable(integer(0, 3)), null, 'progress is reported by the job'),
  withoutEffect('silent', nullable(boolean, integer(0, 1)), null, 'progress is reported by the job'),
  withoutEffect(
    'predictor',
    nullable(choice('auto', 'cpu', 'gpu', 'cpu_predictor', 'gpu_predictor')),
    null,
    'there is one evaluator',
  ),
  withoutEffect('feature_types', { kind: 'null' }, null, 'the columns have types'),
  withoutEffect('callbacks', { kind: 'null' }, null, 'functions cannot be given in SQL'),
  withoutEffect('sketch_eps', nullable(number()), null, 'the accuracy of the cuts follows from max_bin'),
  withoutEffect('refresh_leaf', nullable(boolean, integer(0, 1)), null, 'trees are always grown anew'),
  withoutEffect('process_type', choice('default'), 'default', 'trees are always grown anew'),
  withoutEffect('use_label_encoder', nullable(boolean), null, 'labels may be of any type'),
  withoutEffect('validate_parameters', nullable(boolean), null, 'parameters are always checked'),
];

/** What `checkParameters` has passed. */
export interface XgboostParameters {
  readonly n_estimators: number;
  readonly learning_rate: number | null;
  readonly booster: 'gbtree' | 'dart' | 'gblinear' | 'linear';
  readonly objective: string | null;
  readonly tree_method: string;
  readonly max_depth: number;
  readonly max_leaves: number;
  readonly grow_policy: 'depthwise' | 'lossguide' | 'loss_guide';
  readonly max_bin: number;
  readonly min_child_weight: number;
  readonly gamma: number;
  readonly max_delta_step: number | null;
  readonly reg_lambda: number | null;
  readonly reg_alpha: number;
  readonly subsample: number;
  readonly sampling_method: 'uniform' | 'gradient_based';
  readonly colsample_bytree: number;
  readonly colsample_bylevel: number;
  readonly colsample_bynode: number;
  readonly num_parallel_tree: number;
  readonly monotone_constraints: string | readonly number[] | null;
  readonly interaction_constraints: string | readonly (readonly number[])[] | null;
  readonly enable_categorical: boolean;
  readonly max_cat_to_onehot: number;
  readonly max_cat_threshold: number;
  readonly scale_pos_weight: number;
  readonly base_score: number | null;
  readonly random_state: number | null;
  readonly validation_fraction: number | null;
  readonly eval_metric: string | readonly string[] | null;
  readonly early_stopping_rounds: number | null;
  readonly huber_slope: number;
  readonly tweedie_variance_power: number;
  readonly aft_loss_distribution: 'normal' | 'logistic' | 'extreme';
  readonly aft_loss_distribution_scale: number;
  readonly num_pairsample: number;
  readonly fix_list_weight: number;
  readonly rate_drop: number;
  readonly skip_drop: number;
  readonly one_drop: boolean | number;
  readonly sample_type: 'uniform' | 'weighted';
  readonly normalize_type: 'tree' | 'forest';
  readonly updater: string | readonly string[] | null;
  readonly feature_selector: 'cyclic' | 'shuffle' | 'random' | 'greedy' | 'thrifty';
  readonly top_k: number;
  readonly tolerance: number;
}
