/**
 * Weighted absolute deviations that cost differently above and below, by the Frisch-Newton interior-point method (Portnoy &
 * Koenker, "The Gaussian hare and the Laplacian tortoise", Statistical Science 12, 1997) with Mehrotra's corrector, and from
 * the interior to the corner next to it.
 */
import type { FitContext } from '../../../estimator.js';
import type { Design, Unknowns } from './design.js';

/** Minimizes the sum over rows of above * max(r, 0) + below * max(-r, 0) for the residuals r = target - A unknowns. */
export interface DeviationProblem {
  readonly design: Design;
  /** Of about unit size. */
  readonly target: Float64Array;
  /** At least 0; rows where both are 0 count for nothing. */
  readonly above: Float64Array;
  readonly below: Float64Array;
}

export interface DeviationMinimum {
  readonly unknowns: Unknowns;
  readonly objective: number;
  readonly iterations: number;
  /** The objective is at most this far from the minimum. */
  readonly gap: number;
  /** Whether the solution is a corner, which meets as many rows exactly as there are unknowns. */
  readonly corner: boolean;
}

const MOST_ITERATIONS = 100;

/** The relative gap between a solution and its bound at which the interior is left. */
const SMALL_GAP = 1e-10;

/** How far steps go towards the boundary. */
const STEP = 0.9995;

/** What slacks start with. */
const SLACK = 0.1;

/**
 * The dual maximizes target · d over d between -below and above with A'd = 0. In the notation of the paper, a = d + below
 * is in [0, u], s = u - a; z and w are the multipliers of a >= 0 and s >= 0, so that w - z is the residual.
 */
export function minimizeDeviations(problem: DeviationProblem, context: FitContext): DeviationMinimum {
  const { design, target, above, below } = problem;
  const count = design.rows;
  const a = below.slice();
  const s = above.slice();
  const z = new Float64Array(count);
  const w = new Float64Array(count);
  let active = 0;
  for (let i = 0; i < count; i++)
    if (s[i] > 0) {
      active++;
      w[i] = Math.max(target[i], 0) + SLACK;
      z[i] = Math.max(-target[i], 0) + SLACK;
    }
  let unknowns: Unknowns = { weights: new Float64Array(design.features), intercept: 0 };
  const theta = new Float64Array(count);
  let gap: number;
  let iterations = 0;
  for (; ; iterations++) {
    context.checkpoint(iterations / MOST_ITERATIONS);
    gap = 0;
    let objective = 0;
    for (let i = 0; i < count; i++) {
      gap += a[i] * z[i] + s[i] * w[i];
      objective += costOf(w[i] - z[i], above[i], below[i]);
    }
    if (gap <= SMALL_GAP * (objective + SMALL_GAP * active) || iterations === MOST_ITERATIONS) break;
    for (let i = 0; i < count; i++) theta[i] = s[i] > 0 ? 1 / (z[i] / a[i] + w[i] / s[i]) : 0;
    const solve = design.normalEquations(theta);
    const direction = (byA: (i: number) => number, byS: (i: number) => number) =>
      newtonDirection({ design, a, s, z, w, theta }, solve, byA, byS);
    // The predictor aims at complementarity 0.
    const predicted = direction(
      (i) => -a[i] * z[i],
      (i) => -s[i] * w[i],
    );
    const reach = reaches({ a, s, z, w }, predicted);
    let predictedGap = 0;
    for (let i = 0; i < count; i++) {
      const da = reach.primal * predicted.a[i];
      predictedGap +=
        (a[i] + da) * (z[i] + reach.dual * predicted.z[i]) + (s[i] - da) * (w[i] + reach.dual * predicted.w[i]);
    }
    const centering = ((predictedGap / gap) ** 3 * gap) / (2 * active);
    const corrected = direction(
      (i) => centering - a[i] * z[i] - predicted.a[i] * predicted.z[i],
      (i) => centering - s[i] * w[i] + predicted.a[i] * predicted.w[i],
    );
    const { primal, dual } = reaches({ a, s, z, w }, corrected);
    const [primalStep, dualStep] = [Math.min(1, STEP * primal), Math.min(1, STEP * dual)];
    // Rounding has eaten the direction.
    if (!(primalStep > 1e-12 || dualStep > 1e-12)) break;
    for (let i = 0; i < count; i++) {
      a[i] += primalStep * corrected.a[i];
      s[i] -= primalStep * corrected.a[i];
      z[i] += dualStep * corrected.z[i];
      w[i] += dualStep * corrected.w[i];
    }
    unknowns = {
      weights: unknowns.weights.map((value, j) => value + dualStep * corrected.unknowns.weights[j]),
      intercept: unknowns.intercept + dualStep * corrected.unknowns.intercept,
    };
  }
  const inside = objectiveAt(problem, unknowns);
  // Rows that the corner meets are those whose dual is far from its bounds while their residual is next to 0.
  const corner = nearestCorner(problem, theta);
  const atCorner = objectiveAt(problem, corner);
  if (atCorner <= inside * (1 + 1e-12)) return { unknowns: corner, objective: atCorner, iterations, gap, corner: true };
  return { unknowns, objective: inside, iterations, gap, corner: false };
}

