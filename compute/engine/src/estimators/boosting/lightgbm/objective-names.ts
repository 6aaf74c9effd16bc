/** What LightGBM calls its objectives. */

/** By objective its other names. */
export const objectiveAliases: Readonly<Record<string, readonly string[]>> = {
  regression: ['regression_l2', 'l2', 'mean_squared_error', 'mse', 'l2_root', 'root_mean_squared_error', 'rmse'],
  regression_l1: ['l1', 'mean_absolute_error', 'mae'],
  huber: [],
  fair: [],
  poisson: [],
  quantile: [],
  mape: ['mean_absolute_percentage_error'],
  gamma: [],
  tweedie: [],
  binary: [],
  multiclass: ['softmax'],
  multiclassova: ['multiclass_ova', 'ova', 'ovr'],
  cross_entropy: ['xentropy'],
  cross_entropy_lambda: ['xentlambda'],
  lambdarank: [],
  rank_xendcg: ['xendcg', 'xe_ndcg', 'xe_ndcg_mart', 'xendcg_mart'],
};

/** All names of all objectives. */
export const objectiveNames: readonly string[] = Object.entries(objectiveAliases).flatMap(([name, more]) => [
  name,
  ...more,
]);
