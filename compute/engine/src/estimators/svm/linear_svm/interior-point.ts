/**
 * Absolute losses by a primal-dual interior-point method with predictor and corrector (Mehrotra, SIAM J. Optim. 2, 1992).
 * Each step solves with a matrix of all pairs of columns, however many rows there are (Ferris & Munson, "Interior-point
 * methods for massive support vector machines", SIAM J. Optim. 13, 2002), so that twenty or thirty steps lead to the
 * optimum, whatever the scales of the features.
 *
 * A side is an end of a row's interval. The dual problem has a force z in [0, cost] for each side, which pulls the score
 * back into the interval, and w = sum of sign z x over the sides. With e = sign (w·x - end), positive inside,
 *
 *   e = λ - μ,   λ z = 0,   μ (cost - z) = 0,   λ, μ ≥ 0.
 */
import { Cholesky } from '../../../algebra/cholesky.js';
import type { RowVector } from './design.js';
import type { LinearOptions, LinearProblem, LinearSolution } from './problem.js';
import { stepProgress } from './problem.js';

/** Steps that a fit usually takes. */
const USUAL_STEPS = 25;

/** The gap between the primal and dual objective, relative, at which a fit ends is this times the tolerance. */
const GAP_PER_TOLERANCE = 1e-5;

/** How much of the way to the border a step goes at most. */
const BOLDNESS = 0.995;

/** After so many steps that gain nothing, float64 can do no more. */
const PATIENCE = 4;

/** One kind of sides: the lower or the upper ends of intervals. */
interface Sides {
  readonly sign: number;
  readonly rows: Int32Array;
  readonly ends: Float64Array;
  readonly costs: Float64Array;
  readonly z: Float64Array;
  readonly lambda: Float64Array;
  readonly mu: Float64Array;
  /** λ / z + μ / (cost - z). */
  readonly stiffness: Float64Array;
  /** e - λ + μ of the last step. */
  readonly residuals: Float64Array;
  readonly dz: Float64Array;
  readonly dLambda: Float64Array;
  readonly dMu: Float64Array;
}

export function minimizeAbsolute(problem: LinearProblem, options: LinearOptions): LinearSolution {
  return new InteriorPoint(problem, options, startOf(problem, options)).run();
}

/** Where a fit starts: on the central path λ z = μ (cost - z) = `barrier`, but for the sum of forces. */
interface Start {
  readonly coefficients: Float64Array;
  readonly barrier: number;
}

/** From so many rows on, a part of them is solved first. */
const MANY_ROWS = 20_000;
const PART_ROWS = 5_000;

/** What the optimum of a part of the rows is thought to miss, of the mean distance to an end. */
const UNCERTAINTY = 0.1;

function startOf(problem: LinearProblem, options: LinearOptions): Start {
  const { design, low, high, costs } = problem;
  if (design.rows < MANY_ROWS)
    return { coefficients: new Float64Array(design.count), barrier: barrierFor(problem, undefined, 1) };
  const { kernels } = options.context;
  const mark = kernels.mark();
  try {
    const n = Math.floor(design.rows / PART_ROWS);
    const pick = (values: Float64Array, factor: number) =>
      Float64Array.from({ length: Math.ceil(design.rows / n) }, (_, row) => values[row * n] * factor);
    const part = { design: design.everyNth(n), low: pick(low, 1), high: pick(high, 1), costs: pick(costs, n) };
    const { coefficients } = minimizeAbsolute(part, { ...options, tolerance: 1, progress: () => options.progress(0) });
    const scores = design.vector();
    design.multiply(coefficients, scores, options.progress(0));
    return { coefficients, barrier: barrierFor(problem, scores.values, UNCERTAINTY) };
  } finally {
    kernels.release(mark);
  }
}

/** The barrier at which forces are undecided for scores within `part` of the mean distance to the ends. */
function barrierFor({ low, high, costs }: LinearProblem, scores: Float64Array | undefined, part: number): number {
  let distances = 0;
  let allCosts = 0;
  let count = 0;
  for (let row = 0; row < costs.length; row++)
    for (const end of [low[row], high[row]]) {
      if (!Number.isFinite(end)) continue;
      distances += Math.abs((scores ? scores[row] : 0) - end);
      allCosts += costs[row];
      count++;
    }
  return count === 0 || distances === 0 ? 1 : (part * distances * allCosts) / (count * count);
}

class InteriorPoint {
  readonly #problem: LinearProblem;
  readonly #options: LinearOptions;
  readonly #sides: readonly Sides[];
  readonly #scores: RowVector;
  readonly #changes: RowVector;
  readonly #forces: RowVector;
  readonly #weights: Float64Array;
  readonly #pairs: number;
  #coefficients: Float64Array;

