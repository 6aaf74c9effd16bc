/**
 * A step length for the strong Wolfe conditions (Nocedal & Wright, Numerical Optimization, 2nd ed. 2006: algorithms 3.5 and
 * 3.6).
 */

/** Sufficient decrease and curvature, as recommended for quasi-Newton directions (Nocedal & Wright §3.1). */
const DECREASE = 1e-4;
const CURVATURE = 0.9;

/** Relative rounding error expected of a value that is a long sum. Differences below it are no differences. */
const ROUNDING = 2e-15;

/** A point with all that is known of it. */
export interface State {
  readonly point: Float64Array;
  readonly gradient: Float64Array;
  readonly value: number;
}

/** A state on the line with its step length and the slope along the line. */
interface Trial extends State {
  readonly length: number;
  readonly slope: number;
}

export interface SearchOptions {
  /** The first length to try. */
  readonly first?: number;
  readonly longest?: number;
}

/**
 * Algorithm 3.5: lengthens the step from `first` on until an interval holds acceptable ones, or the longest is reached.
 * Undefined if no step along this direction lowers the value by more than rounding.
 */
export function searchAlong(
  evaluate: (point: Float64Array) => State,
  from: State,
  towards: Float64Array,
  { first = 1, longest = 2 ** 40 }: SearchOptions = {},
): State | undefined {
  const origin: Trial = { ...from, length: 0, slope: dot(from.gradient, towards) };
  if (!(origin.slope < 0)) return undefined;
  const tryLength = (length: number): Trial => {
    const state = evaluate(from.point.map((value, i) => value + length * towards[i]));
    return { ...state, length, slope: dot(state.gradient, towards) };
  };
  let previous = origin;
  for (let length = Math.min(first, longest); ; length = Math.min(2 * length, longest)) {
    const trial = tryLength(length);
    if (tooHigh(trial, origin) || (previous !== origin && higher(trial, previous)))
      return zoom(tryLength, origin, previous, trial);
    if (flatEnough(trial, origin)) return trial;
    if (trial.slope >= 0) return zoom(tryLength, origin, trial, previous);
    if (length >= longest) return trial;
    previous = trial;
  }
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

export function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}
