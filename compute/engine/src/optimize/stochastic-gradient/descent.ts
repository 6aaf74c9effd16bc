import { placeNumbers } from '../../algebra/columns.js';
import { type FitContext, FitError } from '../../estimator.js';
import { type DescentOptions, losses, schedules } from './options.js';
import type { RowMatrix } from './rows.js';

/** What one linear model is fitted to. */
export interface DescentTarget {
  /** Address of f32 by row. */
  readonly targets: number;
  /** Address of f32 by row, what each counts; 0 where all count 1. */
  readonly counts: number;
  /** The class that counts as 1 while all others are -1; -1 where the targets are values. */
  readonly positive: number;
  readonly positiveWeight: number;
  readonly negativeWeight: number;
}

/** Rows kept from a descent, and how well a model does on them: the higher the better. */
export interface Validation {
  /** Address of a byte per row, 1 for the rows kept. */
  readonly held: number;
  readonly rows: number;
  score(weights: Float64Array, intercept: number): number;
}

/** Coefficients by (padded) feature. */
export interface LinearModel {
  readonly weights: Float64Array;
  readonly intercept: number;
}

export interface DescentResult {
  readonly last: LinearModel;
  /** The mean of the models of all steps since averaging began; zeros if it never did. */
  readonly averaged: LinearModel;
  readonly epochs: number;
  readonly converged: boolean;
}

/** Words of a state, f64 each, in the order of assembly/linear/stochastic-gradient.ts. */
const FIRST_CHANGING_WORD = 16;
const RATE = 16;
const INTERCEPT = 18;
const AVERAGE_INTERCEPT = 19;
const LOSS_SUM = 24;
const STATE_WORDS = 25;

/** Rows in random order that the kernel brings together before it uses them. */
const GATHERED_ROWS = 64;

/** A rate that is not above this is not divided any more. */
const LEAST_ADAPTIVE_RATE = 1e-6;

/** The descent of one linear model, epoch by epoch: when it ends, and what it has found. */
export class Descent {
  readonly #context: FitContext;
  readonly #matrix: RowMatrix;
  readonly #options: DescentOptions;
  readonly #target: DescentTarget;
  readonly #validation: Validation | undefined;
  readonly #seed: number;
  readonly #state: number;
  readonly #weights: number;
  readonly #averages: number;
  readonly #cumulated: number;
  readonly #order: number;
  readonly #scratch: number;
  /** The least sum of losses, or the highest score with its sign changed. */
  #best = Infinity;
  #epochsWithoutGain = 0;
  epochs = 0;
  /** Whether it ended because more epochs were of no use. */
  converged = false;

