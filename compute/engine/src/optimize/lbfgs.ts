/**
 * Minimization of a smooth function by L-BFGS with a line search for the strong Wolfe conditions
 * (Nocedal & Wright, Numerical Optimization, 2nd ed. 2006: algorithms 7.4, 7.5, 3.5 and 3.6).
 */

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

/** Sufficient decrease and curvature, as recommended for quasi-Newton directions (Nocedal & Wright §3.1). */
const DECREASE = 1e-4;
const CURVATURE = 0.9;

/** Relative rounding error expected of a value that is a long sum. Differences below it are no differences. */
const ROUNDING = 2e-15;

/** A point with all that is known of it. */
interface State {
  readonly point: Float64Array;
  readonly gradient: Float64Array;
  readonly value: number;
}

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

/** A state on the line with its step length and the slope along the line. */
interface Trial extends State {
  readonly length: number;
  readonly slope: number;
}

/**
 * Algorithm 3.5: lengthens the step from 1 until an interval holds acceptable ones. Undefined if no step along this
 * direction lowers the value by more than rounding.
 */
function searchAlong(evaluate: (point: Float64Array) => State, from: State, towards: Float64Array): State | undefined {
  const origin: Trial = { ...from, length: 0, slope: dot(from.gradient, towards) };
  if (!(origin.slope < 0)) return undefined;
  const tryLength = (length: number): Trial => {
    const state = evaluate(from.point.map((value, i) => value + length * towards[i]));
    return { ...state, length, slope: dot(state.gradient, towards) };
  };
  let previous = origin;
  for (let length = 1; length <= 2 ** 40; length *= 2) {
    const trial = tryLength(length);
    if (tooHigh(trial, origin) || (previous !== origin && higher(trial, previous)))
      return zoom(tryLength, origin, previous, trial);
    if (flatEnough(trial, origin)) return trial;
    if (trial.slope >= 0) return zoom(tryLength, origin, trial, previous);
    previous = trial;
  }
  return previous === origin ? undefined : previous;
}

/** Algorithm 3.6: `low` has the lowest value so far, `high` bounds the interval on the side where `low` descends. */
function zoom(tryLength: (length: number) => Trial, origin: Trial, low: Trial, high: Trial): Trial | undefined {
  for (let i = 0; i < 40; i++) {
    const trial = tryLength(between(low, high));
    if (tooHigh(trial, origin) || higher(trial, low)) {
      high = trial;
      continue;
    }
    if (flatEnough(trial, origin)) return trial;
    if (trial.slope * (high.length - low.length) >= 0) high = low;
    low = trial;
  }
  return low.length > 0 && low.value < origin.value ? low : undefined;
}

/** The first Wolfe condition fails. A value that is no number is too high. */
function tooHigh(trial: Trial, origin: Trial): boolean {
  return !(trial.value <= origin.value + DECREASE * trial.length * origin.slope + rounding(origin));
}

/**
 * Values that differ by rounding alone are not told apart; near the minimum, where all do, the slopes decide, as in the
 * approximate Wolfe conditions of Hager & Zhang (SIAM J. Optim. 16, 2005).
 */
function higher(trial: Trial, than: Trial): boolean {
  return trial.value > than.value + rounding(than);
}

function rounding({ value }: Trial): number {
  return ROUNDING * Math.abs(value);
}

/** The second of the strong Wolfe conditions. */
function flatEnough(trial: Trial, origin: Trial): boolean {
  return Math.abs(trial.slope) <= -CURVATURE * origin.slope;
}

/**
 * The minimum of the cubic through both values and slopes (3.59), kept a tenth of the interval away from its ends; the
 * middle where there is no such minimum.
 */
function between(low: Trial, high: Trial): number {
  const width = high.length - low.length;
  const d1 = low.slope + high.slope - (3 * (low.value - high.value)) / (low.length - high.length);
  const d2 = Math.sign(width) * Math.sqrt(d1 * d1 - low.slope * high.slope);
  const fraction = 1 - (high.slope + d2 - d1) / (high.slope - low.slope + 2 * d2);
  return low.length + width * (Number.isFinite(fraction) ? Math.min(0.9, Math.max(0.1, fraction)) : 0.5);
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
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
