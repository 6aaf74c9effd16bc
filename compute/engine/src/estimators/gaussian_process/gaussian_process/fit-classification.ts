/** Gaussian process classification by Laplace's approximation (Rasmussen & Williams 2006, §3.4 and algorithm 5.1). */
import { kernelFunctions } from '@pgml/kernels';
import type { Matrix } from '../../../algebra/matrix.js';
import { type FitContext, FitError, type Fitted, type TrainingData } from '../../../estimator.js';
import { placeRows } from '../../../kernel-matrix/kernel-matrix.js';
import type { Checked } from '../../../parameters.js';
import { type Kernel, printKernel, programOf } from './kernel.js';
import { givenKernel, learnKernel, placeColumns, placedKernelMatrix } from './learn-kernel.js';
import { laplace } from './laplace.js';
import type { ClassificationParameters } from './parameters.js';

/**
 * Two classes have one latent process, which speaks for class 1; of more classes each has its own, against the others.
 * Memory: about 32 bytes for each pair of rows, more while a kernel is learned. The model keeps all rows, and 4 bytes for
 * each pair of rows and process, which variances need.
 */
export function fitClassification(data: TrainingData, checked: Checked, context: FitContext): Fitted {
  const parameters = checked as unknown as ClassificationParameters;
  const { kernels, checkpoint } = context;
  const { rows, features, classes } = data;
  if (parameters.multi_class === 'one_vs_one' && classes > 2)
    throw new FitError(
      'multi_class one_vs_one is not served for more than two classes',
      'Use one_vs_rest, which gives probabilities, too.',
      '0A000',
    );
  const stored = placeRows(kernels, data);
  const columns = placeColumns(kernels, data);
  const positives = classes === 2 ? [1] : Array.from({ length: classes }, (_, index) => index);
  const processes = positives.map((positive, index) => {
    const labels = Float64Array.from(data.target, (label) => Number(label === positive));
    const mark = kernels.mark();
    const process = fitProcess(parameters, columns, labels, {
      ...context,
      checkpoint: (progress, detail) => checkpoint((index + progress) / positives.length, detail),
    });
    kernels.release(mark);
    return process;
  });
  const scores = processes.length;
  const programs = processes.map(({ kernel }) => programOf(kernel, features).numbers);
  const same = programs.every((program) => program.every((number, place) => number === programs[0][place]));
  const coefficients = new Float64Array(rows * scores);
  for (const [score, process] of processes.entries())
    for (let row = 0; row < rows; row++) coefficients[row * scores + score] = process.coefficients[row];
  const pairs = (rows * (rows + 1)) / 2;
  const factors = new Float64Array(scores * pairs);
  for (const [score, { factor }] of processes.entries()) factors.set(factor, score * pairs);
  return {
    block: {
      kind: 'kernel',
      // Means, variances, and the kernels with all rows.
      outputs: 2 * scores + rows,
      decision: 'laplace',
      classes,
      words: [
        kernelFunctions.composite,
        rows,
        Float64Array.from(same ? programs[0] : programs.flat()),
        kernels.f32(stored.pointer, rows * features).slice(),
        coefficients,
        new Float64Array(scores),
        scores,
        factors,
        same ? 1 : scores,
      ],
    },
    details: {
      kernels: processes.map(({ kernel }) => printKernel(kernel)),
      // As scikit-learn: of several processes the mean.
      log_marginal_likelihood: processes.reduce((sum, { value }) => sum + value, 0) / scores,
    },
  };
}

interface Process {
  readonly kernel: Kernel;
  readonly coefficients: Float64Array;
  /** The lower triangle T by rows: the variance at x is k(x, x) - |T k|². */
  readonly factor: Float64Array;
  readonly value: number;
}

function fitProcess(
  parameters: ClassificationParameters,
  columns: Matrix,
  labels: Float64Array,
  context: FitContext,
): Process {
  const { max_iter_predict: iterations } = parameters;
  const kernel = learnKernel(parameters, columns, context, (matrix) => laplace(matrix, labels, iterations, context));
  const mode = laplace(placedKernelMatrix(kernel, columns, context), labels, iterations, context);
  if (!mode)
    throw new FitError(
      `the kernel ${printKernel(givenKernel(parameters))} gives a matrix that is not positive definite for these rows`,
      'Scale the features so that kernels are finite numbers.',
    );
  return { kernel, coefficients: mode.coefficients, factor: mode.factor(), value: mode.value };
}