  /** Allocates 4 bytes per row. `seed` is that of every epoch's shuffling. */
  constructor(
    context: FitContext,
    matrix: RowMatrix,
    options: DescentOptions,
    target: DescentTarget,
    seed: number,
    validation?: Validation,
  ) {
    const { kernels } = context;
    this.#context = context;
    this.#matrix = matrix;
    this.#options = options;
    this.#target = target;
    this.#validation = validation;
    this.#seed = seed;
    this.#state = placeNumbers(kernels, initialState(options, target));
    this.#weights = kernels.allocate(8 * matrix.width);
    this.#averages = kernels.allocate(8 * matrix.width);
    this.#cumulated = kernels.allocate(8 * matrix.width);
    this.#order = kernels.allocate(4 * matrix.rows);
    this.#scratch = options.shuffle ? kernels.allocate(GATHERED_ROWS * 4 * matrix.width) : 0;
    const order = kernels.u32(this.#order, matrix.rows);
    for (let row = 0; row < matrix.rows; row++) order[row] = row;
  }

  get finished(): boolean {
    return this.converged || this.epochs >= this.#options.max_iter;
  }

  beginEpoch(): void {
    const { run } = this.#context.kernels;
    if (this.#options.shuffle) run.shuffleOrder(this.#order, this.#matrix.rows, this.#seed);
    this.#words[LOSS_SUM] = 0;
  }

  /** The arguments of the kernel `descend` for a part of the epoch. */
  call(first: number, last: number): number[] {
    const { pointer, width } = this.#matrix;
    const { targets, counts } = this.#target;
    const data = [pointer, 4 * width, this.#order, first, last, this.#validation?.held ?? 0, targets, counts];
    return [...data, this.#state, this.#weights, this.#averages, this.#cumulated, this.#scratch];
  }

  /**
   * Decides whether there will be another epoch. Throws FitError where numbers have grown out of all bounds.
   * Validation sees the weights without their scale, as scikit-learn's does.
   */
  endEpoch(): void {
    const { tol, learning_rate, n_iter_no_change } = this.#options;
    const words = this.#words;
    const weights = this.#context.kernels.f64(this.#weights, this.#matrix.width);
    this.epochs++;
    if (!Number.isFinite(words[INTERCEPT]) || !weights.every(Number.isFinite))
      throw divergence(`in pass ${this.epochs} over the rows`);
    if (tol === null) return;
    const loss = this.#validation ? -this.#validation.score(weights, words[INTERCEPT]) : words[LOSS_SUM];
    const least = this.#validation ? tol : tol * this.#matrix.rows;
    const gained = !(loss > this.#best - least);
    this.#epochsWithoutGain = gained ? 0 : this.#epochsWithoutGain + 1;
    this.#best = Math.min(this.#best, loss);
    if (this.#epochsWithoutGain < n_iter_no_change) return;
    if (learning_rate === 'adaptive' && words[RATE] > LEAST_ADAPTIVE_RATE) {
      words[RATE] /= 5;
      this.#epochsWithoutGain = 0;
    } else this.converged = true;
  }

  /** What was found, copied out of kernel memory. */
  result(): DescentResult {
    const { kernels } = this.#context;
    kernels.run.applyScale(this.#state, 4 * this.#matrix.width, this.#weights, this.#averages);
    const words = this.#words;
    const copy = (pointer: number) => kernels.f64(pointer, this.#matrix.width).slice();
    return {
      last: { weights: copy(this.#weights), intercept: words[INTERCEPT] },
      averaged: { weights: copy(this.#averages), intercept: words[AVERAGE_INTERCEPT] },
      epochs: this.epochs,
      converged: this.converged,
    };
  }

  get #words(): Float64Array {
    return this.#context.kernels.f64(this.#state, STATE_WORDS);
  }
}

/** What is thrown when coefficients grow out of all bounds instead of settling. */
export function divergence(when: string): FitError {
  return new FitError(
    `the coefficients became too large ${when}`,
    'Scale the features to similar, small values, or take smaller steps (eta0, alpha).',
  );
}

function initialState(options: DescentOptions, target: DescentTarget): Float64Array {
  const { loss, epsilon, penalty, alpha, learning_rate, eta0, power_t, C, fit_intercept, average } = options;
  const l1Ratio = penalty === 'l2' ? 0 : penalty === 'l1' ? 1 : options.l1_ratio;
  const parameter = loss === 'hinge' ? 1 : loss === 'perceptron' ? 0 : epsilon;
  // The schedule begins where its rate is a typical size of the coefficients (Bottou 2012).
  const typicalWeight = Math.sqrt(1 / Math.sqrt(alpha));
  const state = new Float64Array(STATE_WORDS);
  state.set([
    losses[loss],
    parameter,
    schedules[learning_rate],
    Number(penalty !== null),
    Number(penalty === 'l1' || penalty === 'elasticnet'),
    alpha,
    l1Ratio,
    eta0,
    power_t,
    1 / (typicalWeight * alpha),
    C,
    Number(fit_intercept),
    Number(average),
    target.positive,
    target.positiveWeight,
    target.negativeWeight,
  ]);
  const [step, scale, averageB] = [1, 1, 1];
  state.set([eta0, step, 0, 0, scale, 0, averageB], FIRST_CHANGING_WORD);
  return state;
}

/** About a millisecond of work between two looks at whether the caller gave up. */
const OPERATIONS_PER_CALL = 1e6;

/** Runs descents over the same rows until all have finished, side by side on the threads of the team. */
export function runDescents(
  descents: readonly Descent[],
  { rows, width }: RowMatrix,
  maximumEpochs: number,
  { team, checkpoint }: FitContext,
): void {
  const rowsPerCall = Math.ceil(OPERATIONS_PER_CALL / (4 * width + 50));
  for (;;) {
    const running = descents.filter(({ finished }) => !finished);
    if (running.length === 0) return;
    for (const descent of running) descent.beginEpoch();
    for (let first = 0; first < rows; first += rowsPerCall) {
      const last = Math.min(rows, first + rowsPerCall);
      team.run(
        'descend',
        running.map((descent) => descent.call(first, last)),
      );
      checkpoint((running[0].epochs + first / rows) / maximumEpochs);
    }
    for (const descent of running) descent.endEpoch();
  }
}
