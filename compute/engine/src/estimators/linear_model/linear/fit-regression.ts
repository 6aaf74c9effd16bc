import { Cholesky } from '../../../algebra/cholesky.js';
import { type Center, centerOf } from '../../../algebra/centered.js';
import { gramMatrix } from '../../../algebra/gram.js';
import { leastSquares } from '../../../algebra/least-squares.js';
import { nonNegativeLeastSquares } from '../../../algebra/non-negative.js';
import type { FitContext, Fitted, TrainingData } from '../../../estimator.js';
import type { Checked } from '../../../parameters.js';
import { weightedSum } from '../../../linear/weighted-sum.js';
import type { RegressionParameters } from './parameters.js';

/**
 * The least pivot of the normal equations, columns scaled to length 1, down to which they are solved: their error is
 * about 1e-16 over it, so that coefficients are right to 1e-7 or better. Below, orthogonal transformations take over.
 */
const LEAST_PIVOT = 1e-8;

/**
 * Ordinary least squares, of weighted rows if they have weights. With dependent columns, the coefficients of least length,
 * as scikit-learn's. Kernel memory: 8 bytes a row, for the roots of the weights.
 */
export function fitRegression(data: TrainingData, checked: Checked, context: FitContext): Fitted {
  const { fit_intercept: withIntercept, positive } = checked as unknown as RegressionParameters;
  const center = centerOf(data, withIntercept, context);
  const { coefficients, details } = positive ? solvePositive(data, center, context) : solve(data, center, context);
  return weightedSum(center, coefficients, details);
}

interface Solution {
  readonly coefficients: Float64Array;
  readonly details: Fitted['details'];
}

function solve(data: TrainingData, center: Center, context: FitContext): Solution {
  // With as many columns as rows the normal equations are singular or nearly so.
  const coefficients = data.features < data.rows ? solveNormalEquations(data, center, context) : undefined;
  if (coefficients) return { coefficients, details: { method: 'cholesky', rank: data.features } };
  const columns = Array.from({ length: data.features }, (_, feature) => data.column(feature));
  const rootOf = (row: number) => (data.weights ? Math.sqrt(data.weights[row]) : 1);
  const solution = leastSquares(
    {
      rows: data.rows,
      unknowns: data.features,
      value: (feature, row) => (columns[feature][row] - center.features[feature]) * rootOf(row),
      rightSide: (row) => (data.target[row] - center.target) * rootOf(row),
    },
    context,
  );
  return { coefficients: solution.coefficients, details: { method: 'orthogonal', rank: solution.rank } };
}

/** Undefined when the columns are too close to dependent. */
function solveNormalEquations(data: TrainingData, center: Center, context: FitContext): Float64Array | undefined {
  const { products, rightSide, lengths } = normalEquations(data, center, context);
  const factor = Cholesky.factor(products, data.features, {
    tolerance: LEAST_PIVOT,
    checkpoint: () => context.checkpoint(0.5),
  });
  if (!factor) return undefined;
  factor.solve(rightSide);
  return rightSide.map((value, feature) => value / lengths[feature]);
}

function solvePositive(data: TrainingData, center: Center, context: FitContext): Solution {
  const { products, rightSide, lengths } = normalEquations(data, center, context);
  const solution = nonNegativeLeastSquares(products, rightSide, data.features, context);
  const coefficients = solution.map((value, feature) => (value === 0 ? 0 : value / lengths[feature]));
  return { coefficients, details: { method: 'non-negative', active: solution.filter((value) => value > 0).length } };
}

/** A'A and A'b for the centered columns, each scaled to length 1; columns of zeros stay zeros. */
interface NormalEquations {
  readonly products: Float64Array;
  readonly rightSide: Float64Array;
  readonly lengths: Float64Array;
}

function normalEquations(data: TrainingData, center: Center, context: FitContext): NormalEquations {
  const { features, weights } = data;
  const scales = new Float64Array(features).fill(1);
  const columns = { shifts: center.features, scales, target: { shift: center.target }, weights };
  const gram = gramMatrix(data, columns, context);
  const lengths = new Float64Array(features);
  for (let i = 0; i < features; i++) lengths[i] = Math.sqrt(gram.products[i * gram.count + i]);
  const products = new Float64Array(features * features);
  const rightSide = new Float64Array(features);
  for (let i = 0; i < features; i++) {
    if (lengths[i] === 0) continue;
    for (let j = 0; j < features; j++)
      if (lengths[j] > 0) products[i * features + j] = gram.products[i * gram.count + j] / lengths[i] / lengths[j];
    rightSide[i] = gram.products[i * gram.count + features] / lengths[i];
  }
  return { products, rightSide, lengths };
}
