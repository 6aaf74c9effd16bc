import {
  arrayOf,
  boolean,
  choice,
  either,
  integer,
  number,
  seed,
  verbosity,
  withoutEffect,
} from '../../../parameter-types.js';
import type { Parameter } from '../../../parameters.js';

export const parameters: readonly Parameter[] = [
  { name: 'n_clusters', type: integer(1), default: 8, summary: 'How many clusters to form.' },
  {
    name: 'init',
    type: either(choice('k-means++', 'random'), arrayOf(arrayOf(number()))),
    default: 'k-means++',
    summary: 'How to choose the first centroids: k-means++, random rows, or an array with one array per centroid.',
  },
  {
    name: 'n_init',
    type: either(integer(1), choice('auto')),
    default: 10,
    summary: 'How often to start anew; the best result is kept. auto is 1 for k-means++ and 10 for random.',
  },
  { name: 'max_iter', type: integer(1), default: 300, summary: 'The most iterations of one start.' },
  {
    name: 'tol',
    type: number(0),
    default: 1e-4,
    summary:
      'Stop when the centroids move less than this, squared and summed, relative to the mean variance of features.',
  },
  {
    name: 'algorithm',
    type: choice('lloyd', 'elkan', 'auto', 'full'),
    default: 'lloyd',
    summary: 'All names are accepted and give the result of Lloyd’s algorithm.',
  },
  {
    name: 'random_state',
    type: seed,
    default: null,
    summary: 'Seeds the choice of the first centroids, as in scikit-learn; null takes the seed of the training.',
  },
  withoutEffect('copy_x', boolean, true, 'the training data is never overwritten'),
  verbosity,
];

/** What `checkParameters` has passed. */
export interface KMeansParameters {
  readonly n_clusters: number;
  readonly init: 'k-means++' | 'random' | readonly (readonly number[])[];
  readonly n_init: number | 'auto';
  readonly max_iter: number;
  readonly tol: number;
  readonly random_state: number | null;
}
