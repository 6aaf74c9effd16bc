/**
 * Linear classifiers whose penalty has corners, by the proximal Newton method (Friedman, Hastie & Tibshirani,
 * "Regularization paths for generalized linear models via coordinate descent", Journal of Statistical Software 33, 2010;
 * line search of Yuan, Ho & Lin, "An improved GLMNET for l1-regularized logistic regression", JMLR 13, 2012): the loss as a
 * quadratic function around the present point, plus the penalty, is minimized by coordinate descent, and the step towards
 * that minimum is shortened until the objective falls.
 */
import { innerProducts } from '../../../algebra/inner-products.js';
import type { FitContext, TrainingData } from '../../../estimator.js';
import { quadraticFrom, sweep } from '../../../optimize/coordinate-descent.js';

/** The loss as a function of the rows' margins by output, f64[outputs][rows]. */
export interface MarginLoss {
  readonly outputs: number;
  /** The sum of the rows' weights. */
  readonly total: number;
  /** The loss, and its first and second derivatives by the margins of one output in f64[rows] at the last two addresses. */
  evaluate(margins: number, output: number, slopes: number, curvatures: number): number;
}

export interface ProximalNewtonOptions {
  /** The objective is loss + l1 * summed absolute coefficients + l2 / 2 * summed squared ones. */
  readonly l1: number;
  readonly l2: number;
  readonly withIntercept: boolean;
  /** Something near the columns' means, that margins are computed with. */
  readonly shifts: Float64Array;
  /** The columns' deviations, which slopes are measured in; 0 for columns that shall keep the coefficient 0. */
  readonly deviations: Float64Array;
  readonly maximumIterations: number;
  /** Stop when no slope of the mean objective, by deviation, leads down by more than this. */
  readonly tolerance: number;
}

export interface ProximalNewtonMinimum {
  readonly weights: Float64Array[];
  readonly intercepts: number[];
  readonly iterations: number;
  readonly evaluations: number;
  readonly slope: number;
  readonly reason: 'gradient' | 'precision' | 'iterations';
}

/** Curvatures count as at least this part of a row's mean weight, where rows are certain. */
const LEAST_CURVATURE = 1e-12;

/** Passes of coordinate descent for one step at most, and by how much they lower the slopes. */
const MOST_SWEEPS = 1000;
const SLOPES_LEFT = 0.01;

/** Sufficient decrease, and the shortest step. */
const DECREASE = 1e-4;
const SHORTEST = 2 ** -30;

/** With several outputs, one after the other takes a step, the others’ margins standing still. */
export function proximalNewton(
  data: TrainingData,
  loss: MarginLoss,
  options: ProximalNewtonOptions,
  context: FitContext,
): ProximalNewtonMinimum {
  const { maximumIterations, tolerance } = options;
  const state = new State(data, loss, options, context);
  for (let iteration = 0; ; iteration++) {
    let slope = 0;
    let moved = false;
    for (let output = 0; output < loss.outputs; output++) {
      const step = state.step(output, iteration / maximumIterations);
      slope = Math.max(slope, step.slope);
      moved ||= step.moved;
    }
    const { weights, intercepts, evaluations } = state;
    const reason =
      slope <= tolerance ? 'gradient' : iteration >= maximumIterations ? 'iterations' : moved ? undefined : 'precision';
    if (reason) return { weights, intercepts, iterations: iteration, evaluations, slope, reason };
    if (loss.outputs > 1) state.balance();
  }
}

class State {
  readonly weights: Float64Array[];
  readonly intercepts: number[];
  evaluations = 0;
  readonly #data: TrainingData;
  readonly #loss: MarginLoss;
  readonly #options: ProximalNewtonOptions;
  readonly #context: FitContext;
  /** Addresses: f64[outputs][rows], and three times f64[rows]. */
  readonly #margins: number;
  readonly #slopes: number;
  readonly #curvatures: number;
  readonly #direction: number;
  #progress = 0;

  constructor(data: TrainingData, loss: MarginLoss, options: ProximalNewtonOptions, context: FitContext) {
    const vector = () => context.kernels.allocate(8 * data.rows);
    this.#data = data;
    this.#loss = loss;
    this.#options = options;
    this.#context = context;
    this.weights = Array.from({ length: loss.outputs }, () => new Float64Array(data.features));
    this.intercepts = new Array<number>(loss.outputs).fill(0);
    this.#margins = context.kernels.allocate(8 * data.rows * loss.outputs);
    this.#slopes = vector();
    this.#curvatures = vector();
    this.#direction = vector();
  }

