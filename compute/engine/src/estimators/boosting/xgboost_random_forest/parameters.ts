import { integer } from '../../../parameter-types.js';
import type { Parameter } from '../../../parameters.js';
import { parameters as boostingParameters } from '../xgboost/parameters.js';

/** What makes a forest of boosting. */
const defaults: Readonly<Record<string, unknown>> = {
  learning_rate: 1,
  subsample: 0.8,
  colsample_bynode: 0.8,
  reg_lambda: 1e-5,
};

/** Without meaning where there is one round, and that of trees. */
const left = [
  ...['n_estimators', 'num_parallel_tree', 'booster', 'validation_fraction', 'eval_metric', 'early_stopping_rounds'],
  ...['rate_drop', 'skip_drop', 'one_drop', 'sample_type', 'normalize_type', 'feature_selector', 'top_k', 'tolerance'],
];

export const parameters: readonly Parameter[] = [
  {
    name: 'n_estimators',
    type: integer(1, 100000),
    default: 100,
    summary: 'Trees of the forest, with more than two classes so many for each class.',
  },
  ...boostingParameters
    .filter(({ name }) => !left.includes(name))
    .map((parameter) => ({ ...parameter, default: defaults[parameter.name] ?? parameter.default })),
];