  constructor(problem: LinearProblem, options: LinearOptions, { coefficients, barrier }: Start) {
    const { design, low, high, costs } = problem;
    this.#problem = problem;
    this.#options = options;
    this.#scores = design.vector();
    design.multiply(coefficients, this.#scores, options.progress(0));
    const { values } = this.#scores;
    this.#sides = [sidesOf(1, low, costs, values, barrier), sidesOf(-1, high, costs, values, barrier)];
    this.#pairs = 2 * this.#sides.reduce((total, { rows }) => total + rows.length, 0);
    this.#changes = design.vector();
    this.#forces = design.vector();
    this.#weights = new Float64Array(design.rows);
    this.#coefficients = coefficients;
  }

  run(): LinearSolution {
    const { tolerance, maximumIterations, context, progress } = this.#options;
    const { design } = this.#problem;
    let best = { gap: Infinity, coefficients: this.#coefficients };
    let idle = 0;
    let iterations = 0;
    for (; iterations < maximumIterations; iterations++) {
      const part = progress(stepProgress(iterations, USUAL_STEPS));
      context.checkpoint(part);
      const pull = this.#pull(part);
      const gap = this.#relativeGap(pull);
      idle = gap < 0.9 * best.gap ? 0 : idle + 1;
      if (gap < best.gap) best = { gap, coefficients: this.#coefficients };
      if (gap <= GAP_PER_TOLERANCE * tolerance || idle >= PATIENCE)
        return { coefficients: best.coefficients, iterations, converged: gap <= Math.sqrt(GAP_PER_TOLERANCE) };
      this.#measure();
      context.checkpoint(part);
      const matrix = design.gram(this.#weights, part);
      for (let i = 0; i < design.count; i++) matrix[i * design.count + i] += 1;
      const factor = Cholesky.factor(matrix, design.count, { checkpoint: () => context.checkpoint(part) });
      if (factor === undefined) break;
      // 0 once a whole step was taken.
      const imbalance = pull.map((force, i) => force - this.#coefficients[i]);
      const mean = this.#complementarity(0) / this.#pairs;
      // The predictor heads for the optimum itself; how far it gets says how much to stay in the middle.
      this.#direction(factor, imbalance, 0, false, part);
      const after = this.#complementarity(this.#reach()) / this.#pairs;
      const centering = (after / mean) ** 3;
      context.checkpoint(part);
      const step = this.#direction(factor, imbalance, centering * mean, true, part);
      const size = BOLDNESS * this.#reach();
      this.#take(step, size);
    }
    return { coefficients: best.coefficients, iterations, converged: false };
  }

  /** What all forces together pull the coefficients to: the sum of sign z x. */
  #pull(progress: number): Float64Array {
    const forces = this.#forces.values.fill(0);
    for (const { sign, rows, z } of this.#sides)
      for (let side = 0; side < rows.length; side++) forces[rows[side]] += sign * z[side];
    return this.#problem.design.transposed(this.#forces, progress);
  }

  /** (primal - dual) / (1 + |primal|), for what the coefficients and the forces say. */
  #relativeGap(pull: Float64Array): number {
    const { design, low, high, costs } = this.#problem;
    const { values } = this.#scores;
    let primal = squaredLength(this.#coefficients) / 2;
    for (let row = 0; row < design.rows; row++) {
      if (values[row] < low[row]) primal += costs[row] * (low[row] - values[row]);
      else if (values[row] > high[row]) primal += costs[row] * (values[row] - high[row]);
    }
    let dual = -squaredLength(pull) / 2;
    for (const { sign, ends, z } of this.#sides)
      for (let side = 0; side < z.length; side++) dual += sign * ends[side] * z[side];
    return (primal - dual) / (1 + Math.abs(primal));
  }

  /** Computes stiffness and residuals of all sides, and what each row weighs in the matrix. */
  #measure(): void {
    const weights = this.#weights.fill(0);
    const { values } = this.#scores;
    for (const { sign, rows, ends, costs, z, lambda, mu, stiffness, residuals } of this.#sides)
      for (let side = 0; side < rows.length; side++) {
        const row = rows[side];
        stiffness[side] = lambda[side] / z[side] + mu[side] / (costs[side] - z[side]);
        residuals[side] = sign * (values[row] - ends[side]) - lambda[side] + mu[side];
        weights[row] += 1 / stiffness[side];
      }
  }

  /**
   * The Newton step towards λ z = μ (cost - z) = `target`; with `corrected`, less the products of the changes that the
   * step before it, the predictor, would have made. Returns the change of the coefficients.
   */
  #direction(
    factor: Cholesky,
    imbalance: Float64Array,
    target: number,
    corrected: boolean,
    progress: number,
  ): Float64Array {
    const { design } = this.#problem;
    const forces = this.#forces.values.fill(0);
    for (const sides of this.#sides) {
      const { sign, rows, costs, z, lambda, mu, stiffness, residuals, dz, dLambda, dMu } = sides;
      for (let side = 0; side < rows.length; side++) {
        const room = costs[side] - z[side];
        // What λ and μ are to become if z does not move.
        const wantedLambda = target - (corrected ? dz[side] * dLambda[side] : 0);
        const wantedMu = target + (corrected ? dz[side] * dMu[side] : 0);
        dLambda[side] = wantedLambda / z[side] - lambda[side];
        dMu[side] = wantedMu / room - mu[side];
        dz[side] = -residuals[side] + dLambda[side] - dMu[side];
        forces[rows[side]] += (sign * dz[side]) / stiffness[side];
      }
    }
    const step = design.transposed(this.#forces, progress);
    for (let i = 0; i < step.length; i++) step[i] += imbalance[i];
    factor.solve(step);
    design.multiply(step, this.#changes, progress);
    const { values } = this.#changes;
    for (const { sign, rows, costs, z, lambda, mu, stiffness, dz, dLambda, dMu } of this.#sides)
      for (let side = 0; side < rows.length; side++) {
        dz[side] = (dz[side] - sign * values[rows[side]]) / stiffness[side];
        dLambda[side] -= (lambda[side] / z[side]) * dz[side];
        dMu[side] += (mu[side] / (costs[side] - z[side])) * dz[side];
      }
    return step;
  }

  /** How long a step may be, at most 1, until a force or a multiplier meets its border. */
  #reach(): number {
    let rate = 1;
    for (const { costs, z, lambda, mu, dz, dLambda, dMu } of this.#sides)
      for (let side = 0; side < z.length; side++) {
        const ofForce = Math.max(-dz[side] / z[side], dz[side] / (costs[side] - z[side]));
        const ofMultiplier = Math.max(-dLambda[side] / lambda[side], -dMu[side] / mu[side]);
        rate = Math.max(rate, ofForce, ofMultiplier);
      }
    return 1 / rate;
  }

  /** The sum of λ z + μ (cost - z) after a step of this size. */
  #complementarity(size: number): number {
    let sum = 0;
    for (const { costs, z, lambda, mu, dz, dLambda, dMu } of this.#sides)
      for (let side = 0; side < z.length; side++) {
        const force = z[side] + size * dz[side];
        sum += (lambda[side] + size * dLambda[side]) * force;
        sum += (mu[side] + size * dMu[side]) * (costs[side] - force);
      }
    return sum;
  }

  #take(step: Float64Array, size: number): void {
    this.#coefficients = this.#coefficients.map((value, i) => value + size * step[i]);
    const { values } = this.#scores;
    for (let row = 0; row < values.length; row++) values[row] += size * this.#changes.values[row];
    for (const { costs, z, lambda, mu, dz, dLambda, dMu } of this.#sides)
      for (let side = 0; side < z.length; side++) {
        // Rounding may not put a force on its border, where the method would get stuck.
        const smallest = 1e-16 * costs[side];
        z[side] = Math.min(costs[side] - smallest, Math.max(smallest, z[side] + size * dz[side]));
        lambda[side] += size * dLambda[side];
        mu[side] += size * dMu[side];
      }
  }
}

/** The sides of one sign, on the central path for these scores; those at infinity are none. */
function sidesOf(
  sign: number,
  allEnds: Float64Array,
  allCosts: Float64Array,
  scores: Float64Array,
  barrier: number,
): Sides {
  const rows = Int32Array.from(allEnds.keys()).filter((row) => Number.isFinite(allEnds[row]));
  const numbers = () => new Float64Array(rows.length);
  const [ends, costs, z, lambda, mu] = [numbers(), numbers(), numbers(), numbers(), numbers()];
  for (let side = 0; side < rows.length; side++) {
    const row = rows[side];
    const cost = allCosts[row];
    const e = sign * (scores[row] - allEnds[row]);
    // From λ - μ = e and λ z = μ (cost - z) = barrier follows a quadratic equation for λ.
    const half = barrier / cost;
    const root = Math.sqrt((e * e) / 4 + half * half);
    const larger = Math.abs(e) / 2 + half + root;
    // Their product is 2 half (half + root): the difference would lose digits.
    const smaller = (2 * half * (half + root)) / larger;
    ends[side] = allEnds[row];
    costs[side] = cost;
    lambda[side] = e >= 0 ? larger : smaller;
    mu[side] = e >= 0 ? smaller : larger;
    z[side] = Math.min((1 - 1e-16) * cost, barrier / lambda[side]);
  }
  const rest = { stiffness: numbers(), residuals: numbers(), dz: numbers(), dLambda: numbers(), dMu: numbers() };
  return { sign, rows, ends, costs, z, lambda, mu, ...rest };
}

function squaredLength(vector: Float64Array): number {
  return vector.reduce((sum, value) => sum + value * value, 0);
}
