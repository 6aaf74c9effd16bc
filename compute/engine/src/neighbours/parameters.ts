/** The parameters by which scikit-learn's estimators choose a metric and a way to search. */
import { FitError } from '../estimator.js';
import { choice, integer, nullable, number, withoutEffect } from '../parameter-types.js';
import type { Parameter } from '../parameters.js';
import type { SearchOptions } from './kd-tree.js';

const names = ['minkowski', 'euclidean', 'l2', 'manhattan', 'l1', 'cityblock', 'chebyshev', 'cosine'] as const;

export const metricParameter = (fallback: (typeof names)[number]): Parameter => ({
  name: 'metric',
  type: choice(...names),
  default: fallback,
  summary: 'How far two rows are from each other; l2 is euclidean, l1 and cityblock are manhattan.',
});

export const powerParameter = (fallback: number | null): Parameter => ({
  name: 'p',
  type: fallback === null ? nullable(number(1)) : number(1),
  default: fallback,
  summary: 'The power of the metric minkowski: 1 is manhattan, 2 is euclidean.',
});

/** Neighbours are exact, however they are looked for. */
export const searchParameters: readonly Parameter[] = [
  withoutEffect(
    'algorithm',
    choice('auto', 'ball_tree', 'kd_tree', 'brute'),
    'auto',
    'neighbours are exact, and the faster way to find them is taken',
  ),
  withoutEffect('leaf_size', integer(1), 30, 'the size of the leaves of the search tree is fixed'),
  withoutEffect('metric_params', { kind: 'null' }, null, 'no metric here has parameters but p'),
];

/** What `metric` and `p` ask for. */
export function searchOptions(metric: string, p: number | null): Pick<SearchOptions, 'metric' | 'p'> {
  const power = p ?? 2;
  switch (metric) {
    case 'minkowski':
      if (!Number.isFinite(power)) throw new FitError('p must be finite', 'Use the metric chebyshev.');
      return power === 2
        ? { metric: 'euclidean' }
        : power === 1
          ? { metric: 'manhattan' }
          : { metric: 'minkowski', p: power };
    case 'l2':
    case 'euclidean':
      return { metric: 'euclidean' };
    case 'l1':
    case 'cityblock':
    case 'manhattan':
      return { metric: 'manhattan' };
    case 'chebyshev':
      return { metric: 'chebyshev' };
    default:
      return { metric: 'cosine' };
  }
}
