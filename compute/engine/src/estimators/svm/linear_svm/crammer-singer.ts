/**
 * The joint loss of all classes (Crammer & Singer, JMLR 2, 2001), by the sequential dual method of Keerthi, Sundararajan,
 * Chang, Hsieh & Lin, "A sequential dual method for large scale multi-class linear SVMs" (KDD 2008): minimizes
 *
 *   half the squared coefficients + sum over rows of cost * max over classes m of (w_m·x - w_y·x + 1 unless m is y)
 *
 * Each row has a dual variable for every class, of sum 0, at most the row's cost for its own class and 0 for others. The
 * best of them for one row, with all others as they are, is found by sorting. Rows that are settled rest until the others are.
 */
import { RandomState } from '@pgml/kernels';
import type { FitContext, TrainingData } from '../../../estimator.js';
import { stepProgress } from './problem.js';

export interface CrammerSingerOptions {
  /** By row; rows of cost 0 are left out. */
  readonly costs: Float64Array;
  /** 0 for no intercept. */
  readonly interceptScaling: number;
  readonly tolerance: number;
  readonly maximumIterations: number;
  readonly seed: number;
  readonly context: FitContext;
}

export interface JointSolution {
  /** classes × columns, the intercept's last. */
  readonly coefficients: Float64Array;
  readonly iterations: number;
  readonly converged: boolean;
}

/** Rounds over all rows that a fit usually takes. */
const USUAL_ROUNDS = 50;

/** Rows between two checkpoints, times columns and classes. */
const WORK_PER_CHECKPOINT = 4e6;

export function fitCrammerSinger(data: TrainingData, options: CrammerSingerOptions): JointSolution {
  const { costs, interceptScaling, tolerance, maximumIterations, seed, context } = options;
  const { classes, target } = data;
  const columns = data.features + (interceptScaling === 0 ? 0 : 1);
  const rows = Int32Array.from(costs.keys()).filter((row) => costs[row] > 0);
  const matrix = rowsOf(data, interceptScaling, columns);
  const squares = new Float64Array(data.rows);
  for (let i = 0; i < matrix.length; i++) squares[Math.floor(i / columns)] += matrix[i] * matrix[i];
  const random = new RandomState(seed);
  const coefficients = new Float64Array(columns * classes);
  const alpha = new Float64Array(data.rows * classes);
  const slopes = new Float64Array(classes);
  const best = new Float64Array(classes);
  const sorted = new Float64Array(classes);
  const rowsPerCheckpoint = Math.ceil(WORK_PER_CHECKPOINT / (columns * classes));
  // Rows from `active` on rest: they were settled when last looked at. All come back when the others violate the optimality
  // conditions by no more than `allowed`, which sinks to the tolerance.
  let active = rows.length;
  let allowed = Math.max(1, 10 * tolerance);
  let sinceCheckpoint = rowsPerCheckpoint;
  // An iteration is as much work as a round over all rows.
  let visits = 0;
  const iterations = () => Math.ceil(visits / rows.length);
  while (visits < maximumIterations * rows.length) {
    visits += active;
    random.shuffle(rows.subarray(0, active));
    let worst = 0;
    const fromAll = active === rows.length;
    for (let i = 0; i < active; i++) {
      if (++sinceCheckpoint >= rowsPerCheckpoint) {
        sinceCheckpoint = 0;
        context.checkpoint(stepProgress(visits / rows.length, USUAL_ROUNDS));
      }
      const row = rows[i];
      const own = target[row];
      const at = row * columns;
      for (let m = 0; m < classes; m++) {
        let score = m === own ? 0 : 1;
        for (let c = 0; c < columns; c++) score += matrix[at + c] * coefficients[m * columns + c];
        slopes[m] = score;
      }
      const square = squares[row];
      const mine = alpha.subarray(row * classes, (row + 1) * classes);
      const gap = violation(slopes, mine, own, costs[row]);
      if (gap < 0) {
        active--;
        rows[i] = rows[active];
        rows[active] = row;
        i--;
        continue;
      }
      worst = Math.max(worst, gap);
      if (gap <= 1e-12 || square === 0) continue;
      bestForRow(slopes, mine, own, costs[row], square, sorted, best);
      for (let m = 0; m < classes; m++) {
        const change = best[m] - mine[m];
        mine[m] = best[m];
        if (change === 0) continue;
        for (let c = 0; c < columns; c++) coefficients[m * columns + c] += change * matrix[at + c];
      }
    }
    if (worst > allowed) continue;
    if (worst <= tolerance && fromAll) return { coefficients, iterations: iterations(), converged: true };
    active = rows.length;
    allowed = Math.max(allowed / 2, tolerance);
  }
  return { coefficients, iterations: iterations(), converged: false };
}

/**
 * How far the largest slope lies above the least whose variable may grow, which is not at its bound. Negative where only
 * one may and its slope is the largest: how far it lies above the next.
 */
function violation(slopes: Float64Array, alpha: Float64Array, own: number, cost: number): number {
  let least = Infinity;
  let movable = -1;
  let several = false;
  for (let m = 0; m < slopes.length; m++)
    if (alpha[m] < (m === own ? cost : 0)) {
      several = movable >= 0;
      if (slopes[m] < least) least = slopes[m];
      movable = m;
    }
  let largest = -Infinity;
  for (let m = 0; m < slopes.length; m++) if (several || m !== movable) largest = Math.max(largest, slopes[m]);
  return largest - least;
}

/**
 * Minimizes ½ square |α'|² + (slopes - square α)·α' over α' of sum 0 with α'_m ≤ bound_m: α'_m = min(bound_m,
 * (β - slope_m) / square + α_m), where β makes the sum 0. Written as D_m = slope_m - square α_m + square bound_m, β is
 * where the sum of max(D_m - β, 0) is square * cost.
 */
function bestForRow(
  slopes: Float64Array,
  alpha: Float64Array,
  own: number,
  cost: number,
  square: number,
  sorted: Float64Array,
  best: Float64Array,
): void {
  const classes = slopes.length;
  for (let m = 0; m < classes; m++) sorted[m] = slopes[m] - square * alpha[m] + (m === own ? square * cost : 0);
  sorted.sort();
  let sum = sorted[classes - 1] - square * cost;
  let taken = 1;
  while (taken < classes && sum < taken * sorted[classes - 1 - taken]) sum += sorted[classes - 1 - taken++];
  const level = sum / taken;
  for (let m = 0; m < classes; m++)
    best[m] = Math.min(m === own ? cost : 0, (level - slopes[m] + square * alpha[m]) / square);
}

/** rows × columns, the intercept's last: 8 bytes each, in the order in which a row is used. */
function rowsOf(data: TrainingData, interceptScaling: number, columns: number): Float64Array {
  const matrix = new Float64Array(data.rows * columns).fill(interceptScaling);
  for (let feature = 0; feature < data.features; feature++) {
    const column = data.column(feature);
    for (let row = 0; row < data.rows; row++) matrix[row * columns + feature] = column[row];
  }
  return matrix;
}
