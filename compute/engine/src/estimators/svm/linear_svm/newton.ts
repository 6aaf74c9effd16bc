/**
 * Squared losses by Newton's method (Keerthi & DeCoste, "A modified finite Newton method for fast solution of large scale
 * linear SVMs", JMLR 6, 2005): the rows outside of their intervals make a least-squares problem, whose solution says
 * which rows lie outside next. With the penalty l1, each problem is one of coordinate descent over the Gram matrix
 * (Lee, Sun & Saunders, "Proximal Newton-type methods for minimizing composite functions", SIAM J. Optim. 24, 2014).
 */
import { Cholesky } from '../../../algebra/cholesky.js';
import type { RowVector } from './design.js';
import { excess, type LinearOptions, type LinearProblem, type LinearSolution, stepProgress } from './problem.js';

/** Newton steps that a fit usually takes. */
const USUAL_STEPS = 10;

/** The slope, as a part of that at 0, at which a fit ends is this times the tolerance. */
const SLOPE_PER_TOLERANCE = 1e-7;

/** Sufficient decrease. */
const DECREASE = 1e-4;
const SMALLEST_STEP = 2 ** -40;

/** Relative rounding of a loss, which is a long sum. */
const ROUNDING = 4e-15;

export function minimizeSquared(problem: LinearProblem, penalty: 'l1' | 'l2', options: LinearOptions): LinearSolution {
  const { design, low, high, costs } = problem;
  const { tolerance, maximumIterations, context, progress } = options;
  const { rows, count } = design;
  const regularizer = penalty === 'l2' ? squaredLength : absoluteSum;
  const scores = design.vector();
  const changes = design.vector();
  const residuals = design.vector();
  const curvatures = new Float64Array(rows);
  let coefficients = new Float64Array(count);
  let value = lossOf(problem, scores, changes, 0);
  let firstSlope = 0;
  let iterations = 0;
  for (; iterations < maximumIterations; iterations++) {
    const part = progress(stepProgress(iterations, USUAL_STEPS));
    context.checkpoint(part);
    for (let row = 0; row < rows; row++) {
      const beyond = excess(scores.values[row], low[row], high[row]);
      residuals.values[row] = 2 * costs[row] * beyond;
      curvatures[row] = beyond === 0 ? 0 : 2 * costs[row];
    }
    const gradient = design.transposed(residuals, part);
    const slope = slopeOf(gradient, coefficients, penalty);
    if (iterations === 0) firstSlope = slope;
    if (slope <= SLOPE_PER_TOLERANCE * tolerance * firstSlope) return { coefficients, iterations, converged: true };
    const hessian = design.gram(curvatures, part);
    const step =
      penalty === 'l2' ? newtonStep(hessian, gradient, coefficients) : proximalStep(hessian, gradient, coefficients);
    design.multiply(step, changes, part);
    const before = regularizer(coefficients);
    const slopeAlong =
      dot(gradient, step) + regularizer(sum(coefficients, step, 1)) - before - correction(penalty, step);
    let size = 1;
    let next = value;
    for (; size >= SMALLEST_STEP; size /= 2) {
      next = lossOf(problem, scores, changes, size) + regularizer(sum(coefficients, step, size));
      if (next <= value + DECREASE * size * slopeAlong) break;
    }
    // What float64 cannot tell any more is the optimum.
    if (size < SMALLEST_STEP || !(slopeAlong < -ROUNDING * value)) return { coefficients, iterations, converged: true };
    coefficients = sum(coefficients, step, size);
    value = next;
    for (let row = 0; row < rows; row++) scores.values[row] += size * changes.values[row];
  }
  return { coefficients, iterations, converged: false };
}

/** Of l2's difference along the step, the part of second order does not belong to the slope. */
function correction(penalty: 'l1' | 'l2', step: Float64Array): number {
  return penalty === 'l2' ? squaredLength(step) : 0;
}

function lossOf({ low, high, costs }: LinearProblem, scores: RowVector, changes: RowVector, size: number): number {
  let sum = 0;
  for (let row = 0; row < costs.length; row++) {
    const beyond = excess(scores.values[row] + size * changes.values[row], low[row], high[row]);
    sum += costs[row] * beyond * beyond;
  }
  return sum;
}

/** The largest element of the gradient, or of the subgradient that is nearest to 0. */
function slopeOf(gradient: Float64Array, coefficients: Float64Array, penalty: 'l1' | 'l2'): number {
  let largest = 0;
  for (const [i, slope] of gradient.entries()) {
    const coefficient = coefficients[i];
    let own = slope + coefficient;
    if (penalty === 'l1') own = coefficient === 0 ? Math.max(0, Math.abs(slope) - 1) : slope + Math.sign(coefficient);
    largest = Math.max(largest, Math.abs(own));
  }
  return largest;
}

function newtonStep(hessian: Float64Array, gradient: Float64Array, coefficients: Float64Array): Float64Array {
  const count = gradient.length;
  for (let i = 0; i < count; i++) hessian[i * count + i] += 1;
  const step = gradient.map((slope, i) => -(slope + coefficients[i]));
  // Positive definite, for it is 1 on the diagonal and more; only overflow can spoil that.
  Cholesky.factor(hessian, count)?.solve(step);
  return step;
}

const SWEEPS = 10_000;
const SWEEP_TOLERANCE = 1e-26;

/** Minimizes gradient·step + ½ step'·hessian·step + |coefficients + step| by coordinate descent. */
function proximalStep(hessian: Float64Array, gradient: Float64Array, coefficients: Float64Array): Float64Array {
  const count = gradient.length;
  const step = new Float64Array(count);
  const slopes = gradient.slice();
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    let largest = 0;
    let largestMove = 0;
    for (let j = 0; j < count; j++) {
      const curvature = hessian[j * count + j];
      if (curvature === 0 && coefficients[j] + step[j] === 0) continue;
      const now = coefficients[j] + step[j];
      const wanted = curvature === 0 ? 0 : softened(now - slopes[j] / curvature, 1 / curvature);
      const move = wanted - now;
      // What the scales of the features do not change.
      largest = Math.max(largest, curvature * wanted * wanted);
      largestMove = Math.max(largestMove, curvature * move * move);
      if (move === 0) continue;
      step[j] += move;
      for (let k = 0; k < count; k++) slopes[k] += move * hessian[j * count + k];
    }
    if (largestMove <= SWEEP_TOLERANCE * largest) break;
  }
  return step;
}

function softened(value: number, threshold: number): number {
  return value > threshold ? value - threshold : value < -threshold ? value + threshold : 0;
}

const squaredLength = (vector: Float64Array): number => dot(vector, vector) / 2;

function absoluteSum(vector: Float64Array): number {
  return vector.reduce((total, value) => total + Math.abs(value), 0);
}

function dot(a: Float64Array, b: Float64Array): number {
  let total = 0;
  for (let i = 0; i < a.length; i++) total += a[i] * b[i];
  return total;
}

function sum(a: Float64Array, b: Float64Array, factor: number): Float64Array<ArrayBuffer> {
  return Float64Array.from(a, (value, i) => value + factor * b[i]);
}
