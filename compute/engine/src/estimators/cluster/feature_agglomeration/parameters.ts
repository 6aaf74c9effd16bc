import { boolean, choice, either, integer, nullable, number, withoutEffect } from '../../../parameter-types.js';
import type { Parameter, ParameterType } from '../../../parameters.js';
import type { Linkage } from '../../../agglomeration/agglomerate.js';

const nothing: ParameterType = { kind: 'null' };
const metrics = ['euclidean', 'l1', 'l2', 'manhattan', 'cosine'] as const;

export const parameters: readonly Parameter[] = [
  {
    name: 'n_clusters',
    type: nullable(integer(1)),
    default: 2,
    summary: 'How many groups of features to form; null where distance_threshold decides.',
  },
  {
    name: 'distance_threshold',
    type: nullable(number(0)),
    default: null,
    summary: 'Groups at least so far apart stay apart; n_clusters must be null then.',
  },
  {
    name: 'linkage',
    type: choice('ward', 'complete', 'average', 'single'),
    default: 'ward',
    summary:
      'What the distance of two groups is: the growth of their variance (ward), or the largest, mean or least distance of features.',
  },
  {
    name: 'metric',
    type: nullable(choice(...metrics)),
    default: null,
    summary: 'The distance of two features, over all rows; null is euclidean, which is all that ward allows.',
  },
  {
    name: 'affinity',
    type: choice('deprecated', ...metrics),
    default: 'deprecated',
    summary: 'An older name of metric.',
  },
  {
    name: 'pooling_func',
    type: choice('mean'),
    default: 'mean',
    summary: 'What stands for a group of features: their mean.',
  },
  {
    name: 'connectivity',
    type: nothing,
    default: null,
    summary: 'Which features are neighbours cannot be given: any two may be grouped.',
  },
  withoutEffect('compute_full_tree', either(choice('auto'), boolean), 'auto', 'the full tree is always computed'),
  withoutEffect('compute_distances', boolean, false, 'distances are always computed'),
  withoutEffect('memory', nothing, null, 'nothing is stored between trainings'),
];

/** What `checkParameters` has passed. */
export interface FeatureAgglomerationParameters {
  readonly n_clusters: number | null;
  readonly distance_threshold: number | null;
  readonly linkage: Linkage;
  readonly metric: (typeof metrics)[number] | null;
  readonly affinity: (typeof metrics)[number] | 'deprecated';
}
