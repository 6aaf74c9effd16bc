import { BlockedCholesky } from '../../../algebra/blocked-cholesky.js';
import { mean, moments } from '../../../algebra/columns.js';
import { gramMatrix } from '../../../algebra/gram.js';
import { allocateMatrix, numbersOf, placeMatrix, rowOf, transposed } from '../../../algebra/matrix.js';
import { nonNegativeLeastSquares } from '../../../algebra/non-negative.js';
import { multiply, multiplyByTransposed } from '../../../algebra/product.js';
import { type CenteredColumns, coefficientsAlong, spectrumOf, withTargets } from '../../../algebra/spectrum.js';
import { type FitContext, FitError, type TrainingData } from '../../../estimator.js';
import type { RidgeParameters } from './parameters.js';

/**
 * The least pivot of a penalized system whose diagonal is 1, down to which it is solved: the error is about 1e-16 over it.
 * Below, singular values take over.
 */
const LEAST_PIVOT = 1e-7;

/** A singular value up to this times the largest is 0 where there is no penalty. */
const DEPENDENT = 1e-12;

export interface RidgeSolution {
  /** For each target, the coefficients of the features. */
  readonly coefficients: readonly Float64Array[];
  readonly intercepts: Float64Array;
  readonly method: 'primal' | 'dual' | 'singular values' | 'non-negative';
}

/**
 * Minimizes |y - X w|² + alpha |w|² for each target, over rows multiplied by the roots of their weights and centered if
 * there is an intercept. The smaller of the two systems (features or rows) is solved by Cholesky's method; where it is
 * nearly singular, X is decomposed. Kernel memory: the square of features, or of rows if they are fewer, times 16 bytes;
 * with fewer rows than features also 8 bytes per row and feature.
 */
export function solveRidge(
  data: TrainingData,
  targets: readonly Float32Array[],
  weights: ArrayLike<number> | undefined,
  parameters: RidgeParameters,
  context: FitContext,
): RidgeSolution {
  checkCombination(parameters);
  const alphas = alphasOf(parameters, targets.length);
  const centers = new Float64Array(data.features + targets.length);
  if (parameters.fit_intercept) {
    centers.set(moments(data, context, weights).means);
    for (const [target, values] of targets.entries()) centers[data.features + target] = mean(values, weights);
  }
  const columns = { data, targets, centers, weights };
  const { coefficients, method } = solve(columns, alphas, parameters.positive, context);
  const intercepts = Float64Array.from(coefficients, (own, target) => {
    let intercept = centers[data.features + target];
    for (let feature = 0; feature < data.features; feature++) intercept -= own[feature] * centers[feature];
    return intercept;
  });
  return { coefficients, intercepts, method };
}

function checkCombination({ solver, positive }: RidgeParameters): void {
  if (positive && solver !== 'auto' && solver !== 'lbfgs')
    throw new FitError(
      `solver "${solver}" does not support positive`,
      'Use the solver "auto" or "lbfgs", or set positive to false.',
    );
  if (!positive && solver === 'lbfgs')
    throw new FitError(
      'solver "lbfgs" is for positive coefficients only',
      'Use another solver, or set positive to true.',
    );
}

function alphasOf({ alpha }: RidgeParameters, targets: number): readonly number[] {
  const alphas = typeof alpha === 'number' ? [alpha] : alpha;
  if (alphas.length === targets) return alphas;
  if (alphas.length === 1) return Array.from({ length: targets }, () => alphas[0]);
  throw new FitError(
    `alpha has ${alphas.length} values, but there ${targets === 1 ? 'is 1 target' : `are ${targets} targets`}`,
    'Give a number, or an array with one number per target.',
  );
}

type Coefficients = Pick<RidgeSolution, 'coefficients' | 'method'>;

function solve(
  columns: CenteredColumns,
  alphas: readonly number[],
  positive: boolean,
  context: FitContext,
): Coefficients {
  const { rows, features } = columns.data;
  if (positive) return { coefficients: solvePositive(columns, alphas, context), method: 'non-negative' };
  if (rows > features) {
    const coefficients = solvePrimal(columns, alphas, context);
    if (coefficients) return { coefficients, method: 'primal' };
  } else if (alphas.every((alpha) => alpha > 0)) {
    const coefficients = solveDual(columns, alphas, context);
    if (coefficients) return { coefficients, method: 'dual' };
  }
  const spectrum = spectrumOf(columns, context);
  const { values } = spectrum;
  const coefficients = alphas.map((alpha, target) =>
    coefficientsAlong(spectrum, spectrum.along[target], (i) =>
      values[i] > (alpha > 0 ? 0 : DEPENDENT * values[0]) ? values[i] / (values[i] * values[i] + alpha) : 0,
    ),
  );
  return { coefficients, method: 'singular values' };
}

function productsOf({ data, targets, centers, weights }: CenteredColumns, context: FitContext) {
  const scales = new Float64Array(centers.length).fill(1);
  return gramMatrix(withTargets(data, targets), { shifts: centers, scales, weights }, context);
}

