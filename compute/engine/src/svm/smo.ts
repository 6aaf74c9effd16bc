/**
 * Sequential minimal optimization with second-order choice of the working set: Fan, Chen & Lin, "Working set selection
 * using second order information for training support vector machines", JMLR 6 (2005), as LIBSVM does it (Chang & Lin,
 * ACM TIST 2, 2011), whose rules for ties are kept, so that the steps are the same where rounding lets them.
 *
 * All problems are written in β = y α, which has no signs to think of:
 *
 *   minimize ½ β'Kβ + linear'β  where lower ≤ β ≤ upper, and the sum of β stays what it is at the start.
 */
import { log } from '@pgml/kernels';
import type { FitContext } from '../estimator.js';
import type { KernelRows } from './kernel-rows.js';

/** Variables that belong to consecutive rows. Two parts may belong to the same rows (regression). */
export interface Part {
  /** Where the first variable's row is among the places of the kernel rows; even, as is `count`. */
  readonly firstRow: number;
  readonly count: number;
}

export interface SmoProblem {
  readonly rows: KernelRows;
  readonly parts: readonly Part[];
  /** Whether one sum over all parts is fixed, or that of each part. */
  readonly joint: boolean;
  /** For each variable, part after part. Variables whose bounds are equal never move. */
  readonly linear: Float64Array;
  readonly lower: Float64Array;
  readonly upper: Float64Array;
  readonly start: Float64Array;
}

export interface SmoOptions {
  /** Stop when no pair of variables violates the optimality conditions by as much. */
  readonly tolerance: number;
  /** -1: no limit. */
  readonly maximumIterations: number;
  /** How far all is when this problem is at `part` (0 … 1) of its way. */
  readonly progress: (part: number) => number;
}

export interface SmoSolution {
  readonly beta: Float64Array;
  /** For each sum that is fixed, the slope that all free variables have in common. */
  readonly levels: readonly number[];
  readonly objective: number;
  readonly iterations: number;
  readonly converged: boolean;
}

/** Nanoseconds of work between two checkpoints, roughly. */
const WORK_PER_CHECKPOINT = 8e6;

export function solve(problem: SmoProblem, options: SmoOptions, context: FitContext): SmoSolution {
  return new Solver(problem, context).run(options);
}

/** A variable that may take part in a step: its number and slope. */
interface Choice {
  readonly variable: number;
  readonly slope: number;
}

class Solver {
  readonly #context: FitContext;
  readonly #problem: SmoProblem;
  readonly #offsets: readonly number[];
  readonly #beta: Float64Array;
  /** linear + Kβ. */
  readonly #gradient: Float64Array;
  /** 0 for variables that may increase, and Infinity; 0 for those that may decrease, and -Infinity. */
  readonly #notUp: Float64Array;
  readonly #notDown: Float64Array;
  readonly #pointers: { readonly gradient: number; readonly notUp: number; readonly notDown: number };
  readonly #diagonal: Float64Array;
  readonly #answerAt: number;
  readonly #answer: Float64Array;

  constructor(problem: SmoProblem, context: FitContext) {
    const { kernels } = context;
    const { parts, linear, start, rows } = problem;
    const place = (values: Float64Array): number => {
      const pointer = kernels.allocate(8 * values.length);
      kernels.f64(pointer, values.length).set(values);
      return pointer;
    };
    const empty = new Float64Array(linear.length);
    this.#context = context;
    this.#problem = problem;
    this.#offsets = parts.map((_, i) => parts.slice(0, i).reduce((sum, { count }) => sum + count, 0));
    this.#beta = start.slice();
    this.#pointers = { gradient: place(linear), notUp: place(empty), notDown: place(empty) };
    this.#gradient = kernels.f64(this.#pointers.gradient, linear.length);
    this.#notUp = kernels.f64(this.#pointers.notUp, linear.length);
    this.#notDown = kernels.f64(this.#pointers.notDown, linear.length);
    const places = parts.reduce((most, { firstRow, count }) => Math.max(most, firstRow + count), 0);
    this.#diagonal = kernels.f64(rows.diagonalPointer, places);
    this.#answerAt = kernels.allocate(24);
    this.#answer = kernels.f64(this.#answerAt, 3);
    for (let variable = 0; variable < linear.length; variable++) this.#mark(variable);
  }

