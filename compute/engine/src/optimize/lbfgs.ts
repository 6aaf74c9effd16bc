/**
 * Minimization of a smooth function by L-BFGS with a line search for the strong Wolfe conditions
 * (Nocedal & Wright, Numerical Optimization, 2nd ed. 2006: algorithms 7.4 and 7.5).
 */
import { dot, searchAlong, type State } from './line-search.js';

/** Writes the gradient at `point` and returns the value. */
export type Objective = (point: Float64Array, gradient: Float64Array) => number;

export interface MinimizeOptions {
  readonly maximumIterations: number;
  /** Stop when no element of the gradient is larger than this. */
  readonly gradientTolerance: number;
  /** Multiplies a vector in place by an approximation of the inverse Hessian, up to a factor; the identity if left out. */
  readonly precondition?: (vector: Float64Array) => void;
  /** Called before each iteration. */
  readonly onIteration?: (iteration: number) => void;
}

export interface Minimum {
  readonly point: Float64Array;
  readonly value: number;
  /** The largest element of the gradient, absolute. */
  readonly slope: number;
  readonly iterations: number;
  readonly evaluations: number;
  /**
   * Why it stopped: the gradient is small enough; float64 cannot tell a lower value any more; the iterations are used up.
   */
  readonly reason: 'gradient' | 'precision' | 'iterations';
}

/** How many steps the approximation of the Hessian remembers. */
const MEMORY = 10;

/** A step taken: s and y of the book, and 1 / y's. */
interface Correction {
  readonly step: Float64Array;
  readonly change: Float64Array;
  readonly inverse: number;
}

/** Minimizes from `start` on, which is left alone. */
export function minimize(objective: Objective, start: Float64Array, options: MinimizeOptions): Minimum {
  const { maximumIterations, gradientTolerance, precondition = () => {}, onIteration = () => {} } = options;
  let evaluations = 0;
  const evaluate = (point: Float64Array): State => {
    evaluations++;
    const gradient = new Float64Array(point.length);
    return { point, gradient, value: objective(point, gradient) };
  };
  let state = evaluate(start.slice());
  let corrections: Correction[] = [];
  const result = (iterations: number, reason: Minimum['reason']): Minimum => ({
    point: state.point,
    value: state.value,
    slope: largest(state.gradient),
    iterations,
    evaluations,
    reason,
  });
  for (let iteration = 0; ; iteration++) {
    if (largest(state.gradient) <= gradientTolerance) return result(iteration, 'gradient');
    if (iteration >= maximumIterations) return result(iteration, 'iterations');
    onIteration(iteration);
    let next = searchAlong(evaluate, state, direction(state.gradient, corrections, precondition));
    if (!next && corrections.length > 0) {
      // What is remembered of the Hessian misleads; start it anew.
      corrections = [];
      next = searchAlong(evaluate, state, direction(state.gradient, corrections, precondition));
    }
    if (!next) return result(iteration, 'precision');
    corrections = [...corrections.slice(-(MEMORY - 1)), ...correction(state, next)];
    state = next;
  }
}

/** -H gradient, by the two loops of algorithm 7.4 around the preconditioner. */
function direction(
  gradient: Float64Array,
  corrections: readonly Correction[],
  precondition: (vector: Float64Array) => void,
): Float64Array {
  const vector = gradient.slice();
  const factors = new Float64Array(corrections.length);
  for (let i = corrections.length - 1; i >= 0; i--) {
    const { step, change, inverse } = corrections[i];
    factors[i] = inverse * dot(step, vector);
    add(vector, -factors[i], change);
  }
  precondition(vector);
  const last = corrections.at(-1);
  if (last) {
    // (7.20) with the preconditioner P between: the scale for which P agrees with the last step's curvature.
    const preconditioned = last.change.slice();
    precondition(preconditioned);
    scale(vector, 1 / (last.inverse * dot(last.change, preconditioned)));
  }
  for (const [i, { step, change, inverse }] of corrections.entries())
    add(vector, factors[i] - inverse * dot(change, vector), step);
  scale(vector, -1);
  return vector;
}

/** Of two successive states; none when rounding left no positive curvature between them. */
function correction(from: State, to: State): Correction[] {
  const step = to.point.map((value, i) => value - from.point[i]);
  const change = to.gradient.map((value, i) => value - from.gradient[i]);
  const curvature = dot(step, change);
  const noise = Number.EPSILON * Math.sqrt(dot(step, step) * dot(change, change));
  return curvature > noise ? [{ step, change, inverse: 1 / curvature }] : [];
}

/** vector += factor * other. */
function add(vector: Float64Array, factor: number, other: Float64Array): void {
  for (let i = 0; i < vector.length; i++) vector[i] += factor * other[i];
}

function scale(vector: Float64Array, factor: number): void {
  for (let i = 0; i < vector.length; i++) vector[i] *= factor;
}

/** The largest absolute element; NaN if any is NaN. */
function largest(vector: Float64Array): number {
  return vector.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
}