const costOf = (residual: number, above: number, below: number): number =>
  residual > 0 ? above * residual : -below * residual;

function objectiveAt({ design, target, above, below }: DeviationProblem, unknowns: Unknowns): number {
  const fitted = design.times(unknowns);
  let objective = 0;
  for (let i = 0; i < fitted.length; i++) objective += costOf(target[i] - fitted[i], above[i], below[i]);
  return objective;
}

interface Interior {
  readonly a: Float64Array;
  readonly s: Float64Array;
  readonly z: Float64Array;
  readonly w: Float64Array;
}

interface Direction {
  readonly unknowns: Unknowns;
  /** That of s is its negative. */
  readonly a: Float64Array;
  readonly z: Float64Array;
  readonly w: Float64Array;
}

/** Newton's step for a z + ... = byA and s w + ... = byS that keeps A'a and the residuals w - z right. */
function newtonDirection(
  { design, a, s, z, w, theta }: Interior & { design: Design; theta: Float64Array },
  solve: (rightSide: Unknowns) => Unknowns,
  byA: (i: number) => number,
  byS: (i: number) => number,
): Direction {
  const count = a.length;
  const forA = new Float64Array(count);
  const forS = new Float64Array(count);
  const pull = new Float64Array(count);
  const weighted = new Float64Array(count);
  for (let i = 0; i < count; i++) {
    if (theta[i] === 0) continue;
    forA[i] = byA(i);
    forS[i] = byS(i);
    pull[i] = forS[i] / s[i] - forA[i] / a[i];
    weighted[i] = -theta[i] * pull[i];
  }
  const unknowns = solve(design.transposedTimes(weighted));
  const fitted = design.times(unknowns);
  const direction = { unknowns, a: new Float64Array(count), z: new Float64Array(count), w: new Float64Array(count) };
  for (let i = 0; i < count; i++) {
    if (theta[i] === 0) continue;
    const step = -theta[i] * (fitted[i] + pull[i]);
    direction.a[i] = step;
    direction.z[i] = (forA[i] - z[i] * step) / a[i];
    direction.w[i] = (forS[i] + w[i] * step) / s[i];
  }
  return direction;
}

/** How far a and s, and z and w, can go along a direction and stay positive; at most 1 / STEP. */
function reaches({ a, s, z, w }: Interior, direction: Direction): { primal: number; dual: number } {
  let primal = 1 / STEP;
  let dual = 1 / STEP;
  for (let i = 0; i < a.length; i++) {
    const step = direction.a[i];
    if (step < 0) primal = Math.min(primal, -a[i] / step);
    else if (step > 0) primal = Math.min(primal, s[i] / step);
    if (direction.z[i] < 0) dual = Math.min(dual, -z[i] / direction.z[i]);
    if (direction.w[i] < 0) dual = Math.min(dual, -w[i] / direction.w[i]);
  }
  return { primal, dual };
}

/** The solution that meets the independent rows of the largest `order` exactly. */
function nearestCorner({ design, target }: DeviationProblem, order: Float64Array): Unknowns {
  const size = design.row(0).length;
  const features = design.features;
  const candidates = largestOf(order, 4 * size + 50);
  /** Rows in echelon form with their right sides, and the column that each is solved for. */
  const chosen: { row: Float64Array; right: number; column: number }[] = [];
  for (const candidate of candidates) {
    if (chosen.length === size) break;
    const row = design.row(candidate);
    let right = target[candidate];
    const length = Math.max(...row.map(Math.abs));
    for (const earlier of chosen) {
      const factor = row[earlier.column] / earlier.row[earlier.column];
      if (factor === 0) continue;
      for (let j = 0; j < size; j++) row[j] -= factor * earlier.row[j];
      row[earlier.column] = 0;
      right -= factor * earlier.right;
    }
    const column = row.reduce((best, value, j) => (Math.abs(value) > Math.abs(row[best]) ? j : best), 0);
    if (Math.abs(row[column]) > 1e-9 * length) chosen.push({ row, right, column });
  }
  const solved = new Float64Array(size);
  for (const { row, right, column } of chosen.toReversed()) {
    let sum = right;
    for (let j = 0; j < size; j++) if (j !== column) sum -= row[j] * solved[j];
    solved[column] = sum / row[column];
  }
  return { weights: solved.slice(0, features), intercept: size > features ? solved[features] : 0 };
}

/** The positions of the largest, in descending order. */
function largestOf(values: Float64Array, count: number): number[] {
  const positions = Array.from(values.keys()).filter((i) => values[i] > 0);
  positions.sort((one, other) => values[other] - values[one] || one - other);
  return positions.slice(0, count);
}
