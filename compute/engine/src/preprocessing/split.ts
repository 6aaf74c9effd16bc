/** Dividing rows into a training and a test part. */
import { RandomState } from '@pgml/kernels';
import { InputError } from '../errors.js';

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
 * beginning holds all of them: of N rows, the k-th row of a stratum of n gets the place kN/n, rounded down, and rows with
 * one place keep their random order. (Dealing the strata out in turn instead, as ordering by k does, would leave only the
 * largest one for the end: the test part.)
 */
function interleave(order: Uint32Array, stratum: ArrayLike<number>): Uint32Array {
  const rows = order.length;
  const sizes: number[] = [];
  for (const row of order) sizes[stratum[row]] = (sizes[stratum[row]] ?? 0) + 1;
  const seen = sizes.map(() => 0);
  const places = order.map((row) => Math.floor((seen[stratum[row]]++ * rows) / sizes[stratum[row]]));

  // A counting sort: `next` is where the next row of each place goes.
  const next = new Uint32Array(rows + 1);
  for (const place of places) next[place + 1]++;
  for (let place = 0; place < rows; place++) next[place + 1] += next[place];
  const interleaved = new Uint32Array(rows);
  places.forEach((place, index) => {
    interleaved[next[place]++] = order[index]!;
  });
  return interleaved;
}

/**
 * Strata for values without classes: up to `count` groups of equal size by order of value. Equal values are in the same
 * group. No value may be NaN.
 */
export function quantileStrata(values: Float32Array, count: number): Uint32Array {
  const sorted = values.slice().sort();
  const cuts = Array.from({ length: count - 1 }, (_, k) => sorted[Math.floor(((k + 1) * values.length) / count)]);
  const strata = new Uint32Array(values.length);
  values.forEach((value, row) => {
    for (const cut of cuts) if (value >= cut) strata[row]++;
  });
  return strata;
}
