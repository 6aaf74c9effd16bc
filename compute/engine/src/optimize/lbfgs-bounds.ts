/**
 * Minimization of a smooth function whose arguments have bounds: L-BFGS-B (Byrd, Lu, Nocedal & Zhu, "A limited memory
 * algorithm for bound constrained optimization", SIAM J. Sci. Comput. 16, 1995), for few to some thousands of arguments.
 */
import type { Minimum, Objective } from './lbfgs.js';
import { dot, searchAlong, type State } from './line-search.js';

/** By argument; -Infinity and Infinity where there is none. */
export interface Bounds {
  readonly lower: ArrayLike<number>;
  readonly upper: ArrayLike<number>;
}

export interface BoundedOptions {
  readonly maximumIterations: number;
  /** Stop when no element of the projected gradient is larger than this. */
  readonly gradientTolerance: number;
  /** Stop when an iteration lowers the value by no more than this times the larger of |value| and 1; 0 unless given. */
  readonly valueTolerance?: number;
  /** Called before each iteration. */
  readonly onIteration?: (iteration: number) => void;
}

/** How many steps the approximation of the Hessian remembers. */
const MEMORY = 10;

/**
 * Minimizes within the bounds, from `start` (moved into them) on. The slope of the result is that of the projected
 * gradient, and its reason `precision` says as well that the value falls no more than `valueTolerance`. The objective is
 * called within the bounds only.
 */
export function minimizeWithin(
  objective: Objective,
  start: Float64Array,
  bounds: Bounds,
  { maximumIterations, gradientTolerance, valueTolerance = 0, onIteration = () => {} }: BoundedOptions,
): Minimum {
  let evaluations = 0;
  const inside = (point: Float64Array): Float64Array =>
    point.map((value, i) => Math.min(bounds.upper[i], Math.max(bounds.lower[i], value)));
  const evaluate = (point: Float64Array): State => {
    evaluations++;
    const own = inside(point);
    const gradient = new Float64Array(own.length);
    return { point: own, gradient, value: objective(own, gradient) };
  };
  let state = evaluate(start);
  let hessian = new Hessian([]);
  const result = (iterations: number, reason: Minimum['reason']): Minimum => ({
    point: state.point,
    value: state.value,
    slope: projectedSlope(state, bounds),
    iterations,
    evaluations,
    reason,
  });
  for (let iteration = 0; ; iteration++) {
    if (projectedSlope(state, bounds) <= gradientTolerance) return result(iteration, 'gradient');
    if (iteration >= maximumIterations) return result(iteration, 'iterations');
    onIteration(iteration);
    const least = valueTolerance * Math.max(Math.abs(state.value), 1);
    let next = step(evaluate, state, hessian, bounds, least);
    if (!next && hessian.size > 0) {
      // What is remembered of the Hessian misleads; start it anew.
      hessian = new Hessian([]);
      next = step(evaluate, state, hessian, bounds, least);
    }
    if (!next) return result(iteration, 'precision');
    const fallen = state.value - next.value;
    const scale = Math.max(Math.abs(state.value), Math.abs(next.value), 1);
    hessian = hessian.with(state, next);
    state = next;
    if (fallen <= valueTolerance * scale && valueTolerance > 0) return result(iteration + 1, 'precision');
  }
}

/** The largest change that one step against the gradient makes to an argument. */
function projectedSlope({ point, gradient }: State, { lower, upper }: Bounds): number {
  return point.reduce((most, value, i) => {
    const moved = Math.min(upper[i], Math.max(lower[i], value - gradient[i]));
    return Math.max(most, Math.abs(moved - value));
  }, 0);
}