  /** One step of one output, unless all iterations are used up. Gives the slope before it, and whether it moved. */
  step(output: number, progress: number): { slope: number; moved: boolean } {
    const { l1, l2, deviations, withIntercept, tolerance } = this.#options;
    const { total } = this.#loss;
    const { kernels } = this.#context;
    const weights = this.weights[output];
    const mark = kernels.mark();
    this.#progress = progress;
    this.#context.checkpoint(progress);
    try {
      const value = this.#evaluate(output) + this.#penalty(weights);
      const curvatures = this.#boundedCurvatures();
      const curvature = sum(curvatures);
      const slopes = kernels.f64(this.#slopes, this.#data.rows);
      const interceptSlope = withIntercept ? sum(slopes) : 0;
      // In columns centered at their means by curvature, the step of the intercept is apart from the others.
      const means = withIntercept ? this.#meansBy(curvature) : new Float64Array(weights.length);
      const gradient = this.#gradient(means);
      let steepest = Math.abs(interceptSlope) / total;
      for (let j = 0; j < weights.length; j++)
        if (deviations[j] > 0) {
          const plain = gradient[j] + interceptSlope * (means[j] - this.#options.shifts[j]) + l2 * weights[j];
          const downhill = distanceToCorner(plain, weights[j], l1);
          steepest = Math.max(steepest, downhill / (deviations[j] * total));
        }
      if (steepest <= tolerance || progress >= 1) return { slope: steepest, moved: false };

      const center = { features: means, target: 0 };
      const products = innerProducts(this.#data, { center, weights: curvatures }, this.#context);
      const squares = products.squares.map((square, j) => (deviations[j] > 0 ? square : 0));
      const target = weights.slice();
      const quadratic = quadraticFrom(
        products,
        gradient.map((slope) => -slope),
        this.#context,
      );
      const penalty = { l1, l2, positive: false };
      const checkpoint = () => this.#context.checkpoint(this.#progress);
      for (let pass = 0; pass < MOST_SWEEPS; pass++) {
        const before = target.slice();
        sweep(quadratic, squares, target, penalty, checkpoint);
        let change = 0;
        for (let j = 0; j < target.length; j++)
          if (squares[j] > 0) change = Math.max(change, (Math.abs(target[j] - before[j]) * squares[j]) / deviations[j]);
        if (change <= SLOPES_LEFT * steepest * total) break;
      }
      const steps = target.map((to, j) => to - weights[j]);
      const interceptStep = withIntercept ? -interceptSlope / curvature : 0;
      // What the objective would gain to first order.
      let promised = interceptSlope * interceptStep + this.#penalty(target) - this.#penalty(weights);
      for (let j = 0; j < steps.length; j++) promised += gradient[j] * steps[j];
      if (!(promised < 0)) return { slope: steepest, moved: false };
      this.#placeDirection(steps, means, interceptStep);
      const length = this.#search(output, target, value, promised);
      if (length === 0) return { slope: steepest, moved: false };
      let offset = interceptStep;
      for (let j = 0; j < steps.length; j++) {
        offset -= steps[j] * means[j];
        weights[j] = length === 1 ? target[j] : weights[j] + length * steps[j];
      }
      this.intercepts[output] += length * offset;
      return { slope: steepest, moved: true };
    } finally {
      kernels.release(mark);
    }
  }

  /**
   * Adding the same to the coefficients of all outputs leaves their probabilities; what costs least is added to each
   * feature's, and the intercepts are made to have the sum 0. Margins then differ from the coefficients by the same
   * for all outputs, which changes nothing.
   */
  balance(): void {
    const { l1, l2 } = this.#options;
    for (let j = 0; j < this.#data.features; j++) {
      const values = this.weights.map((weights) => weights[j]);
      const offset = cheapestOffset(values, l1, l2);
      if (offset !== 0) for (const weights of this.weights) weights[j] -= offset;
    }
    const mean = this.intercepts.reduce((total, intercept) => total + intercept, 0) / this.intercepts.length;
    for (let k = 0; k < this.intercepts.length; k++) this.intercepts[k] -= mean;
  }

  #evaluate(output: number): number {
    this.evaluations++;
    return this.#loss.evaluate(this.#margins, output, this.#slopes, this.#curvatures);
  }

  #penalty(weights: Float64Array): number {
    const { l1, l2 } = this.#options;
    return weights.reduce((total, weight) => total + l1 * Math.abs(weight) + (l2 / 2) * weight * weight, 0);
  }

  #boundedCurvatures(): Float64Array {
    const { rows } = this.#data;
    const curvatures = this.#context.kernels.f64(this.#curvatures, rows);
    const least = (LEAST_CURVATURE * this.#loss.total) / rows;
    for (let row = 0; row < rows; row++) curvatures[row] = Math.max(curvatures[row], least);
    return curvatures;
  }

  #dot(j: number, shift: number, vector: number): number {
    const { run } = this.#context.kernels;
    return run.columnDot(this.#data.columnPointer(j), this.#data.rows, shift, 0, vector) as number;
  }

  #meansBy(curvature: number): Float64Array {
    const { shifts } = this.#options;
    return shifts.map((shift, j) => shift + this.#dot(j, shift, this.#curvatures) / curvature);
  }

  #gradient(means: Float64Array): Float64Array {
    return means.map((mean, j) => {
      if (j % 64 === 0) this.#context.checkpoint(this.#progress);
      return this.#dot(j, mean, this.#slopes);
    });
  }

