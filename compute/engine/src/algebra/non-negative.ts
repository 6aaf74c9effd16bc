/** Least squares with coefficients that must not be negative. */
import type { FitContext } from '../estimator.js';
import { FitError } from '../estimator.js';
import { Cholesky } from './cholesky.js';

/** A gradient within this of 0, relative to the lengths of the column and the target, is 0. */
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
  const free: number[] = [];
  const limit = 30 * size + 30;
  for (let iteration = 0; iteration < limit; iteration++) {
    context.checkpoint(iteration / limit);
    // Steps 2 to 5: the coefficient outside P that lowers the error most, if any does, enters P.
    const entering = mostPromising(products, rightSide, solution, free);
    if (entering === undefined) return solution;
    free.push(entering);
    // Steps 6 to 11: solve over P; while that makes coefficients negative, go towards it until the first turns 0.
    for (;;) {
      const target = solveOver(products, rightSide, size, free);
      let step = 1;
      let blocking: number | undefined;
      for (const [i, j] of free.entries()) {
        if (target[i]! > 0) continue;
        const reach = solution[j]! / (solution[j]! - target[i]!);
        if (blocking !== undefined && reach >= step) continue;
        step = reach;
        blocking = j;
      }
      for (const [i, j] of free.entries()) solution[j]! += step * (target[i]! - solution[j]!);
      if (blocking === undefined) break;
      solution[blocking] = 0;
      for (let i = free.length - 1; i >= 0; i--)
        if (solution[free[i]!]! <= 0) {
          solution[free[i]!] = 0;
          free.splice(i, 1);
        }
    }
  }
  throw new FitError(
    `non-negative least squares did not settle in ${limit} steps`,
    'Features that almost depend on each other cause this: remove some, or set positive to false.',
  );
}

function mostPromising(
  products: Float64Array,
  rightSide: Float64Array,
  solution: Float64Array,
  free: readonly number[],
): number | undefined {
  const size = solution.length;
  let best: number | undefined;
  let bestGain = NO_GAIN;
  for (let j = 0; j < size; j++) {
    const squared = products[j * size + j]!;
    if (squared === 0 || free.includes(j)) continue;
    let slope = rightSide[j]!;
    let scale = Math.abs(slope);
    for (const k of free) {
      const part = products[j * size + k]! * solution[k]!;
      slope -= part;
      scale += Math.abs(part);
    }
    // What is left after cancelling is compared with what went in; a column that P already spans gains nothing.
    if (scale === 0 || slope <= NO_GAIN * scale || spanned(products, size, free, j)) continue;
    const gain = slope / scale;
    if (gain > bestGain) {
      bestGain = gain;
      best = j;
    }
  }
  return best;
}

/** Whether column j depends on the columns in `free`. */
function spanned(products: Float64Array, size: number, free: readonly number[], j: number): boolean {
  return factorOver(products, size, [...free, j]) === undefined;
}

function solveOver(
  products: Float64Array,
  rightSide: Float64Array,
  size: number,
  free: readonly number[],
): Float64Array {
  const target = Float64Array.from(free, (j) => rightSide[j]!);
  factorOver(products, size, free)!.solve(target);
  return target;
}

function factorOver(products: Float64Array, size: number, chosen: readonly number[]): Cholesky | undefined {
  const part = new Float64Array(chosen.length * chosen.length);
  for (const [i, j] of chosen.entries())
    for (const [k, l] of chosen.entries()) part[i * chosen.length + k] = products[j * size + l]!;
  return Cholesky.factor(part, chosen.length, { tolerance: 1e-12 });
}
