/** Dividing rows into a training and a test part. */
import { RandomState } from '@pgml/kernels';
import { InputError } from './errors.js';

export const samplings = ['random', 'last', 'first', 'stratified'] as const;
export type Sampling = (typeof samplings)[number];

export interface Split {
  /** Row numbers in the order in which they train. */
  readonly train: Uint32Array;
  readonly test: Uint32Array;
}

/** How many of `rows` are for testing: `size` itself above 1, otherwise that part of all rows. Throws InputError. */
export function testRows(rows: number, size: number): number {
  if (!(size >= 0 && Number.isFinite(size)))
    throw new InputError('22023', `test_size must be a number of at least 0, but ${size} was given`, {
      hint: 'Up to 1 it is the part of all rows to test with, above 1 the number of rows.',
    });
  const count = size > 1 ? Math.trunc(size) : Math.round(rows * size);
  if (count >= rows)
    throw new InputError('22023', `test_size = ${count} is too large. There are only ${rows} samples.`);
  return count;
}

/**
 * Which of `rows` rows train and which `test` rows test. Deterministic in the seed.
 *
 * `stratum` is the stratum of each row, numbered from 0, where there is something to stratify by; without it,
 * `stratified` is the same as `random`.
 */
export function splitRows(
  rows: number,
  test: number,
  sampling: Sampling,
  seed: number,
  stratum?: ArrayLike<number>,
): Split {
  const order = orderRows(rows, sampling, seed, stratum);
  if (sampling === 'first') return { train: order.slice(test), test: order.slice(0, test) };
  return { train: order.slice(0, rows - test), test: order.slice(rows - test) };
}

function orderRows(rows: number, sampling: Sampling, seed: number, stratum?: ArrayLike<number>): Uint32Array {
  if (sampling === 'first' || sampling === 'last') return Uint32Array.from({ length: rows }, (_, row) => row);
  const order = new RandomState(seed).permutation(rows);
  return sampling === 'stratified' && stratum ? interleave(order, stratum) : order;
}

/**
 * Reorders a random order so that every beginning and every end of it holds each stratum in proportion, and the
 * beginning holds all of them: the k-th row of a stratum of n is placed at k/n, equal places keep their random order.
 * (Dealing the strata out in turn instead, as ordering by k does, would leave only the largest for the end: the test.)
 */
function interleave(order: Uint32Array, stratum: ArrayLike<number>): Uint32Array {
  const sizes: number[] = [];
  for (const row of order) sizes[stratum[row]!] = (sizes[stratum[row]!] ?? 0) + 1;
  const seen = sizes.map(() => 0);
  const places = new Float64Array(order.length);
  for (const row of order) places[row] = seen[stratum[row]!]!++ / sizes[stratum[row]!]!;
  // Sorting is stable.
  return Uint32Array.from([...order].sort((one, other) => places[one]! - places[other]!));
}

/** Strata for values without classes: `count` groups of equal size by order of value. No value may be NaN. */
export function quantileStrata(values: ArrayLike<number>, count: number): Uint32Array {
  const byValue = Array.from({ length: values.length }, (_, row) => row).sort(
    (one, other) => values[one]! - values[other]!,
  );
  const strata = new Uint32Array(values.length);
  byValue.forEach((row, rank) => {
    strata[row] = Math.floor((rank * count) / values.length);
  });
  return strata;
}