/** Undefined where no step lowers the value, or the slope promises no more than `least`: rounding would be searched. */
function step(
  evaluate: (point: Float64Array) => State,
  state: State,
  hessian: Hessian,
  bounds: Bounds,
  least: number,
): State | undefined {
  const { point, gradient } = state;
  const cauchy = cauchyPoint(point, gradient, hessian, bounds);
  const target = subspaceMinimum(point, gradient, hessian, bounds, cauchy);
  const towards = target.map((value, i) => value - point[i]);
  if (-dot(gradient, towards) <= least) return undefined;
  // How far the bounds let this direction go; 1 is always allowed.
  let longest = 2 ** 40;
  towards.forEach((change, i) => {
    if (change < 0) longest = Math.min(longest, (bounds.lower[i] - point[i]) / change);
    if (change > 0) longest = Math.min(longest, (bounds.upper[i] - point[i]) / change);
  });
  const first = hessian.size === 0 ? Math.min(1, 1 / Math.sqrt(dot(towards, towards))) : 1;
  return searchAlong(evaluate, state, towards, { first, longest: Math.max(1, longest) });
}

interface Cauchy {
  readonly point: Float64Array;
  /** W' (point - x), which the subspace needs. */
  readonly products: Float64Array;
}

/** Algorithm CP: the first minimum of the quadratic model along the projected path against the gradient. */
function cauchyPoint(point: Float64Array, gradient: Float64Array, hessian: Hessian, { lower, upper }: Bounds): Cauchy {
  const breaks = gradient.map((slope, i) => {
    if (slope === 0) return Infinity;
    return (point[i] - (slope < 0 ? upper[i] : lower[i])) / slope;
  });
  const direction = gradient.map((slope, i) => (breaks[i] > 0 ? -slope : 0));
  const found = point.slice();
  const { theta } = hessian;
  const p = hessian.transposed(direction);
  const c = new Float64Array(p.length);
  let slope = -dot(direction, direction);
  let curvature = -theta * slope - dot(p, hessian.middle(p));
  let reached = 0;
  const order = Array.from(breaks.keys())
    .filter((i) => breaks[i] > 0 && breaks[i] < Infinity)
    .sort((a, b) => breaks[a] - breaks[b] || a - b);
  for (const b of order) {
    const length = breaks[b] - reached;
    if (!(curvature > 0) || -slope / curvature < length) break;
    found[b] = direction[b] > 0 ? upper[b] : lower[b];
    const moved = found[b] - point[b];
    for (let k = 0; k < c.length; k++) c[k] += length * p[k];
    const g = gradient[b];
    const w = hessian.row(b);
    const wm = hessian.middle(w);
    slope += length * curvature + g * g + theta * g * moved - g * dot(wm, c);
    curvature -= theta * g * g + 2 * g * dot(wm, p) + g * g * dot(wm, w);
    for (let k = 0; k < p.length; k++) p[k] += g * w[k];
    direction[b] = 0;
    reached = breaks[b];
  }
  const rest = curvature > 0 ? Math.max(0, -slope / curvature) : 0;
  direction.forEach((change, i) => {
    if (change !== 0) found[i] = point[i] + (reached + rest) * change;
  });
  for (let k = 0; k < c.length; k++) c[k] += rest * p[k];
  return { point: found, products: c };
}

/** The direct primal method of §5.1: the minimum of the model over the arguments that the Cauchy point leaves free. */
function subspaceMinimum(
  point: Float64Array,
  gradient: Float64Array,
  hessian: Hessian,
  { lower, upper }: Bounds,
  { point: cauchy, products }: Cauchy,
): Float64Array {
  const { theta } = hessian;
  const free = Array.from(cauchy.keys()).filter((i) => cauchy[i] > lower[i] && cauchy[i] < upper[i]);
  if (free.length === 0) return cauchy;
  const mc = hessian.middle(products);
  const reduced = free.map((i) => gradient[i] + theta * (cauchy[i] - point[i]) - dot(hessian.row(i), mc));
  const size = products.length;
  const correction = new Float64Array(free.length);
  if (size > 0) {
    const sum = new Float64Array(size);
    const inner = Array.from({ length: size }, () => new Float64Array(size));
    free.forEach((i, k) => {
      const w = hessian.row(i);
      for (let a = 0; a < size; a++) {
        sum[a] += w[a] * reduced[k];
        for (let b = 0; b < size; b++) inner[a][b] += (w[a] * w[b]) / theta;
      }
    });
    // (I - M N) v = M W' Z r.
    const columns = Array.from({ length: size }, (_, b) => hessian.middle(Float64Array.from(inner, (row) => row[b])));
    const matrix = Array.from({ length: size }, (_, a) =>
      Float64Array.from({ length: size }, (_, b) => Number(a === b) - columns[b][a]),
    );
    const v = solve(matrix, hessian.middle(sum));
    free.forEach((i, k) => {
      correction[k] = dot(hessian.row(i), v) / (theta * theta);
    });
  }
  const direction = reduced.map((value, k) => -value / theta - correction[k]);
  let allowed = 1;
  free.forEach((i, k) => {
    if (direction[k] < 0) allowed = Math.min(allowed, (lower[i] - cauchy[i]) / direction[k]);
    if (direction[k] > 0) allowed = Math.min(allowed, (upper[i] - cauchy[i]) / direction[k]);
  });
  const target = cauchy.slice();
  free.forEach((i, k) => {
    target[i] = Math.min(upper[i], Math.max(lower[i], cauchy[i] + allowed * direction[k]));
  });
  return target;
}

