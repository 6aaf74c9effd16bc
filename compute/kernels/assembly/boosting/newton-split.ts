// The search for the best split of one leaf as scikit-learn's histogram gradient boosting does it: everything in f64, and
// sides judged by the values that they would have, which may be bounded (monotonic constraints).
//
// node       f64[6]: sums of gradients and hessians, rows, value, and the bounds of the children's values
// counts     u32[features][256] rows in each bin; 0: hessians are 1, and their sums are counts
// features   u32[count]: the features to try
// binCounts  u32[features]: the number of bins that hold values, plus 65536 if bin 255 holds missing values
// monotone   i8[features]: 1 values may only rise, -1 only fall, 0 either; 2 the feature is not to be tried here. Or 0: no
//            feature is bound
// rule       f64[3]: L2 penalty, least sum of hessians of a child, least rows of a child
// out        f64 gain (0: no split found), left gradient, left hessian, left rows; then i32 feature, i32 bin, i32 1 if
//            missing values go left
//
// Candidates are tried features in the given order; with missing values going right, bins ascending; then with missing
// values going left, bins descending; the first of equals wins. A side that grows never loses rows or hessians: where the
// other side is too small, the scan ends.
import { HAS_MISSING } from './bins';

export function findNewtonSplit(
  histogram: usize, counts: usize, features: usize, count: usize, binCounts: usize, monotone: usize, rule: usize,
  node: usize, out: usize,
): void {
  const gradient = load<f64>(node);
  const hessian = load<f64>(node, 8);
  const rows = load<f64>(node, 16);
  const ownLoss = gradient * load<f64>(node, 24);
  const lower = load<f64>(node, 32);
  const upper = load<f64>(node, 40);
  const lambda = load<f64>(rule);
  const leastHessian = load<f64>(rule, 8);
  const leastRows = load<f64>(rule, 16);
  let best: f64 = 0;
  store<f64>(out, 0);
  for (let i: usize = 0; i < count; i++) {
    const feature = load<u32>(features + (i << 2));
    const direction: i32 = monotone ? load<i8>(monotone + feature) : 0;
    if (direction == 2) continue;
    const binCount = load<u32>(binCounts + (<usize>feature << 2));
    const cells = histogram + (<usize>feature << 12);
    const rowCounts = counts ? counts + (<usize>feature << 10) : 0;
    const hasMissing = binCount >= HAS_MISSING;
    const bins = <i32>(binCount & (HAS_MISSING - 1));

    const last = hasMissing ? bins : bins - 1;
    let g: f64 = 0;
    let h: f64 = 0;
    let n: f64 = 0;
    for (let bin = 0; bin < last; bin++) {
      const cell = cells + (<usize>bin << 4);
      g += load<f64>(cell);
      h += load<f64>(cell, 8);
      n = rowCounts ? n + <f64>load<u32>(rowCounts + (<usize>bin << 2)) : h;
      if (n < leastRows) continue;
      if (rows - n < leastRows) break;
      const otherH = hessian - h;
      if (h < leastHessian) continue;
      if (otherH < leastHessian) break;
      const gain = gainOf(g, h, gradient - g, otherH, ownLoss, direction, lower, upper, lambda);
      if (gain > best) {
        best = gain;
        write(out, gain, g, h, n, feature, bin, 0);
      }
    }
    if (!hasMissing) continue;

    g = 0;
    h = 0;
    n = 0;
    for (let bin = bins - 1; bin > 0; bin--) {
      const cell = cells + (<usize>bin << 4);
      g += load<f64>(cell);
      h += load<f64>(cell, 8);
      n = rowCounts ? n + <f64>load<u32>(rowCounts + (<usize>bin << 2)) : h;
      if (n < leastRows) continue;
      if (rows - n < leastRows) break;
      const otherH = hessian - h;
      if (h < leastHessian) continue;
      if (otherH < leastHessian) break;
      const otherG = gradient - g;
      const gain = gainOf(otherG, otherH, g, h, ownLoss, direction, lower, upper, lambda);
      if (gain > best) {
        best = gain;
        write(out, gain, otherG, otherH, rows - n, feature, bin - 1, 1);
      }
    }
  }
}

/** What the loss falls by, or -1 where the values would not be in the order that `direction` asks for. */
// @ts-ignore: decorator
@inline
function gainOf(
  leftG: f64, leftH: f64, rightG: f64, rightH: f64, ownLoss: f64, direction: i32, lower: f64, upper: f64, lambda: f64,
): f64 {
  const left = valueOf(leftG, leftH, lower, upper, lambda);
  const right = valueOf(rightG, rightH, lower, upper, lambda);
  if (direction > 0 && left > right) return -1;
  if (direction < 0 && left < right) return -1;
  return ownLoss - leftG * left - rightG * right;
}

// @ts-ignore: decorator
@inline
function valueOf(gradient: f64, hessian: f64, lower: f64, upper: f64, lambda: f64): f64 {
  const value = -gradient / (hessian + lambda + 1e-15);
  return value < lower ? lower : value > upper ? upper : value;
}

function write(out: usize, gain: f64, g: f64, h: f64, rows: f64, feature: u32, bin: i32, missingLeft: i32): void {
  store<f64>(out, gain);
  store<f64>(out, g, 8);
  store<f64>(out, h, 16);
  store<f64>(out, rows, 24);
  store<u32>(out, feature, 32);
  store<i32>(out, bin, 36);
  store<i32>(out, missingLeft, 40);
}
