import { metricParameter, powerParameter, searchParameters } from '../../../neighbours/parameters.js';
import {
  boolean,
  choice,
  either,
  integer,
  nullable,
  number,
  positive,
  threads,
  withoutEffect,
} from '../../../parameter-types.js';
import type { Parameter } from '../../../parameters.js';

export const parameters: readonly Parameter[] = [
  {
    name: 'min_samples',
    type: either(integer(2), number(0, 1)),
    default: 5,
    summary: 'The neighbours, itself counted, that make a row the core of a cluster; up to 1, that part of all rows.',
  },
  {
    name: 'max_eps',
    type: nullable(number(0)),
    default: null,
    summary: 'The largest distance of neighbours; null (infinity) finds clusters of every density.',
  },
  metricParameter('minkowski'),
  powerParameter(2),
  {
    name: 'cluster_method',
    type: choice('xi', 'dbscan'),
    default: 'xi',
    summary: 'How clusters are cut from the reachability: where it falls and rises steeply, or at the level eps.',
  },
  {
    name: 'eps',
    type: nullable(positive),
    default: null,
    summary: 'The level of the method dbscan; null is max_eps.',
  },
  {
    name: 'xi',
    type: number(0, 1),
    default: 0.05,
    summary: 'How steep the reachability must fall and rise around a cluster: by this part of its height.',
  },
  {
    name: 'predecessor_correction',
    type: boolean,
    default: true,
    summary: 'Whether rows at the end of a cluster that were not reached from within it are taken away.',
  },
  {
    name: 'min_cluster_size',
    type: nullable(either(integer(2), number(0, 1))),
    default: null,
    summary: 'The least rows of a cluster of the method xi, up to 1 as a part of all rows; null is min_samples.',
  },
  ...searchParameters,
  withoutEffect('memory', { kind: 'null' }, null, 'nothing is written to disk'),
  threads,
];

/** What `checkParameters` has passed. */
export interface OpticsParameters {
  readonly min_samples: number;
  readonly max_eps: number | null;
  readonly metric: string;
  readonly p: number;
  readonly cluster_method: 'xi' | 'dbscan';
  readonly eps: number | null;
  readonly xi: number;
  readonly predecessor_correction: boolean;
  readonly min_cluster_size: number | null;
}