  run({ tolerance, maximumIterations, progress }: SmoOptions): SmoSolution {
    const { rows, joint, upper, lower } = this.#problem;
    const { checkpoint } = this.#context;
    const beta = this.#beta;
    checkpoint(progress(0));
    this.#addStart(() => checkpoint(progress(0)));
    const passes = 2 * beta.length;
    let up = this.#firstChoices();
    let iterations = 0;
    let work = rows.work;
    let worst = 0;
    let part = 0;
    let converged = false;
    for (;;) {
      if (rows.work + passes * iterations > work) {
        work = rows.work + passes * iterations + WORK_PER_CHECKPOINT;
        checkpoint(progress(part));
      }
      if (maximumIterations >= 0 && iterations >= maximumIterations) break;
      const { first, second, violation } = this.#chooseSecond(up, joint);
      if (violation < tolerance || second === undefined || first === undefined) {
        converged = true;
        break;
      }
      // The violation falls by orders of magnitude on its way to the tolerance, not steadily.
      worst = Math.max(worst, violation);
      part = Math.max(part, worst > tolerance ? log(worst / violation) / log(worst / tolerance) : 0);
      iterations++;

      const { variable: i } = first;
      const { variable: j } = second;
      const rowOfI = rows.row(this.#place(i));
      const rowOfJ = rows.row(this.#place(j));
      const step = Math.min(
        (second.slope - first.slope) / this.#curvature(i, j, rowOfI),
        upper[i] - beta[i],
        beta[j] - lower[j],
      );
      const before = { i: beta[i], j: beta[j] };
      beta[i] = step === upper[i] - before.i ? upper[i] : before.i + step;
      beta[j] = step === before.j - lower[j] ? lower[j] : before.j - step;
      this.#mark(i);
      this.#mark(j);
      up = this.#move(rowOfI, rowOfJ, beta[i] - before.i, beta[j] - before.j);
    }
    return { beta, levels: this.#levels(joint), objective: this.#objective(), iterations, converged };
  }

  #place(variable: number): number {
    const { parts } = this.#problem;
    const part = this.#partOf(variable);
    return parts[part].firstRow + variable - this.#offsets[part];
  }

  #partOf(variable: number): number {
    let part = this.#offsets.length - 1;
    while (variable < this.#offsets[part]) part--;
    return part;
  }

  #mark(variable: number): void {
    const { lower, upper } = this.#problem;
    this.#notUp[variable] = this.#beta[variable] < upper[variable] ? 0 : Infinity;
    this.#notDown[variable] = this.#beta[variable] > lower[variable] ? 0 : -Infinity;
  }

  /** Second derivative along the step that increases i and decreases j. */
  #curvature(i: number, j: number, rowOfI: number): number {
    const own = this.#place(i);
    const other = this.#place(j);
    const between = this.#context.kernels.f32(rowOfI, other + 1)[other];
    return Math.max(this.#diagonal[own] + this.#diagonal[other] - 2 * between, 1e-12);
  }

  /** Adds K times the start to the gradient. */
  #addStart(checkpoint: () => void): void {
    const { rows } = this.#problem;
    const sums = new Float64Array(this.#diagonal.length);
    for (let variable = 0; variable < this.#beta.length; variable++)
      sums[this.#place(variable)] += this.#beta[variable];
    let work = rows.work;
    for (const [place, sum] of sums.entries()) {
      if (sum === 0) continue;
      const row = rows.row(place);
      this.#move(row, row, sum, 0);
      if (rows.work > work) {
        work = rows.work + WORK_PER_CHECKPOINT;
        checkpoint();
      }
    }
  }

  /** By part: the variable of least slope that may increase; the last of equals. */
  #firstChoices(): (Choice | undefined)[] {
    return this.#problem.parts.map(({ count }, part) => {
      let chosen: Choice | undefined;
      const end = this.#offsets[part] + count;
      for (let variable = this.#offsets[part]; variable < end; variable++) {
        const slope = this.#gradient[variable];
        if (this.#notUp[variable] === 0 && slope <= (chosen?.slope ?? Infinity)) chosen = { variable, slope };
      }
      return chosen;
    });
  }

  /** The pair for the next step, and how much the optimality conditions are violated at most. */
  #chooseSecond(up: readonly (Choice | undefined)[], joint: boolean): Pair {
    const { rows, parts } = this.#problem;
    const { run } = this.#context.kernels;
    const { gradient, notDown } = this.#pointers;
    const lowest = joint ? lowestOf(up) : undefined;
    let best: Pair = { first: undefined, second: undefined, violation: -Infinity };
    let promise = 0;
    for (const [part, { firstRow, count }] of parts.entries()) {
      const first = joint ? lowest : up[part];
      if (first === undefined) continue;
      const place = this.#place(first.variable);
      const at = 8 * this.#offsets[part];
      const diagonalAt = rows.diagonalPointer + 8 * firstRow;
      const row = rows.row(place) + 4 * firstRow;
      const own = this.#diagonal[place];
      run.chooseSecond(gradient + at, notDown + at, diagonalAt, row, count, first.slope, own, this.#answerAt);
      const gain = this.#answer[0];
      const number = this.#answer[1];
      const steepest = this.#answer[2];
      const violation = Math.max(best.violation, steepest - first.slope);
      if (number >= 0 && gain >= promise) {
        promise = gain;
        const variable = this.#offsets[part] + number;
        best = { first, second: { variable, slope: this.#gradient[variable] }, violation };
      } else best = { ...best, violation };
    }
    return best;
  }

  /** Adds step * kernel row for both variables to the gradient; returns the first choices of the next step. */
  #move(rowOfI: number, rowOfJ: number, stepI: number, stepJ: number): (Choice | undefined)[] {
    const { run } = this.#context.kernels;
    const { gradient, notUp } = this.#pointers;
    return this.#problem.parts.map(({ firstRow, count }, part) => {
      const at = 8 * this.#offsets[part];
      const shift = 4 * firstRow;
      run.moveAndChooseFirst(
        gradient + at,
        notUp + at,
        rowOfI + shift,
        rowOfJ + shift,
        count,
        stepI,
        stepJ,
        this.#answerAt,
      );
      const slope = this.#answer[0];
      const number = this.#answer[1];
      return slope < Infinity ? { variable: this.#offsets[part] + number, slope } : undefined;
    });
  }

  #levels(joint: boolean): number[] {
    const { parts } = this.#problem;
    if (joint) return [this.#level(0, this.#beta.length)];
    return parts.map(({ count }, part) => this.#level(this.#offsets[part], this.#offsets[part] + count));
  }

  /** The mean slope of free variables; the middle of what is possible if there are none. */
  #level(first: number, end: number): number {
    const { lower, upper } = this.#problem;
    let sum = 0;
    let free = 0;
    let above = Infinity;
    let below = -Infinity;
    for (let variable = first; variable < end; variable++) {
      if (lower[variable] === upper[variable]) continue;
      const slope = this.#gradient[variable];
      if (this.#notUp[variable] !== 0) below = Math.max(below, slope);
      else if (this.#notDown[variable] !== 0) above = Math.min(above, slope);
      else {
        sum += slope;
        free++;
      }
    }
    return free > 0 ? sum / free : (above + below) / 2;
  }

  #objective(): number {
    const { linear } = this.#problem;
    return this.#beta.reduce((sum, value, i) => sum + (value * (this.#gradient[i] + linear[i])) / 2, 0);
  }
}

interface Pair {
  readonly first: Choice | undefined;
  readonly second: Choice | undefined;
  readonly violation: number;
}

/** The last of equals. */
function lowestOf(choices: readonly (Choice | undefined)[]): Choice | undefined {
  let lowest: Choice | undefined;
  for (const choice of choices) if (choice && choice.slope <= (lowest?.slope ?? Infinity)) lowest = choice;
  return lowest;
}
