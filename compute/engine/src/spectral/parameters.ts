/** The parameters that the biclustering methods share. */
import {
  arrayOf,
  boolean,
  choice,
  either,
  integer,
  nullable,
  number,
  seed,
  withoutEffect,
} from '../parameter-types.js';
import type { Parameter } from '../parameters.js';

export const biclusteringParameters: readonly Parameter[] = [
  {
    name: 'init',
    type: either(choice('k-means++', 'random'), arrayOf(arrayOf(number()))),
    default: 'k-means++',
    summary: 'How k-means chooses its first centroids.',
  },
  { name: 'n_init', type: integer(1), default: 10, summary: 'How often k-means starts anew; the best result is kept.' },
  {
    name: 'random_state',
    type: seed,
    default: null,
    summary: 'Seeds k-means, as in scikit-learn; null takes the seed of the training.',
  },
  withoutEffect('mini_batch', boolean, false, 'k-means sees all rows in every step'),
  withoutEffect('svd_method', choice('randomized', 'arpack'), 'randomized', 'singular vectors are computed exactly'),
  withoutEffect('n_svd_vecs', nullable(integer(1)), null, 'singular vectors are computed exactly'),
];

/** What `checkParameters` has passed. */
export interface BiclusteringParameters {
  readonly init: 'k-means++' | 'random' | readonly (readonly number[])[];
  readonly n_init: number;
  readonly random_state: number | null;
}