/** (X'X + alpha) w = X'y. Undefined when nearly singular. */
function solvePrimal(
  columns: CenteredColumns,
  alphas: readonly number[],
  context: FitContext,
): readonly Float64Array[] | undefined {
  const { products, count } = productsOf(columns, context);
  const { features } = columns.data;
  const leading = (i: number) => products.subarray(i * count, i * count + features);
  const rightSides = alphas.map((_, target) => Float64Array.from(leading(features + target)));
  return solveSystems(features, leading, alphas, rightSides, context);
}

/** (X X' + alpha) u = y and w = X'u. Undefined when nearly singular. */
function solveDual(
  { data, targets, centers, weights }: CenteredColumns,
  alphas: readonly number[],
  context: FitContext,
): readonly Float64Array[] | undefined {
  const { kernels } = context;
  const { rows, features } = data;
  const mark = kernels.mark();
  try {
    const all = withTargets(data, targets);
    const centered = (column: number, out: Float64Array) => {
      const values = all.column(column);
      for (let row = 0; row < rows; row++)
        out[row] = (values[row] - centers[column]) * (weights ? Math.sqrt(weights[row]) : 1);
      return out;
    };
    // X by columns.
    const x = allocateMatrix(kernels, features, rows);
    for (let feature = 0; feature < features; feature++) centered(feature, rowOf(kernels, x, feature));
    const products = allocateMatrix(kernels, rows, rows);
    multiplyByTransposed(context, transposed(x), products);
    const rightSides = targets.map((_, target) => centered(features + target, new Float64Array(rows)));
    const solved = solveSystems(rows, (i) => rowOf(kernels, products, i), alphas, rightSides, context);
    if (!solved) return undefined;
    const out = allocateMatrix(kernels, targets.length, features);
    multiply(
      context,
      placeMatrix(
        kernels,
        solved.flatMap((u) => [...u]),
        targets.length,
        rows,
      ),
      transposed(x),
      out,
    );
    const numbers = numbersOf(kernels, out);
    return targets.map((_, target) => numbers.slice(target * features, (target + 1) * features));
  } finally {
    kernels.release(mark);
  }
}

/**
 * Solves (A + alpha) x = b for each alpha and right side, which are overwritten. A, of which `rowOfA` gives the rows, is
 * scaled to a diagonal of ones. Undefined when a pivot is too small.
 */
function solveSystems(
  size: number,
  rowOfA: (i: number) => Float64Array,
  alphas: readonly number[],
  rightSides: readonly Float64Array[],
  context: FitContext,
): readonly Float64Array[] | undefined {
  const { kernels } = context;
  const solutions: Float64Array[] = [];
  let last: { alpha: number; factor: BlockedCholesky; roots: Float64Array } | undefined;
  const mark = kernels.mark();
  try {
    const matrix = allocateMatrix(kernels, size, size);
    for (const [target, alpha] of alphas.entries()) {
      if (last?.alpha !== alpha) {
        const roots = Float64Array.from({ length: size }, (_, i) => Math.sqrt(rowOfA(i)[i] + alpha));
        for (let i = 0; i < size; i++) {
          const row = rowOf(kernels, matrix, i);
          const own = rowOfA(i);
          for (let j = 0; j < i; j++) row[j] = own[j] / roots[i] / roots[j];
          row[i] = 1;
          if (i % 64 === 63) context.checkpoint(0.5);
        }
        if (!roots.every((root) => root > 0)) return undefined;
        const factor = BlockedCholesky.factor(context, matrix, LEAST_PIVOT);
        if (!factor) return undefined;
        last = { alpha, factor, roots };
      }
      const { factor, roots } = last;
      const inner = kernels.mark();
      const placed = placeMatrix(
        kernels,
        rightSides[target].map((value, i) => value / roots[i]),
        1,
        size,
      );
      factor.solveRows(placed);
      solutions.push(rowOf(kernels, placed, 0).map((value, i) => value / roots[i]));
      kernels.release(inner);
    }
    return solutions;
  } finally {
    kernels.release(mark);
  }
}

function solvePositive(columns: CenteredColumns, alphas: readonly number[], context: FitContext): Float64Array[] {
  const { products, count } = productsOf(columns, context);
  const { features } = columns.data;
  return alphas.map((alpha, target) => {
    const roots = Float64Array.from({ length: features }, (_, i) => Math.sqrt(products[i * count + i] + alpha));
    const scaled = new Float64Array(features * features);
    const rightSide = new Float64Array(features);
    for (let i = 0; i < features; i++) {
      if (roots[i] === 0) continue;
      for (let j = 0; j < features; j++)
        if (roots[j] > 0) scaled[i * features + j] = i === j ? 1 : products[i * count + j] / roots[i] / roots[j];
      rightSide[i] = products[i * count + features + target] / roots[i];
    }
    const solution = nonNegativeLeastSquares(scaled, rightSide, features, context);
    return solution.map((value, i) => (value === 0 ? 0 : value / roots[i]));
  });
}
