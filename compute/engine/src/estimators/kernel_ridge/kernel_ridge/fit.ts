/** Ridge regression in the space of a kernel (Murphy, "Machine Learning: A Probabilistic Perspective", 2012, §14.4.3). */
import { type KernelFunction, kernelFunctions } from '@pgml/kernels';
import { BlockedCholesky } from '../../../algebra/blocked-cholesky.js';
import { type Matrix, mirrorLower, numbersOf, placeMatrix, rowOf } from '../../../algebra/matrix.js';
import { symmetricEigen } from '../../../algebra/symmetric-eigen.js';
import { type FitContext, FitError, type Fitted, type TrainingData } from '../../../estimator.js';
import {
  kernelMatrix,
  type PlacedKernel,
  placeKernel,
  placeRows,
  type RowMatrix,
} from '../../../kernel-matrix/kernel-matrix.js';
import type { Checked } from '../../../parameters.js';
import type { KernelName, KernelRidgeParameters } from './parameters.js';

const functions: Record<KernelName, KernelFunction> = {
  linear: 'linear',
  poly: 'polynomial',
  polynomial: 'polynomial',
  rbf: 'rbf',
  sigmoid: 'sigmoid',
  laplacian: 'laplacian',
  cosine: 'cosine',
  chi2: 'chi2',
  additive_chi2: 'additiveChi2',
};

/** Below this part of its diagonal element a pivot is rounding. */
const PIVOT_TOLERANCE = 1e-14;

/**
 * Solves (K + alpha I) c = y for the kernels K of all pairs of rows; with weights w, the same for K and y with the roots of
 * weights on both sides. Memory: 8 bytes for each pair of rows (four times that if K is singular), 4 bytes for each value.
 */
export function fit(data: TrainingData, checked: Checked, context: FitContext): Fitted {
  const parameters = checked as unknown as KernelRidgeParameters;
  const { rows, features, targets } = data;
  const alphas = penalties(parameters.alpha, targets);
  const kernel = functions[parameters.kernel];
  if (kernel === 'chi2' || kernel === 'additiveChi2') refuseNegative(data, parameters.kernel);
  const numbers = [parameters.gamma ?? (kernel === 'chi2' ? 1 : 1 / features), parameters.coef0, parameters.degree];
  const placed = placeKernel(context.kernels, kernel, numbers);
  const stored = placeRows(context.kernels, data);
  const coefficients = Array.from({ length: targets }, () => new Float64Array(rows));
  let singular = false;
  for (const alpha of new Set(alphas)) {
    const own = Array.from(alphas.keys()).filter((target) => alphas[target] === alpha);
    const solution = solve(data, own, alpha, stored, placed, context);
    singular ||= solution.singular;
    own.forEach((target, index) => coefficients[target].set(solution.coefficients[index]));
  }
  return {
    block: {
      ...blockOf(kernel, numbers, data, coefficients),
      decision: targets === 1 ? 'value' : 'vector',
      ...(targets === 1 ? {} : { classes: targets }),
    },
    details: { singular },
  };
}

function penalties(alpha: number | readonly number[], targets: number): number[] {
  if (typeof alpha === 'number') return new Array<number>(targets).fill(alpha);
  if (alpha.length !== 1 && alpha.length !== targets)
    throw new FitError(
      `alpha has ${alpha.length} numbers, but there are ${targets} targets`,
      'Give one number for all targets, or one for each.',
    );
  return Array.from({ length: targets }, (_, target) => alpha[target] ?? alpha[0]);
}

function refuseNegative(data: TrainingData, kernel: string): void {
  for (let feature = 0; feature < data.features; feature++) {
    const value = data.column(feature).find((x) => x < 0);
    if (value !== undefined)
      throw new FitError(
        `feature ${feature + 1} has the value ${value}, but the kernel ${kernel} needs features of at least 0`,
        'Shift or scale the features, or choose another kernel.',
      );
  }
}

