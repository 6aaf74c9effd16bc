/** Which algorithm serves which task. */
import { alternatives, InputError, quote } from './errors.js';
import type { Estimator, Task } from './estimator.js';
import { nearest } from './edit-distance.js';
import { estimators, findEstimator } from './registry.js';

const both: readonly Task[] = ['regression', 'classification'];
const regression: readonly Task[] = ['regression'];
const classification: readonly Task[] = ['classification'];
const clustering: readonly Task[] = ['clustering'];
const decomposition: readonly Task[] = ['decomposition'];

/** The values of the SQL type pgml.algorithm but `transformers`; also those that PostgresML lists and never ran. */
export const algorithmTasks: Readonly<Record<string, readonly Task[]>> = {
  linear: both,
  xgboost: both,
  xgboost_random_forest: both,
  svm: both,
  lasso: regression,
  elastic_net: regression,
  ridge: both,
  kmeans: clustering,
  dbscan: clustering,
  knn: both,
  random_forest: both,
  least_angle: regression,
  lasso_least_angle: regression,
  orthogonal_matching_pursuit: regression,
  bayesian_ridge: regression,
  automatic_relevance_determination: regression,
  stochastic_gradient_descent: both,
  perceptron: classification,
  passive_aggressive: both,
  ransac: regression,
  theil_sen: regression,
  huber: regression,
  quantile: regression,
  kernel_ridge: regression,
  gaussian_process: both,
  nu_svm: both,
  ada_boost: both,
  bagging: both,
  extra_trees: both,
  gradient_boosting_trees: both,
  hist_gradient_boosting: both,
  linear_svm: both,
  lightgbm: both,
  affinity_propagation: clustering,
  birch: clustering,
  feature_agglomeration: decomposition,
  mini_batch_kmeans: clustering,
  mean_shift: clustering,
  optics: clustering,
  spectral: clustering,
  spectral_bi: clustering,
  spectral_co: clustering,
  catboost: both,
  pca: decomposition,
};

/** The default algorithm of the SQL functions is `linear`, which means this for the tasks without labels. */
const unsupervisedDefaults: Partial<Record<Task, string>> = { clustering: 'kmeans', decomposition: 'pca' };

/**
 * The estimator that serves an algorithm and task. Throws InputError: 22023 if there is no such algorithm or it does not
 * serve the task by its nature, 0A000 for language models.
 */
export function chooseEstimator(given: string, task: Task): Estimator {
  const algorithm = given === 'linear' ? (unsupervisedDefaults[task] ?? given) : given;
  const estimator = findEstimator(algorithm, task);
  if (estimator) return estimator;
  const available = estimators.filter((one) => one.task === task).map((one) => one.algorithm);
  const hint = `Available for ${task}: ${available.join(', ')}.`;
  if (algorithm === 'transformers')
    throw new InputError('0A000', 'transformers are not trained by pgml.train', {
      hint: 'Use pgml.tune for language models.',
    });
  if (!Object.hasOwn(algorithmTasks, algorithm)) {
    const meant = nearest(algorithm, Object.keys(algorithmTasks));
    throw new InputError('22023', `there is no algorithm ${quote(algorithm)}`, {
      detail: hint,
      hint: meant === undefined ? undefined : `Did you mean "${meant}"?`,
    });
  }
  const tasks = algorithmTasks[algorithm];
  throw new InputError('22023', `${algorithm} does not support ${task}`, {
    detail: tasks.length > 0 ? `It supports ${alternatives(tasks)}.` : undefined,
    hint: algorithm === 'feature_agglomeration' ? `It groups features, not rows. ${hint}` : hint,
  });
}
