import { exp, log, log1p } from '../../math.js';
import { type ScaledColumns, scaledValue } from '../algebra/panel.js';

/**
 * Log loss of `positive` against the other classes: the gradient (intercept last), the loss, the sum of its second
 * derivatives.
 */
export function logisticLoss(
  data: ScaledColumns,
  target: Float32Array,
  positive: number,
  weights: readonly number[],
  coefficients: Float64Array,
  first: number,
  last: number,
  rowWeights?: Float64Array,
): Float64Array {
  const features = data.columns.length;
  const out = new Float64Array(features + 3);
  for (let row = first; row < last; row++) {
    const own = target[row] === positive;
    const weight = weights[own ? 1 : 0] * (rowWeights?.[row] ?? 1);
    const z = margin(data, coefficients, row);
    const m = own ? z : -z;
    out[features + 1] += weight * (Math.max(-m, 0) + log1p(exp(-Math.abs(m))));
    out[features + 2] += weight / (1 + exp(m)) / (1 + exp(-m));
    addRow(data, row, (own ? -weight : weight) / (1 + exp(m)), out);
  }
  return out;
}

/** Cross-entropy of the softmax: classes × (features + 1) of the gradient, the loss, the sum of its second derivatives. */
export function softmaxLoss(
  data: ScaledColumns,
  target: Float32Array,
  weights: readonly number[],
  coefficients: Float64Array,
  first: number,
  last: number,
  rowWeights?: Float64Array,
): Float64Array {
  const classes = weights.length;
  const stride = data.columns.length + 1;
  const out = new Float64Array(classes * stride + 2);
  for (let row = first; row < last; row++) {
    const own = target[row];
    const weight = weights[own] * (rowWeights?.[row] ?? 1);
    const margins = weights.map((_, k) => margin(data, coefficients.subarray(k * stride, (k + 1) * stride), row));
    const largest = Math.max(...margins);
    const exponentials = margins.map((z) => exp(z - largest));
    const total = (values: number[]) => values.reduce((sum, value) => sum + value, 0);
    const sum = total(exponentials);
    const others = total(exponentials.filter((_, k) => k !== own));
    out[classes * stride] += weight * (log(sum) + largest - margins[own]);
    for (const [k, exponential] of exponentials.entries()) {
      const residual = (weight * (k === own ? -others : exponential)) / sum;
      const probability = exponential / sum;
      out[classes * stride + 1] += weight * probability * (1 - probability);
      addRow(data, row, residual, out.subarray(k * stride, (k + 1) * stride));
    }
  }
  return out;
}

/** What the kernels give that take margins instead of features. */
export interface RowDerivatives {
  readonly loss: number;
  readonly slopes: Float64Array;
  readonly curvatures: Float64Array;
}

/** As `logisticLoss`, at given margins, with the derivatives by them. */
export function logisticRows(
  target: Float32Array,
  positive: number,
  weights: readonly number[],
  margins: Float64Array,
  rowWeights?: Float64Array,
): RowDerivatives {
  const weightOf = (row: number) => weights[target[row] === positive ? 1 : 0] * (rowWeights?.[row] ?? 1);
  const toward = margins.map((z, row) => (target[row] === positive ? z : -z));
  return {
    loss: toward.reduce((sum, m, row) => sum + weightOf(row) * (Math.max(-m, 0) + log1p(exp(-Math.abs(m)))), 0),
    slopes: toward.map((m, row) => ((target[row] === positive ? -1 : 1) * weightOf(row)) / (1 + exp(m))),
    curvatures: toward.map((m, row) => weightOf(row) / (1 + exp(m)) / (1 + exp(-m))),
  };
}

/** As `softmaxLoss`, at given margins by class, with the derivatives by those of the class `own`. */
export function softmaxRows(
  target: Float32Array,
  own: number,
  weights: readonly number[],
  margins: readonly Float64Array[],
  rowWeights?: Float64Array,
): RowDerivatives {
  const rows = target.length;
  const slopes = new Float64Array(rows);
  const curvatures = new Float64Array(rows);
  let loss = 0;
  for (let row = 0; row < rows; row++) {
    const weight = weights[target[row]] * (rowWeights?.[row] ?? 1);
    const largest = Math.max(...margins.map((ofClass) => ofClass[row]));
    const exponentials = margins.map((ofClass) => exp(ofClass[row] - largest));
    const sum = exponentials.reduce((total, value) => total + value, 0);
    const others = exponentials.reduce((total, value, k) => (k === own ? total : total + value), 0);
    loss += weight * (log(sum) + largest - margins[target[row]][row]);
    slopes[row] = (weight * (target[row] === own ? -others : exponentials[own])) / sum;
    curvatures[row] = ((weight * exponentials[own]) / sum) * (others / sum);
  }
  return { loss, slopes, curvatures };
}

function margin(data: ScaledColumns, coefficients: Float64Array, row: number): number {
  const features = data.columns.length;
  let sum = coefficients[features];
  for (let feature = 0; feature < features; feature++) sum += coefficients[feature] * scaledValue(data, feature, row);
  return sum;
}

function addRow(data: ScaledColumns, row: number, residual: number, gradient: Float64Array): void {
  const features = data.columns.length;
  for (let feature = 0; feature < features; feature++) gradient[feature] += residual * scaledValue(data, feature, row);
  gradient[features] += residual;
}
