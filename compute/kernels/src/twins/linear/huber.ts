import { type ScaledColumns, scaledValue } from '../algebra/panel.js';

/** The gradient by the features' coefficients, the intercept and the scale, the loss, and the weight of rows within. */
export function huberLoss(
  data: ScaledColumns,
  target: Float32Array,
  weights: Float32Array | undefined,
  epsilon: number,
  coefficients: Float64Array,
  first: number,
  last: number,
): Float64Array {
  const features = data.columns.length;
  const out = new Float64Array(features + 4);
  const scale = coefficients[features + 1];
  for (let row = first; row < last; row++) {
    const weight = weights?.[row] ?? 1;
    let margin = coefficients[features];
    for (let j = 0; j < features; j++) margin += coefficients[j] * scaledValue(data, j, row);
    const residual = target[row] - margin;
    const within = Math.abs(residual) <= epsilon * scale;
    const slope = within ? (-2 * residual) / scale : -2 * epsilon * Math.sign(residual);
    for (let j = 0; j < features; j++) out[j] += weight * slope * scaledValue(data, j, row);
    out[features] += weight * slope;
    out[features + 1] += weight * (1 - (within ? (residual / scale) ** 2 : epsilon ** 2));
    out[features + 2] +=
      weight * (scale + (within ? residual ** 2 / scale : 2 * epsilon * Math.abs(residual) - epsilon ** 2 * scale));
    out[features + 3] += within ? weight : 0;
  }
  return out;
}
