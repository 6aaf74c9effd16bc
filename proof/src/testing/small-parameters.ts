import type { Task } from '@pgml/engine';

const parameters: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  catboost: { iterations: 50 },
  dbscan: { eps: 2 },
  feature_agglomeration: { n_clusters: 2 },
  kmeans: { n_clusters: 3 },
  lightgbm: { n_estimators: 40 },
  mini_batch_kmeans: { n_clusters: 3 },
  quantile: { alpha: 0.01 },
  spectral: { n_clusters: 3 },
};

/** Hyperparameters for tables of a few hundred rows, for which the defaults of the references are too much or too little. */
export function smallParameters(algorithm: string, task: Task): Readonly<Record<string, unknown>> {
  if (algorithm === 'gaussian_process' && task === 'regression') return { alpha: 0.1, normalize_y: true };
  if (algorithm === 'stochastic_gradient_descent')
    return { alpha: 0.1, ...(task === 'regression' ? { eta0: 0.0001 } : {}) };
  // The largest nu that classes of very different size allow is small.
  if (algorithm === 'nu_svm' && task === 'classification') return { nu: 0.1 };
  return parameters[algorithm] ?? {};
}
