import {
  arrayOf,
  boolean,
  choice,
  either,
  integer,
  nullable,
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
    name: 'max_iter',
    type: integer(1),
    default: 100,
    summary: 'The most times that as many rows as there are are seen.',
  },
  { name: 'batch_size', type: integer(1), default: 1024, summary: 'The rows drawn for each step.' },
  {
    name: 'tol',
    type: number(0),
    default: 0,
    summary:
      'Stop when the centroids move less than this, squared and summed, relative to the mean variance of features; 0 never does.',
  },
  {
    name: 'max_no_improvement',
    type: nullable(integer(0)),
    default: 10,
    summary: 'Stop after so many steps in a row that did not lower the smoothed inertia; null never does.',
  },
  {
    name: 'init_size',
    type: nullable(integer(1)),
    default: null,
    summary: 'The rows drawn for each choice of first centroids; null is 3 times batch_size.',
  },
  {
    name: 'n_init',
    type: either(integer(1), choice('auto', 'warn')),
    default: 'warn',
    summary:
      'How many first centroids are tried on rows drawn for that; warn is 3, auto is 1 for k-means++ and 3 for random.',
  },
  {
    name: 'reassignment_ratio',
    type: number(0),
    default: 0.01,
    summary: 'Centroids with less than this part of the rows of the largest cluster are now and then put elsewhere.',
  },
  {
    name: 'random_state',
    type: seed,
    default: null,
    summary: 'Seeds the draws, as in scikit-learn; null takes the seed of the training.',
  },
  withoutEffect('compute_labels', boolean, true, 'the inertia over all rows is always computed'),
  verbosity,
];

/** What `checkParameters` has passed. */
export interface MiniBatchKMeansParameters {
  readonly n_clusters: number;
  readonly init: 'k-means++' | 'random' | readonly (readonly number[])[];
  readonly max_iter: number;
  readonly batch_size: number;
  readonly tol: number;
  readonly max_no_improvement: number | null;
  readonly init_size: number | null;
  readonly n_init: number | 'auto' | 'warn';
  readonly reassignment_ratio: number;
  readonly random_state: number | null;
}
