/** Gaussian process regression (Rasmussen & Williams 2006, algorithm 2.1 and §5.4.1). */
import { kernelFunctions } from '@pgml/kernels';
import { BlockedCholesky } from '../../../algebra/blocked-cholesky.js';
import { type Matrix, placeMatrix, rowOf } from '../../../algebra/matrix.js';
import { type FitContext, FitError, type Fitted, type TrainingData } from '../../../estimator.js';
import { placeRows } from '../../../kernel-matrix/kernel-matrix.js';
import type { Checked } from '../../../parameters.js';
import { printKernel, programOf } from './kernel.js';
import { learnKernel, type Likelihood, placeColumns, placedKernelMatrix } from './learn-kernel.js';
import type { RegressionParameters } from './parameters.js';

const LOG_TWO_PI = 1.8378770664093453;

/**
 * Predictions are the mean of the process: kernels with the training rows, times K⁻¹ y. Several targets share K. Memory: 8
 * bytes for each pair of rows, three times that while a kernel is learned; 12 bytes for each value. The model keeps all rows.
 */
export function fitRegression(data: TrainingData, checked: Checked, context: FitContext): Fitted {
  const parameters = checked as unknown as RegressionParameters;
  const { kernels } = context;
  const { rows, features, targets } = data;
  const noise = noiseOf(parameters.alpha, rows);
  const stored = placeRows(kernels, data);
  const columns = placeColumns(kernels, data);
  const scaled = Array.from({ length: targets }, (_, target) =>
    standardized(data.targetOf(target), parameters.normalize_y),
  );
  const likelihoodOf = (matrix: Matrix) =>
    likelihood(
      matrix,
      noise,
      scaled.map(({ values }) => values),
      context,
    );
  const kernel = learnKernel(parameters, columns, context, likelihoodOf);
  const found = likelihoodOf(placedKernelMatrix(kernel, columns, context));
  if (!found)
    throw new FitError(
      `the kernel ${printKernel(kernel)} gives a matrix that is not positive definite for these rows`,
      'Raise alpha little by little, or add a WhiteKernel: rows may be equal or nearly so.',
    );
  const coefficients = new Float64Array(rows * targets);
  const intercepts = Float64Array.from(scaled, ({ mean }) => mean);
  for (const [target, { deviation }] of scaled.entries())
    for (let row = 0; row < rows; row++)
      coefficients[row * targets + target] = found.solutions[target][row] * deviation;
  const program = Float64Array.from(programOf(kernel, features).numbers);
  const vectors = kernels.f32(stored.pointer, rows * features).slice();
  return {
    block: {
      kind: 'kernel',
      outputs: targets,
      decision: targets === 1 ? 'value' : 'vector',
      ...(targets === 1 ? {} : { classes: targets }),
      words: [kernelFunctions.composite, rows, program, vectors, coefficients, intercepts, targets, 0, 1],
    },
    details: { kernel: printKernel(kernel), log_marginal_likelihood: found.value },
  };
}

function noiseOf(alpha: number | readonly number[], rows: number): Float64Array {
  if (typeof alpha === 'number') return new Float64Array(rows).fill(alpha);
  if (alpha.length === 1) return new Float64Array(rows).fill(alpha[0]);
  if (alpha.length !== rows)
    throw new FitError(
      `alpha has ${alpha.length} numbers, but there are ${rows} training rows`,
      'Give one number for all rows, or one for each.',
    );
  return Float64Array.from(alpha);
}

/** The target less its mean and by its deviation, if it is to be. */
function standardized(target: Float32Array, normalize: boolean) {
  const { length } = target;
  if (!normalize) return { mean: 0, deviation: 1, values: Float64Array.from(target) };
  const mean = target.reduce((sum, y) => sum + y, 0) / length;
  const variance = target.reduce((sum, y) => sum + (y - mean) * (y - mean), 0) / length;
  const deviation = Math.sqrt(variance) || 1;
  return { mean, deviation, values: Float64Array.from(target, (y) => (y - mean) / deviation) };
}

interface RegressionLikelihood extends Likelihood {
  /** K⁻¹ y of each target. */
  readonly solutions: readonly Float64Array[];
}

/** log p(y | X), summed over the targets. */
function likelihood(
  matrix: Matrix,
  noise: Float64Array,
  targets: readonly Float64Array[],
  context: FitContext,
): RegressionLikelihood | undefined {
  const { kernels } = context;
  const size = matrix.rows;
  for (let row = 0; row < size; row++) rowOf(kernels, matrix, row)[row] += noise[row];
  const factored = BlockedCholesky.factor(context, matrix);
  if (!factored) return undefined;
  const right = placeMatrix(
    kernels,
    targets.flatMap((values) => Array.from(values)),
    targets.length,
    size,
  );
  factored.solveRows(right);
  const solutions = targets.map((_, target) => rowOf(kernels, right, target).slice());
  const constant = factored.logDeterminant() + size * LOG_TWO_PI;
  const value = targets.reduce(
    (sum, y, target) => sum - 0.5 * (y.reduce((dot, one, row) => dot + one * solutions[target][row], 0) + constant),
    0,
  );
  return {
    value,
    solutions,
    weights: () => {
      // (K⁻¹ y y' K⁻¹ - K⁻¹) / 2, summed over the targets.
      const weights = factored.inverse();
      const count = -0.5 * targets.length;
      for (let i = 0; i < size; i++) {
        const row = rowOf(kernels, weights, i);
        for (let j = 0; j <= i; j++) row[j] *= count;
        for (const solution of solutions) {
          const half = 0.5 * solution[i];
          for (let j = 0; j <= i; j++) row[j] += half * solution[j];
        }
      }
      return weights;
    },
  };
}
