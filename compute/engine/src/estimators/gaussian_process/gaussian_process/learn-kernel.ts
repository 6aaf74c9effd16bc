/** The numbers of a kernel for which the training data is most likely (Rasmussen & Williams 2006, §5.4.1). */
import { exp, type Kernels, RandomState } from '@pgml/kernels';
import { allocateMatrix, type Matrix, rowOf } from '../../../algebra/matrix.js';
import type { FitContext, TrainingData } from '../../../estimator.js';
import { placeKernel } from '../../../kernel-matrix/kernel-matrix.js';
import { minimizeWithin } from '../../../optimize/lbfgs-bounds.js';
import { defaultKernel, type Kernel, learnedNumbers, programOf, withNumbers } from './kernel.js';
import type { KernelParameters } from './parameters.js';
import { parseKernel } from './parse-kernel.js';

/** The log likelihood of a kernel matrix (of which the lower triangle is given, and may be overwritten). */
export interface Likelihood {
  readonly value: number;
  /** With dK the change of the kernel matrix, the value changes by the sum of weights * dK; the lower triangle is read. */
  weights(): Matrix;
}

/** Undefined where the kernel matrix is not positive definite. */
export type LikelihoodOf = (kernelMatrix: Matrix, kernel: Kernel) => Likelihood | undefined;

const ITERATIONS = 15_000;
const GRADIENT_TOLERANCE = 1e-5;
/** scipy's. */
const VALUE_TOLERANCE = 2.2e-9;

export const givenKernel = ({ kernel }: KernelParameters): Kernel =>
  kernel === null ? defaultKernel : parseKernel(kernel);

/**
 * The kernel with its numbers learned, unless there is nothing to learn. Each likelihood is computed in kernel memory that
 * is released afterwards.
 */
export function learnKernel(
  parameters: KernelParameters,
  columns: Matrix,
  context: FitContext,
  likelihoodOf: LikelihoodOf,
): Kernel {
  const kernel = givenKernel(parameters);
  const { start, lower, upper } = learnedNumbers(kernel);
  // Whether the kernel fits the features at all.
  programOf(kernel, columns.rows);
  if (parameters.optimizer === null || start.length === 0) return kernel;
  const { kernels, checkpoint } = context;
  const at = (logarithms: ArrayLike<number>): Kernel => withNumbers(kernel, Float64Array.from(logarithms, exp));
  const objective = (point: Float64Array, gradient: Float64Array): number => {
    const mark = kernels.mark();
    const own = at(point);
    const likelihood = likelihoodOf(placedKernelMatrix(own, columns, context), own);
    if (likelihood) gradientOf(own, likelihood.weights(), columns, context, gradient);
    else gradient.fill(0);
    kernels.release(mark);
    return likelihood ? -likelihood.value : Infinity;
  };
  const random = new RandomState(parameters.random_state ?? context.seed);
  let best: { point: Float64Array; value: number } | undefined;
  for (let run = 0; run <= parameters.n_restarts_optimizer; run++) {
    const from = run === 0 ? start : lower.map((low, i) => low + (upper[i] - low) * random.double());
    const found = minimizeWithin(
      objective,
      from,
      { lower, upper },
      {
        maximumIterations: ITERATIONS,
        gradientTolerance: GRADIENT_TOLERANCE,
        valueTolerance: VALUE_TOLERANCE,
        onIteration: (iteration) =>
          checkpoint((0.7 * run) / (parameters.n_restarts_optimizer + 1), `kernel, iteration ${iteration + 1}`),
      },
    );
    if (!best || found.value < best.value) best = found;
  }
  return at(best!.point);
}

/** Features by rows, as the panels of assembly/kernel-methods/composite-panel.ts read them: 8 bytes a value. */
export function placeColumns(kernels: Kernels, data: TrainingData): Matrix {
  const columns = { ...allocateMatrix(kernels, data.features, 8 * Math.ceil(data.rows / 8)), columns: data.rows };
  for (let feature = 0; feature < data.features; feature++) rowOf(kernels, columns, feature).set(data.column(feature));
  return columns;
}

/** K of all training rows, in kernel memory: the lower triangle. A row with itself has white noise, equal rows have not. */
export function placedKernelMatrix(kernel: Kernel, columns: Matrix, context: FitContext): Matrix {
  const { numbers } = programOf(kernel, columns.rows);
  const matrix = allocateMatrix(context.kernels, columns.columns, columns.columns);
  const target = [matrix.pointer, matrix.rowStride];
  runOverRows('compositeRows', numbers, columns, context, (program, from, to, scratch) => [
    ...[program, ...placeOf(columns), from, to],
    ...[...target, scratch],
  ]);
  return matrix;
}

const placeOf = ({ pointer, rowStride, rows }: Matrix): number[] => [pointer, rowStride, rows];

/** Rows whose pairs with all rows before them one call takes. */
const ROWS_PER_CALL = 64;

/** Runs a kernel over all pairs of rows; a call's scratch has 512 bytes for each number of the program. */
function runOverRows(
  name: 'compositeRows' | 'compositeGradient',
  numbers: readonly number[],
  { columns: rows }: Matrix,
  { kernels, team, checkpoint }: FitContext,
  argumentsOf: (program: number, from: number, to: number, scratch: number) => number[],
): void {
  const mark = kernels.mark();
  const program = placeKernel(kernels, 'composite', numbers).parameters;
  const room = 512 * numbers.length;
  const scratch = kernels.allocate(room * team.size);
  const calls: number[][] = [];
  for (let from = 0; from < rows; from += ROWS_PER_CALL) {
    const to = Math.min(rows, from + ROWS_PER_CALL);
    calls.push(argumentsOf(program, from, to, scratch + room * calls.length));
    if (calls.length < team.size && to < rows) continue;
    team.run(name, calls.splice(0));
    checkpoint(0.1);
  }
  kernels.release(mark);
}

/** Writes the derivatives of minus the log likelihood by the logarithms of the learned numbers. */
function gradientOf(
  kernel: Kernel,
  weights: Matrix,
  columns: Matrix,
  context: FitContext,
  gradient: Float64Array,
): void {
  const { kernels } = context;
  const { numbers, learned } = programOf(kernel, columns.rows);
  const { length } = numbers;
  const outs: number[] = [];
  for (let from = 0; from < columns.columns; from += ROWS_PER_CALL) outs.push(kernels.allocate(8 * length));
  runOverRows('compositeGradient', numbers, columns, context, (program, from, to, scratch) => [
    ...[program, length, ...placeOf(columns), weights.pointer, weights.rowStride, from, to],
    ...[scratch, outs[from / ROWS_PER_CALL]],
  ]);
  learned.forEach(({ place, inverse }, index) => {
    const sum = outs.reduce((total, out) => total + kernels.f64(out, length)[place], 0);
    gradient[index] = (inverse ? 1 : -1) * sum * numbers[place];
  });
}
