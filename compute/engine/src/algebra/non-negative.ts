/** Least squares with coefficients that must not be negative. */
import type { FitContext } from '../estimator.js';
import { FitError } from '../estimator.js';
import { Cholesky } from './cholesky.js';

/** A slope within this of 0, relative to what it was computed from, is 0. */
const NO_GAIN = 1e-12;

/**
 * Minimizes |A x - b| over x >= 0 from A'A (size × size) and A'b, by the active-set method NNLS (Lawson & Hanson, Solving
 * Least Squares Problems, 1974, chapter 23). The steps named in comments are theirs.
 */
export function nonNegativeLeastSquares(
  products: Float64Array,
  rightSide: Float64Array,
  size: number,
  context: FitContext,
): Float64Array {
  const solution = new Float64Array(size);
  /** The set P of coefficients that may be positive. */
  let free: number[] = [];
  const limit = 30 * size + 30;
  for (let iteration = 0; iteration < limit; iteration++) {
    context.checkpoint(iteration / limit);
    // Steps 2 to 5: the coefficient outside P that lowers the error fastest, if any does, enters P.
    const entry = bestEntry(products, rightSide, solution, free);
    if (!entry) return solution;
    free = entry.free;
    let target = entry.target;
    // Steps 6 to 11: while the solution over P is not positive, go towards it until the first coefficient turns 0 and
    // leaves P.
    for (let blocking = moveTowards(solution, free, target); blocking !== undefined;) {
      solution[blocking] = 0;
      free = free.filter((j) => solution[j] > 0);
      target = solveOver(products, rightSide, size, free)!;
      blocking = moveTowards(solution, free, target);
    }
  }
  throw new FitError(
    `non-negative least squares did not settle in ${limit} steps`,
    'Features that almost depend on each other cause this: remove some, or set positive to false.',
  );
}

/**
 * P with the coefficient whose slope is steepest, relative to rounding, and the solution over that. A coefficient does not
 * enter if its column depends on those in P, or if rounding alone made its slope positive: the solution over P then does
 * not make it positive (the book's remark on step 6).
 */
function bestEntry(
  products: Float64Array,
  rightSide: Float64Array,
  solution: Float64Array,
  free: readonly number[],
): { free: number[]; target: Float64Array } | undefined {
  const size = solution.length;
  const candidates: { j: number; gain: number }[] = [];
  for (let j = 0; j < size; j++) {
    if (free.includes(j)) continue;
    let slope = rightSide[j];
    // What is left after cancelling is compared with what went in.
    let scale = Math.abs(slope);
    for (const k of free) {
      const part = products[j * size + k] * solution[k];
      slope -= part;
      scale += Math.abs(part);
    }
    if (slope > NO_GAIN * scale) candidates.push({ j, gain: slope });
  }
  candidates.sort((a, b) => b.gain - a.gain || a.j - b.j);
  for (const { j } of candidates) {
    const extended = [...free, j];
    const target = solveOver(products, rightSide, size, extended);
    if (target && target.at(-1)! > 0) return { free: extended, target };
  }
  return undefined;
}

/**
 * Moves the coefficients in P towards `target`, as far as none turns negative. Returns the one that stopped it, if one did.
 */
function moveTowards(solution: Float64Array, free: readonly number[], target: Float64Array): number | undefined {
  let step = 1;
  let blocking: number | undefined;
  for (const [i, j] of free.entries()) {
    if (target[i] > 0) continue;
    const reach = solution[j] / (solution[j] - target[i]);
    if (blocking !== undefined && reach >= step) continue;
    step = reach;
    blocking = j;
  }
  for (const [i, j] of free.entries()) solution[j] += step * (target[i] - solution[j]);
  return blocking;
}

/** The least-squares solution over the columns in P, in the order of P; undefined if they depend on each other. */
function solveOver(
  products: Float64Array,
  rightSide: Float64Array,
  size: number,
  free: readonly number[],
): Float64Array | undefined {
  const part = new Float64Array(free.length * free.length);
  for (const [i, j] of free.entries())
    for (const [k, l] of free.entries()) part[i * free.length + k] = products[j * size + l]!;
  const target = Float64Array.from(free, (j) => rightSide[j]);
  const factor = Cholesky.factor(part, free.length, { tolerance: 1e-12 });
  factor?.solve(target);
  return factor && target;
}
