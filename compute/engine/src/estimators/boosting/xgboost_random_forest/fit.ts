/** A random forest as xgboost grows it: one round of boosting in which all trees are grown side by side. */
import type { FitContext, Fitted, TrainingData } from '../../../estimator.js';
import type { Checked } from '../../../parameters.js';
import { fit as boost } from '../xgboost/fit.js';
import { parameters as boostingParameters } from '../xgboost/parameters.js';

export function fit(data: TrainingData, checked: Checked, context: FitContext): Fitted {
  const defaults = Object.fromEntries(boostingParameters.map(({ name, default: value }) => [name, value]));
  return boost(data, { ...defaults, ...checked, n_estimators: 1, num_parallel_tree: checked.n_estimators }, context);
}
