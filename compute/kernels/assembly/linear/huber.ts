// Huber's loss with its scale (concomitant estimation), and its gradient, in one pass over the rows.
import { addGradient, addLanes, panelMargins } from './margins';
import { loadPanel, PANEL_COLUMN_BYTES, PANEL_ROWS } from '../algebra/panel';

/**
 * For residuals r = target - margin and the scale s, the sum over the rows first … last - 1 of weight times
 * s + r² / s where |r| <= epsilon s, and s + 2 epsilon |r| - epsilon² s beyond.
 *
 * `coefficients` is f64[features + 2]: the features', the intercept, s. `target` is f32[rows]; `weights` is f32[rows], or 0
 * where all are 1. Adds to f64[features + 4] at `out`: the gradient, in the order of the coefficients, the sum, and the
 * weight of the rows within epsilon s. `scratch` is f64[features + 1][64].
 */
export function huberLoss(
  columns: usize, features: usize, shifts: usize, scales: usize, first: usize, last: usize,
  target: usize, weights: usize, epsilon: f64, coefficients: usize, scratch: usize, out: usize,
): void {
  const margins = scratch + features * PANEL_COLUMN_BYTES;
  const scale = load<f64>(coefficients + ((features + 1) << 3));
  const totals = out + ((features + 1) << 3);
  for (let start = first; start < last; start += PANEL_ROWS) {
    const rows = min(PANEL_ROWS, last - start);
    loadPanel(columns, features, shifts, scales, start, rows, scratch);
    panelMargins(scratch, features, coefficients, margins);
    huberResiduals(target + (start << 2), weights ? weights + (start << 2) : 0, epsilon, scale, rows, margins, totals);
    addGradient(scratch, features, margins, out);
  }
}

/** Turns margins into the loss's derivatives by them; adds that by the scale, the loss, and the weight of rows within. */
function huberResiduals(
  target: usize, weights: usize, epsilon: f64, scale: f64, rows: usize, margins: usize, totals: usize,
): void {
  const edge = f64x2.splat(epsilon * scale);
  const inverse = f64x2.splat(1 / scale);
  const scales = f64x2.splat(scale);
  const one = f64x2.splat(1);
  const epsilons = f64x2.splat(epsilon);
  const squared = f64x2.splat(epsilon * epsilon);
  let byScale = f64x2.splat(0);
  let loss = byScale;
  let within = byScale;
  for (let r: usize = 0; r < PANEL_ROWS; r += 2) {
    const margin = margins + (r << 3);
    // Rows below the last one weigh nothing.
    const weight = f64x2.replace_lane(f64x2.splat(valueAt(weights, r, rows, 1)), 1, valueAt(weights, r + 1, rows, 1));
    const value = f64x2.replace_lane(f64x2.splat(valueAt(target, r, rows, 0)), 1, valueAt(target, r + 1, rows, 0));
    const residual = f64x2.sub(value, v128.load(margin));
    const size = f64x2.abs(residual);
    const inside = f64x2.le(size, edge);
    const ratio = f64x2.mul(residual, inverse);
    const ratioSquared = f64x2.mul(ratio, ratio);
    const loose = f64x2.sub(f64x2.mul(f64x2.add(epsilons, epsilons), size), f64x2.mul(squared, scales));
    const part = v128.bitselect(f64x2.mul(residual, ratio), loose, inside);
    loss = f64x2.add(loss, f64x2.mul(weight, f64x2.add(scales, part)));
    byScale = f64x2.add(byScale, f64x2.mul(weight, f64x2.sub(one, v128.bitselect(ratioSquared, squared, inside))));
    within = f64x2.add(within, v128.and(weight, inside));
    const bounded = f64x2.max(f64x2.neg(epsilons), f64x2.min(epsilons, ratio));
    v128.store(margin, f64x2.mul(f64x2.mul(f64x2.splat(-2), weight), bounded));
  }
  addLanes(totals, byScale);
  addLanes(totals + 8, loss);
  addLanes(totals + 16, within);
}

/** The value of a row; `absent` where there are no values, 0 below the last row. */
// @ts-ignore: decorator
@inline
function valueAt(values: usize, row: usize, rows: usize, absent: f64): f64 {
  return row < rows ? (values ? <f64>load<f32>(values + (row << 2)) : absent) : 0;
}
