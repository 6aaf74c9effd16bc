// Losses of linear classifiers with their gradients, in one pass over the rows.
//
// `columns`, `shifts`, `scales`: the features, see panel.ts. `target` is f32[rows], the index of each row's class.
// `weights` are those of classes; where `rowWeights` is not 0, f64[rows], each row's weight is multiplied by its own.
import { expOfNegative, log1pOfUnit } from '../lanes';
import { exp, log, log1p } from '../math';
import { addGradient, addLanes, panelMargins } from './margins';
import { loadPanel, PANEL_COLUMN_BYTES, PANEL_ROWS } from '../algebra/panel';

/**
 * Log loss of one class against the rest, over the rows first … last - 1.
 *
 * `coefficients` is f64[features + 1], the intercept last. `weights` is f64[2]: of rows of other classes, and of rows of
 * the class `positive`. Adds to f64[features + 3] at `out`: the gradient, in the order of the coefficients, the
 * loss, and the sum of the loss's second derivatives by the margin. `scratch` is f64[features + 1][64].
 */
export function logisticLoss(
  columns: usize, features: usize, shifts: usize, scales: usize, first: usize, last: usize,
  target: usize, positive: f32, weights: usize, rowWeights: usize, coefficients: usize, scratch: usize, out: usize,
): void {
  const margins = scratch + features * PANEL_COLUMN_BYTES;
  const loss = out + ((features + 1) << 3);
  for (let start = first; start < last; start += PANEL_ROWS) {
    const rows = min(PANEL_ROWS, last - start);
    loadPanel(columns, features, shifts, scales, start, rows, scratch);
    panelMargins(scratch, features, coefficients, margins);
    logisticResiduals(target + (start << 2), positive, weights, ofRow(rowWeights, start), rows, margins, loss);
    addGradient(scratch, features, margins, out);
  }
}

/**
 * Cross-entropy of the softmax over all classes, over the rows first … last - 1.
 *
 * `coefficients` is f64[classes][features + 1], the intercepts last; `weights` is f64[classes]. Adds to
 * f64[classes][features + 1] and two more at `out`: the gradient, the loss, and the sum of its second derivatives by the
 * margins. `scratch` is f64[features + classes][64].
 */
export function softmaxLoss(
  columns: usize, features: usize, shifts: usize, scales: usize, first: usize, last: usize,
  target: usize, classes: usize, weights: usize, rowWeights: usize, coefficients: usize, scratch: usize, out: usize,
): void {
  const stride = (features + 1) << 3;
  const margins = scratch + features * PANEL_COLUMN_BYTES;
  const loss = out + classes * stride;
  for (let start = first; start < last; start += PANEL_ROWS) {
    const rows = min(PANEL_ROWS, last - start);
    loadPanel(columns, features, shifts, scales, start, rows, scratch);
    for (let k: usize = 0; k < classes; k++)
      panelMargins(scratch, features, coefficients + k * stride, margins + k * PANEL_COLUMN_BYTES);
    for (let r: usize = 0; r < rows; r++)
      softmaxResidual(
        <usize>load<f32>(target + ((start + r) << 2)), weights, ofRow(rowWeights, start + r), classes, margins + (r << 3), loss,
      );
    for (let k: usize = 0; k < classes; k++) {
      const residuals = margins + k * PANEL_COLUMN_BYTES;
      if (rows < PANEL_ROWS) memory.fill(residuals + (rows << 3), 0, (PANEL_ROWS - rows) << 3);
      addGradient(scratch, features, residuals, out + k * stride);
    }
  }
}

/**
 * Log loss of one class against the rest at given margins, f64[rows], with its derivatives by the margin: `slopes` and
 * `curvatures`, f64[rows].
 */
export function logisticRows(
  target: usize, positive: f32, weights: usize, rowWeights: usize, rows: usize,
  margins: usize, slopes: usize, curvatures: usize,
): f64 {
  let loss: f64 = 0;
  for (let r: usize = 0; r < rows; r++) {
    const own = load<f32>(target + (r << 2)) == positive;
    const weight = weightOf(load<f64>(weights + (own ? 8 : 0)), ofRow(rowWeights, r));
    const z = load<f64>(margins + (r << 3));
    const m = own ? z : -z;
    const e = exp(-Math.abs(m));
    const likelier = 1 / (1 + e);
    const wrong = m >= 0 ? e * likelier : likelier;
    loss += weight * (max(-m, 0) + log1p(e));
    store<f64>(slopes + (r << 3), own ? -weight * wrong : weight * wrong);
    store<f64>(curvatures + (r << 3), weight * likelier * (e * likelier));
  }
  return loss;
}

/**
 * Cross-entropy of the softmax at given margins, f64[classes][rows], with its first and second derivatives by the margin
 * of the class `own`: `slopes` and `curvatures`, f64[rows].
 */
