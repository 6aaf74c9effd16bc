// The search for the best split of one node (Chen & Guestrin, "XGBoost: A Scalable Tree Boosting System", 2016, § 2.2
// and 3.4), with the roundings of xgboost's `hist` method, so that ties are broken as it breaks them: sums are f64,
// the gain of each side and their sum are f32.
//
// rule       f64[4]: lambda, alpha, least sum of hessians of a child, largest |weight| of a leaf (0: no limit)
// features   u32[count]: the features to try, ascending
// binCounts  u32[features]: the number of bins that hold values, plus 65536 if bin 255 holds missing values
// out        f64 left gradient, left hessian, right gradient, right hessian; then
//            f32 gain (0: no split found), i32 feature, i32 bin, i32 1 if missing values go left
//
// A split at `bin` sends bins 0 … bin left. It can be -1 (only missing values go left), or the last bin (only missing
// values go right). Candidates are tried features ascending; with missing values going right, bins ascending; then
// with missing values going left, bins descending; the first of equals wins.
import { HAS_MISSING } from './bins';

export function findSplit(
  histogram: usize, features: usize, count: usize, binCounts: usize, rule: usize,
  gradient: f64, hessian: f64, parentGain: f32, out: usize,
): void {
  const least = load<f64>(rule, 16);
  store<f32>(out, 0, 32);
  let best: f32 = 0;
  for (let i: usize = 0; i < count; i++) {
    const feature = load<u32>(features + (i << 2));
    const binCount = load<u32>(binCounts + (<usize>feature << 2));
    const cells = histogram + (<usize>feature << 12);
    const hasMissing = binCount >= HAS_MISSING;
    const bins = <i32>(binCount & (HAS_MISSING - 1));

    // Missing values right. Without missing values the last bin would leave nothing on the right.
    const last = hasMissing ? bins : bins - 1;
    let g: f64 = 0;
    let h: f64 = 0;
    for (let bin = 0; bin < last; bin++) {
      const cell = cells + (<usize>bin << 4);
      g += load<f64>(cell);
      h += load<f64>(cell, 8);
      const otherH = hessian - h;
      if (h < least || otherH < least) continue;
      const otherG = gradient - g;
      const gain: f32 = sideGain(g, h, rule) + sideGain(otherG, otherH, rule) - parentGain;
      if (gain > best) {
        best = gain;
        write(out, g, h, otherG, otherH, gain, feature, bin, 0);
      }
    }
    if (!hasMissing) continue;

    // Missing values left: what lies in bins above is the right side.
    g = 0;
    h = 0;
    for (let bin = bins - 1; bin >= 0; bin--) {
      const cell = cells + (<usize>bin << 4);
      g += load<f64>(cell);
      h += load<f64>(cell, 8);
      const otherH = hessian - h;
      if (h < least || otherH < least) continue;
      const otherG = gradient - g;
      const gain: f32 = sideGain(otherG, otherH, rule) + sideGain(g, h, rule) - parentGain;
      if (gain > best) {
        best = gain;
        write(out, otherG, otherH, g, h, gain, feature, bin - 1, 1);
      }
    }
  }
}

/** What one side contributes to the gain: the loss that its best leaf weight takes away, times 2. */
// @ts-ignore: decorator
@inline
function sideGain(gradient: f64, hessian: f64, rule: usize): f32 {
  if (hessian <= 0) return 0;
  const lambda = load<f64>(rule);
  const shrunk = shrink(gradient, load<f64>(rule, 8));
  const limit = load<f64>(rule, 24);
  if (limit == 0) return <f32>((shrunk * shrunk) / (hessian + lambda));
  let weight = -shrunk / (hessian + lambda);
  if (abs(weight) > limit) weight = copysign(limit, weight);
  const w = <f32>weight;
  return -(<f32>2 * <f32>gradient * w + (<f32>hessian + <f32>lambda) * (w * w));
}

/** The soft threshold of the L1 penalty. */
// @ts-ignore: decorator
@inline
function shrink(gradient: f64, alpha: f64): f64 {
  if (gradient > alpha) return gradient - alpha;
  if (gradient < -alpha) return gradient + alpha;
  return 0;
}

function write(
  out: usize, leftG: f64, leftH: f64, rightG: f64, rightH: f64, gain: f32, feature: u32, bin: i32, missingLeft: i32,
): void {
  store<f64>(out, leftG);
  store<f64>(out, leftH, 8);
  store<f64>(out, rightG, 16);
  store<f64>(out, rightH, 24);
  store<f32>(out, gain, 32);
  store<u32>(out, feature, 36);
  store<i32>(out, bin, 40);
  store<i32>(out, missingLeft, 44);
}
