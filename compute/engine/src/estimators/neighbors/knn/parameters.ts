import { metricParameter, powerParameter, searchParameters } from '../../../neighbours/parameters.js';
import { choice, integer, threads } from '../../../parameter-types.js';
import type { Parameter } from '../../../parameters.js';

export const parameters: readonly Parameter[] = [
  { name: 'n_neighbors', type: integer(1), default: 5, summary: 'How many of the nearest training rows are asked.' },
  {
    name: 'weights',
    type: choice('uniform', 'distance'),
    default: 'uniform',
    summary:
      'Whether all neighbours count alike, or each by the inverse of its distance; training rows at distance 0 then count alone.',
  },
  metricParameter('minkowski'),
  powerParameter(2),
  ...searchParameters,
  threads,
];

/** What `checkParameters` has passed. */
export interface KnnParameters {
  readonly n_neighbors: number;
  readonly weights: 'uniform' | 'distance';
  readonly metric: string;
  readonly p: number;
}
