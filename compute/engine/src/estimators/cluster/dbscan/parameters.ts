import { metricParameter, powerParameter, searchParameters } from '../../../neighbours/parameters.js';
import { integer, positive, threads } from '../../../parameter-types.js';
import type { Parameter } from '../../../parameters.js';

export const parameters: readonly Parameter[] = [
  { name: 'eps', type: positive, default: 0.5, summary: 'Rows at most this far from each other are neighbours.' },
  {
    name: 'min_samples',
    type: integer(1),
    default: 5,
    summary: 'The neighbours, itself counted, that make a row the core of a cluster; with weights, the sum of theirs.',
  },
  metricParameter('euclidean'),
  powerParameter(null),
  ...searchParameters,
  threads,
];

/** What `checkParameters` has passed. */
export interface DbscanParameters {
  readonly eps: number;
  readonly min_samples: number;
  readonly metric: string;
  readonly p: number | null;
}
