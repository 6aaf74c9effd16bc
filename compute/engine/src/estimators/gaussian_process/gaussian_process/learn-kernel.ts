/** The numbers of a kernel for which the training data is most likely (Rasmussen & Williams 2006, §5.4.1). */
import { exp, RandomState } from '@pgml/kernels';
import type { Matrix } from '../../../algebra/matrix.js';
import type { FitContext } from '../../../estimator.js';
import { kernelMatrix, placeKernel, type RowMatrix } from '../../../kernel-matrix/kernel-matrix.js';
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
  rows: RowMatrix,
  context: FitContext,
  likelihoodOf: LikelihoodOf,
): Kernel {
  const kernel = givenKernel(parameters);
  const { start, lower, upper } = learnedNumbers(kernel);
  // Whether the kernel fits the features at all.
  programOf(kernel, rows.features);
  if (parameters.optimizer === null || start.length === 0) return kernel;
  const { kernels, checkpoint } = context;
  const at = (logarithms: ArrayLike<number>): Kernel => withNumbers(kernel, Float64Array.from(logarithms, exp));
  const objective = (point: Float64Array, gradient: Float64Array): number => {
    const mark = kernels.mark();
    const own = at(point);
    const likelihood = likelihoodOf(placedKernelMatrix(own, rows, context), own);
    if (likelihood) gradientOf(own, likelihood.weights(), rows, context, gradient);
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

/** K of all training rows, in kernel memory: the lower triangle. A row with itself has white noise, equal rows have not. */
export function placedKernelMatrix(kernel: Kernel, rows: RowMatrix, context: FitContext): Matrix {
  const { numbers } = programOf(kernel, rows.features);
  const program = placeKernel(context.kernels, 'composite', numbers);
  const matrix = kernelMatrix(context, program, rows, 0.1);
  const diagonal = [matrix.pointer, matrix.rowStride + matrix.columnStride] as const;
  context.kernels.run.compositeDiagonal(program.parameters, rows.pointer, rows.features, rows.rows, ...diagonal);
  return matrix;
}

/** Rows whose pairs one call sums up. */
const ROWS_PER_CALL = 64;

/** Writes the derivatives of minus the log likelihood by the logarithms of the learned numbers. */
function gradientOf(
  kernel: Kernel,
  weights: Matrix,
  { rows, features, pointer }: RowMatrix,
  { kernels, team }: FitContext,
  gradient: Float64Array,
): void {
  const { numbers, learned } = programOf(kernel, features);
  const program = placeKernel(kernels, 'composite', numbers).parameters;
  const calls: number[][] = [];
  for (let from = 0; from < rows; from += ROWS_PER_CALL) {
    const to = Math.min(rows, from + ROWS_PER_CALL);
    const out = kernels.allocate(8 * numbers.length);
    calls.push([program, numbers.length, pointer, features, weights.pointer, weights.rowStride, from, to, out]);
  }
  team.run('compositeGradient', calls);
  learned.forEach(({ place, inverse }, index) => {
    const sum = calls.reduce((total, call) => total + kernels.f64(call.at(-1)!, numbers.length)[place], 0);
    gradient[index] = (inverse ? 1 : -1) * sum * numbers[place];
  });
}