  /** Writes by how much a whole step changes the margins. */
  #placeDirection(steps: Float64Array, means: Float64Array, interceptStep: number): void {
    const { kernels } = this.#context;
    const { rows } = this.#data;
    kernels.f64(this.#direction, rows).fill(interceptStep);
    for (let j = 0; j < steps.length; j++)
      if (steps[j] !== 0)
        kernels.run.columnAdd(this.#data.columnPointer(j), rows, means[j], 0, steps[j], this.#direction);
  }

  /** Halves the step until it is worth it, and takes it. 0 if none is, with the margins as they were. */
  #search(output: number, target: Float64Array, value: number, promised: number): number {
    const { rows } = this.#data;
    const { kernels } = this.#context;
    const weights = this.weights[output];
    const margins = kernels.f64(this.#margins + 8 * rows * output, rows);
    const direction = kernels.f64(this.#direction, rows);
    const start = margins.slice();
    for (let length = 1; length >= SHORTEST; length /= 2) {
      for (let row = 0; row < rows; row++) margins[row] = start[row] + length * direction[row];
      const trial = weights.map((weight, j) => weight + length * (target[j] - weight));
      const rounding = 4e-15 * Math.abs(value);
      if (this.#evaluate(output) + this.#penalty(trial) <= value + DECREASE * length * promised + rounding)
        return length;
    }
    margins.set(start);
    return 0;
  }
}

/** How far the slope of the smooth part is from where the corner of l1 * |weight| would hold it. */
function distanceToCorner(slope: number, weight: number, l1: number): number {
  return weight === 0 ? Math.max(0, Math.abs(slope) - l1) : Math.abs(slope + l1 * Math.sign(weight));
}

/**
 * Minimizes the sum of l1 * |value - offset| + l2 / 2 * (value - offset)² over the offset; where all of an interval do, the
 * value nearest 0.
 */
export function cheapestOffset(values: readonly number[], l1: number, l2: number): number {
  const sorted = [...values].sort((one, other) => one - other);
  const count = sorted.length;
  const total = sorted.reduce((sumSoFar, value) => sumSoFar + value, 0);
  if (l1 === 0) return l2 === 0 ? 0 : total / count;
  // The slope by the offset is l1 * (below - above) + l2 * (count * offset - total): look for where it passes 0.
  if (l2 === 0) {
    const low = sorted[(count - 1) >> 1];
    const high = sorted[count >> 1];
    return low > 0 ? low : high < 0 ? high : 0;
  }
  for (let below = 0; below <= count; below++) {
    const offset = (total * l2 - l1 * (2 * below - count)) / (count * l2);
    const low = below === 0 ? -Infinity : sorted[below - 1];
    const high = below === count ? Infinity : sorted[below];
    if (offset < low) return low;
    if (offset <= high) return offset;
  }
  return sorted[count - 1];
}

function sum(values: Float64Array): number {
  let total = 0;
  for (let i = 0; i < values.length; i++) total += values[i];
  return total;
}