/** The coefficients of some targets that have the same penalty. */
function solve(
  data: TrainingData,
  targets: readonly number[],
  alpha: number,
  stored: RowMatrix,
  kernel: PlacedKernel,
  context: FitContext,
): { coefficients: Float64Array[]; singular: boolean } {
  const { kernels } = context;
  const { rows, weights } = data;
  const mark = kernels.mark();
  const roots = Float64Array.from({ length: rows }, (_, row) => (weights ? Math.sqrt(weights[row]) : 1));
  const right = placeMatrix(
    kernels,
    targets.flatMap((target) => Array.from(data.targetOf(target), (y, row) => y * roots[row])),
    targets.length,
    rows,
  );
  const penalized = (): Matrix => {
    const matrix = kernelMatrix(context, kernel, stored, 0.1);
    for (let i = 0; i < rows; i++) {
      const row = rowOf(kernels, matrix, i);
      if (weights) for (let j = 0; j <= i; j++) row[j] *= roots[i] * roots[j];
      row[i] += alpha;
    }
    return matrix;
  };
  const before = kernels.mark();
  const factored = BlockedCholesky.factor(context, penalized(), PIVOT_TOLERANCE);
  let solutions: Float64Array[];
  if (factored) {
    factored.solveRows(right);
    solutions = targets.map((_, index) => rowOf(kernels, right, index).slice());
  } else {
    kernels.release(before);
    const matrix = penalized();
    mirrorLower(kernels, matrix);
    solutions = shortestSolutions(numbersOf(kernels, matrix), right, context);
  }
  kernels.release(mark);
  return { coefficients: solutions.map((one) => one.map((c, row) => c * roots[row])), singular: !factored };
}

/** Of the best solutions of A x = b, for each row b, the shortest. */
function shortestSolutions(numbers: Float64Array, right: Matrix, context: FitContext): Float64Array[] {
  const size = right.columns;
  const { values, vectors } = symmetricEigen(context, numbers, size);
  const largest = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  return Array.from({ length: right.rows }, (_, index) => {
    const b = rowOf(context.kernels, right, index);
    const solution = new Float64Array(size);
    for (let i = 0; i < size; i++) {
      if (Math.abs(values[i]) <= size * Number.EPSILON * largest) continue;
      const vector = vectors.subarray(i * size, (i + 1) * size);
      const factor = vector.reduce((sum, v, row) => sum + v * b[row], 0) / values[i];
      for (let row = 0; row < size; row++) solution[row] += factor * vector[row];
    }
    return solution;
  });
}

/** Rows that count for no target are not stored; of a linear kernel only the sums of rows are. */
function blockOf(
  kernel: KernelFunction,
  numbers: readonly number[],
  data: TrainingData,
  coefficients: readonly Float64Array[],
) {
  const { rows, features } = data;
  const outputs = coefficients.length;
  if (kernel === 'linear') {
    const weights = Float64Array.from({ length: outputs * features }, (_, index) => {
      const own = coefficients[Math.floor(index / features)];
      return data.column(index % features).reduce((sum, x, row) => sum + x * own[row], 0);
    });
    return { kind: 'linear', outputs, words: [weights, new Float64Array(outputs)] } as const;
  }
  const used = Array.from({ length: rows }, (_, row) => row).filter((row) =>
    coefficients.some((own) => own[row] !== 0),
  );
  const vectors = new Float32Array(used.length * features);
  for (let feature = 0; feature < features; feature++) {
    const column = data.column(feature);
    used.forEach((row, index) => {
      vectors[index * features + feature] = column[row]!;
    });
  }
  const weights = Float64Array.from(used.flatMap((row) => coefficients.map((own) => own[row])));
  const parameters = Float64Array.from(numbers);
  return {
    kind: 'kernel',
    outputs,
    words: [kernelFunctions[kernel], used.length, parameters, vectors, weights, new Float64Array(outputs), outputs],
  } as const;
}
