/** Subsets of rows: all there are, or many at random. */
import type { FitContext } from '../estimator.js';

/** How many subsets of `size` there are; Infinity if that is beyond all bounds. */
export function countSubsets(rows: number, size: number): number {
  let count = 1;
  // Exact while it matters: after each step the product is a count of subsets itself.
  for (let i = 1; i <= Math.min(size, rows - size); i++) count = (count * (rows - i + 1)) / i;
  return count;
}

/** All subsets of `size` out of 0 … rows - 1 in lexicographic order, one after the other. */
export function allSubsets(rows: number, size: number): Uint32Array {
  const count = countSubsets(rows, size);
  const subsets = new Uint32Array(count * size);
  const current = Uint32Array.from({ length: size }, (_, i) => i);
  for (let subset = 0; subset < count; subset++) {
    subsets.set(current, subset * size);
    let i = size - 1;
    while (i >= 0 && current[i] === rows - size + i) i--;
    if (i < 0) break;
    current[i]++;
    for (let k = i + 1; k < size; k++) current[k] = current[k - 1] + 1;
  }
  return subsets;
}

/** Numbers drawn between two looks at whether the caller gave up: some milliseconds. */
const DRAWS_PER_CALL = 1e6;

/**
 * `count` subsets, each as RandomState(seed).choice(rows, size, replace=False) draws them one after the other. Releases
 * what it allocates: 4 bytes per row, and per number chosen.
 */
export function randomSubsets(
  rows: number,
  size: number,
  count: number,
  seed: number,
  { kernels, checkpoint }: FitContext,
): Uint32Array {
  const mark = kernels.mark();
  try {
    const state = kernels.allocate(4 * 625);
    const order = kernels.allocate(4 * rows);
    const out = kernels.allocate(4 * count * size);
    kernels.run.seedGenerator(state, seed);
    const perCall = Math.ceil(DRAWS_PER_CALL / rows);
    for (let first = 0; first < count; first += perCall) {
      checkpoint(first / count);
      kernels.run.chooseSubsets(state, rows, size, Math.min(perCall, count - first), order, out + 4 * first * size);
    }
    return kernels.u32(out, count * size).slice();
  } finally {
    kernels.release(mark);
  }
}
