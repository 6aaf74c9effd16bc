import { arrayOf, boolean, integer, nullable, number, positive, threads } from '../../../parameter-types.js';
import type { Parameter } from '../../../parameters.js';

export const parameters: readonly Parameter[] = [
  {
    name: 'bandwidth',
    type: nullable(positive),
    default: null,
    summary:
      'The radius of the neighbourhood whose mean a point moves to; null is the mean distance of rows to the last of the nearest 30 % of all rows.',
  },
  {
    name: 'seeds',
    type: nullable(arrayOf(arrayOf(number()))),
    default: null,
    summary: 'The points to start from, each an array of as many numbers as features; null starts from rows.',
  },
  {
    name: 'bin_seeding',
    type: boolean,
    default: false,
    summary: 'Whether to start from the occupied cells of a grid as wide as the bandwidth instead of from all rows.',
  },
  { name: 'min_bin_freq', type: integer(1), default: 1, summary: 'The least rows of a cell to start from.' },
  {
    name: 'cluster_all',
    type: boolean,
    default: true,
    summary: 'Whether rows farther than the bandwidth from all centres go to the nearest one; otherwise they are -1.',
  },
  { name: 'max_iter', type: integer(0), default: 300, summary: 'The most steps of a point.' },
  threads,
];

/** What `checkParameters` has passed. */
export interface MeanShiftParameters {
  readonly bandwidth: number | null;
  readonly seeds: readonly (readonly number[])[] | null;
  readonly bin_seeding: boolean;
  readonly min_bin_freq: number;
  readonly cluster_all: boolean;
  readonly max_iter: number;
}