interface Correction {
  readonly step: Float64Array;
  readonly change: Float64Array;
}

/** The compact form theta I - W M W' of the approximation, W = (Y, theta S). */
class Hessian {
  readonly theta: number;
  readonly #corrections: readonly Correction[];
  /** The inverse of M. */
  readonly #inverse: Float64Array[];

  constructor(corrections: readonly Correction[]) {
    this.#corrections = corrections;
    const last = corrections.at(-1);
    this.theta = last ? dot(last.change, last.change) / dot(last.step, last.change) : 1;
    const count = corrections.length;
    this.#inverse = Array.from({ length: 2 * count }, () => new Float64Array(2 * count));
    for (let i = 0; i < count; i++)
      for (let j = 0; j < count; j++) {
        const product = dot(corrections[i].step, corrections[j].change);
        if (i === j) this.#inverse[i][j] = -product;
        if (i > j) this.#inverse[count + i][j] = this.#inverse[j][count + i] = product;
        this.#inverse[count + i][count + j] = this.theta * dot(corrections[i].step, corrections[j].step);
      }
  }

  get size(): number {
    return this.#corrections.length;
  }

  /** With one more step; without it where rounding left no positive curvature between the states. */
  with(from: State, to: State): Hessian {
    const step = to.point.map((value, i) => value - from.point[i]);
    const change = to.gradient.map((value, i) => value - from.gradient[i]);
    if (!(dot(step, change) > Number.EPSILON * dot(change, change))) return this;
    return new Hessian([...this.#corrections.slice(-(MEMORY - 1)), { step, change }]);
  }

  /** Row i of W. */
  row(i: number): Float64Array {
    return Float64Array.from([
      ...this.#corrections.map(({ change }) => change[i]),
      ...this.#corrections.map(({ step }) => this.theta * step[i]),
    ]);
  }

  /** W' v. */
  transposed(v: Float64Array): Float64Array {
    return Float64Array.from([
      ...this.#corrections.map(({ change }) => dot(change, v)),
      ...this.#corrections.map(({ step }) => this.theta * dot(step, v)),
    ]);
  }

  /** M v. */
  middle(v: Float64Array): Float64Array {
    return v.length === 0 ? v : solve(this.#inverse, v);
  }
}

/** The solution of a small linear system, by elimination with the largest pivot of each column. */
function solve(matrix: readonly Float64Array[], right: Float64Array): Float64Array {
  const size = right.length;
  const rows = matrix.map((row, i) => Float64Array.of(...row, right[i]));
  for (let column = 0; column < size; column++) {
    let pivot = column;
    for (let i = column + 1; i < size; i++) if (Math.abs(rows[i][column]) > Math.abs(rows[pivot][column])) pivot = i;
    [rows[column], rows[pivot]] = [rows[pivot], rows[column]];
    for (let i = column + 1; i < size; i++) {
      const factor = rows[i][column] / rows[column][column];
      for (let j = column; j <= size; j++) rows[i][j] -= factor * rows[column][j];
    }
  }
  const solution = new Float64Array(size);
  for (let i = size - 1; i >= 0; i--) {
    let sum = rows[i][size];
    for (let j = i + 1; j < size; j++) sum -= rows[i][j] * solution[j];
    solution[i] = sum / rows[i][i];
  }
  return solution;
}
