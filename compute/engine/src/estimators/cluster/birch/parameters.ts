import { boolean, integer, nullable, positive, withoutEffect } from '../../../parameter-types.js';
import type { Parameter } from '../../../parameters.js';

export const parameters: readonly Parameter[] = [
  {
    name: 'threshold',
    type: positive,
    default: 0.5,
    summary: 'The largest radius of a subcluster: a row that would widen it more starts one of its own.',
  },
  {
    name: 'branching_factor',
    type: integer(2),
    default: 50,
    summary: 'The most subclusters of a node of the tree; a node with more is split.',
  },
  {
    name: 'n_clusters',
    type: nullable(integer(1)),
    default: 3,
    summary:
      'How many clusters the subclusters are joined to by agglomerative clustering (Ward); null leaves the subclusters as they are.',
  },
  withoutEffect('compute_labels', boolean, true, 'labels are always computed'),
  withoutEffect('copy', boolean, true, 'the training data is never overwritten'),
];

/** What `checkParameters` has passed. */
export interface BirchParameters {
  readonly threshold: number;
  readonly branching_factor: number;
  readonly n_clusters: number | null;
}