export function softmaxRows(
  target: usize, classes: usize, own: usize, weights: usize, rowWeights: usize, rows: usize,
  margins: usize, slopes: usize, curvatures: usize,
): f64 {
  let loss: f64 = 0;
  const stride = rows << 3;
  for (let r: usize = 0; r < rows; r++) {
    const label = <usize>load<f32>(target + (r << 2));
    const weight = weightOf(load<f64>(weights + (label << 3)), ofRow(rowWeights, r));
    const row = margins + (r << 3);
    let largest = load<f64>(row);
    for (let k: usize = 1; k < classes; k++) largest = max(largest, load<f64>(row + k * stride));
    let others: f64 = 0;
    let ours: f64 = 0;
    for (let k: usize = 0; k < classes; k++) {
      const e = exp(load<f64>(row + k * stride) - largest);
      if (k == own) ours = e;
      else others += e;
    }
    const sum = ours + others;
    loss += weight * (log(sum) + largest - load<f64>(row + label * stride));
    store<f64>(slopes + (r << 3), label == own ? (-weight * others) / sum : (weight * ours) / sum);
    store<f64>(curvatures + (r << 3), (weight * (ours / sum) * others) / sum);
  }
  return loss;
}

// @ts-ignore: decorator
@inline
function ofRow(rowWeights: usize, row: usize): usize {
  return rowWeights ? rowWeights + (row << 3) : 0;
}

// @ts-ignore: decorator
@inline
function weightOf(ofClass: f64, rowWeight: usize): f64 {
  return rowWeight ? ofClass * load<f64>(rowWeight) : ofClass;
}

/**
 * Turns margins z into d loss / dz; adds these rows' loss, and after it the second derivative. With m = ±z, positive
 * where the model is right: loss = log(1 + e^-m) = max(-m, 0) + log1p(e^-|m|), and d loss / dm = -1 / (1 + e^m), neither
 * of which cancels.
 */
function logisticResiduals(
  target: usize, positive: f32, weights: usize, rowWeights: usize, rows: usize, margins: usize, totals: usize,
): void {
  const zero = f64x2.splat(0);
  const one = f64x2.splat(1);
  const otherWeight = load<f64>(weights);
  const ownWeight = load<f64>(weights, 8);
  let loss = zero;
  let curvature = zero;
  for (let r: usize = 0; r < PANEL_ROWS; r += 2) {
    const margin = margins + (r << 3);
    // Rows below the last one weigh nothing.
    const firstOwn = r < rows && load<f32>(target + (r << 2)) == positive;
    const secondOwn = r + 1 < rows && load<f32>(target + (r << 2), 4) == positive;
    const sign = f64x2.replace_lane(f64x2.splat(firstOwn ? 1 : -1), 1, secondOwn ? 1 : -1);
    let weight = f64x2.replace_lane(
      f64x2.splat(r < rows ? (firstOwn ? ownWeight : otherWeight) : 0),
      1, r + 1 < rows ? (secondOwn ? ownWeight : otherWeight) : 0,
    );
    if (rowWeights && r < rows)
      weight = f64x2.mul(weight, f64x2.replace_lane(
        f64x2.splat(load<f64>(rowWeights + (r << 3))), 1, r + 1 < rows ? load<f64>(rowWeights + (r << 3), 8) : 0,
      ));
    const m = f64x2.mul(sign, v128.load(margin));
    const e = expOfNegative(f64x2.neg(f64x2.abs(m)));
    const rowLoss = f64x2.add(f64x2.max(f64x2.neg(m), zero), log1pOfUnit(e));
    const likelier = f64x2.div(one, f64x2.add(one, e));
    const other = f64x2.mul(e, likelier);
    const slope = v128.bitselect(other, likelier, f64x2.ge(m, zero));
    loss = f64x2.add(loss, f64x2.mul(weight, rowLoss));
    curvature = f64x2.add(curvature, f64x2.mul(weight, f64x2.mul(likelier, other)));
    v128.store(margin, f64x2.mul(f64x2.mul(f64x2.neg(sign), slope), weight));
  }
  addLanes(totals, loss);
  addLanes(totals + 8, curvature);
}

/**
 * Turns one row's margins (one per class, 512 bytes apart) into d loss / d margin; adds the row's loss, and after it the
 * second derivatives.
 */
function softmaxResidual(
  own: usize, weights: usize, rowWeight: usize, classes: usize, margins: usize, totals: usize,
): void {
  const weight = weightOf(load<f64>(weights + (own << 3)), rowWeight);
  let largest = load<f64>(margins);
  for (let k: usize = 1; k < classes; k++) largest = max(largest, load<f64>(margins + k * PANEL_COLUMN_BYTES));
  const ownMargin = load<f64>(margins + own * PANEL_COLUMN_BYTES);
  let others: f64 = 0;
  let sum: f64 = 0;
  for (let k: usize = 0; k < classes; k++) {
    const at = margins + k * PANEL_COLUMN_BYTES;
    const e = exp(load<f64>(at) - largest);
    store<f64>(at, e);
    sum += e;
    if (k != own) others += e;
  }
  let curvature: f64 = 0;
  for (let k: usize = 0; k < classes; k++) {
    const at = margins + k * PANEL_COLUMN_BYTES;
    const p = load<f64>(at) / sum;
    // For the row's own class p - 1 is minus the probability of the others, which does not cancel.
    store<f64>(at, k == own ? (-weight * others) / sum : weight * p);
    curvature += weight * p * (1 - p);
  }
  store<f64>(totals, load<f64>(totals) + weight * (log(sum) + largest - ownMargin));
  store<f64>(totals, load<f64>(totals, 8) + curvature, 8);
}
