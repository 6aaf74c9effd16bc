// The search for the best split of one leaf as LightGBM does it (Ke et al., "LightGBM: A Highly Efficient Gradient Boosting
// Decision Tree", 2017): in f64, with L1 and L2 penalties, values that are limited, bounded or smoothed, and rows counted by
// their hessians: a side has about hessian * (rows / hessian of the leaf) of them.
//
// node       f64[6]: sums of gradients and hessians, rows, value, and the bounds of the children's values
// features   u32[count]: the features to try
// binCounts  u32[features]: the number of bins that hold values, plus 65536 if bin 255 holds missing values
// marks      i8[features]: 1 values may only rise, -1 only fall, 0 either; 2 the feature is not to be tried here
// penalties  f64[features]: what gains are multiplied by
// only       i32[features]: the bin after which alone a feature may be split; or 0: all are tried
// rule       f64[7]: L2 and L1 penalty, least hessian and least rows of a child, largest |value| (0: no limit), smoothing
//            towards the parent's value, least gain
// out        f64 gain (0: no split found), left gradient, left hessian; then i32 feature, i32 bin, i32 1 if missing left
//
// Candidates are tried features in the given order; bins descending with missing values going left; then, where values are
// missing, bins ascending with missing values going right; the first of equals wins.
import { HAS_MISSING } from './bins';

export function findGainSplit(
  histogram: usize, features: usize, count: usize, binCounts: usize, marks: usize, penalties: usize, only: usize,
  rule: usize, node: usize, out: usize,
): void {
  const gradient = load<f64>(node);
  const hessian = load<f64>(node, 8);
  const rows = load<f64>(node, 16);
  const leastHessian = load<f64>(rule, 16);
  const leastRows = load<f64>(rule, 24);
  const perHessian = rows / hessian;
  const least = gainOfLeaf(gradient, hessian, load<f64>(node, 24), rule) + load<f64>(rule, 48);
  let best: f64 = 0;
  store<f64>(out, 0);
  for (let i: usize = 0; i < count; i++) {
    const feature = load<u32>(features + (i << 2));
    const direction: i32 = load<i8>(marks + feature);
    if (direction == 2) continue;
    const penalty = load<f64>(penalties + (<usize>feature << 3));
    const binCount = load<u32>(binCounts + (<usize>feature << 2));
    const cells = histogram + (<usize>feature << 12);
    const bins = <i32>(binCount & (HAS_MISSING - 1));
    const chosen: i32 = only ? load<i32>(only + (<usize>feature << 2)) : -1;

    let g: f64 = 0;
    let h: f64 = 0;
    for (let bin = bins - 1; bin > 0; bin--) {
      const cell = cells + (<usize>bin << 4);
      g += load<f64>(cell);
      h += load<f64>(cell, 8);
      const n = nearest(h * perHessian);
      if (n < leastRows || h < leastHessian || h <= 0) continue;
      const otherH = hessian - h;
      if (rows - n < leastRows || otherH < leastHessian || otherH <= 0) break;
      if (chosen >= 0 && bin - 1 != chosen) continue;
      const otherG = gradient - g;
      const gain = (gainOf(otherG, otherH, rows - n, g, h, n, direction, node, rule) - least) * penalty;
      if (gain > best) {
        best = gain;
        write(out, gain, otherG, otherH, feature, bin - 1, 1);
      }
    }
    if (binCount < HAS_MISSING) continue;

    g = 0;
    h = 0;
    for (let bin = 0; bin < bins; bin++) {
      const cell = cells + (<usize>bin << 4);
      g += load<f64>(cell);
      h += load<f64>(cell, 8);
      const n = nearest(h * perHessian);
      if (n < leastRows || h < leastHessian || h <= 0) continue;
      const otherH = hessian - h;
      if (rows - n < leastRows || otherH < leastHessian || otherH <= 0) break;
      if (chosen >= 0 && bin != chosen) continue;
      const gain = (gainOf(g, h, n, gradient - g, otherH, rows - n, direction, node, rule) - least) * penalty;
      if (gain > best) {
        best = gain;
        write(out, gain, g, h, feature, bin, 0);
      }
    }
  }
}

// @ts-ignore: decorator
@inline
function gainOf(
  leftG: f64, leftH: f64, leftRows: f64, rightG: f64, rightH: f64, rightRows: f64, direction: i32, node: usize,
  rule: usize,
): f64 {
  const lambda = load<f64>(rule);
  const alpha = load<f64>(rule, 8);
  const lower = load<f64>(node, 32);
  const upper = load<f64>(node, 40);
  const plain = load<f64>(rule, 32) == 0 && load<f64>(rule, 40) == 0 && lower == -Infinity && upper == Infinity;
  if (plain && direction == 0) {
    const l = shrink(leftG, alpha);
    const r = shrink(rightG, alpha);
    return (l * l) / (leftH + lambda) + (r * r) / (rightH + lambda);
  }
  const left = valueOf(leftG, leftH, leftRows, node, rule);
  const right = valueOf(rightG, rightH, rightRows, node, rule);
  if (direction > 0 && left > right) return -Infinity;
  if (direction < 0 && left < right) return -Infinity;
  return gainAt(shrink(leftG, alpha), leftH + lambda, left) + gainAt(shrink(rightG, alpha), rightH + lambda, right);
}

/** What the leaf itself has to offer: with its best value, or where values are limited or smoothed with the one it has. */
function gainOfLeaf(gradient: f64, hessian: f64, value: f64, rule: usize): f64 {
  const lambda = load<f64>(rule);
  const shrunk = shrink(gradient, load<f64>(rule, 8));
  if (load<f64>(rule, 32) == 0 && load<f64>(rule, 40) == 0) return (shrunk * shrunk) / (hessian + lambda);
  return gainAt(shrunk, hessian + lambda, value);
}

/** Twice what the loss falls by at a value. */
// @ts-ignore: decorator
@inline
function gainAt(gradient: f64, hessian: f64, value: f64): f64 {
  return -(2 * gradient * value + hessian * value * value);
}

function valueOf(gradient: f64, hessian: f64, rows: f64, node: usize, rule: usize): f64 {
  let value = -shrink(gradient, load<f64>(rule, 8)) / (hessian + load<f64>(rule));
  const limit = load<f64>(rule, 32);
  if (limit > 0 && abs(value) > limit) value = copysign(limit, value);
  const smoothing = load<f64>(rule, 40);
  if (smoothing > 0) {
    const trust = rows / smoothing;
    value = (value * trust) / (trust + 1) + load<f64>(node, 24) / (trust + 1);
  }
  return max(load<f64>(node, 32), min(load<f64>(node, 40), value));
}

/** The soft threshold of the L1 penalty. */
// @ts-ignore: decorator
@inline
function shrink(gradient: f64, alpha: f64): f64 {
  if (gradient > alpha) return gradient - alpha;
  if (gradient < -alpha) return gradient + alpha;
  return 0;
}

function write(out: usize, gain: f64, g: f64, h: f64, feature: u32, bin: i32, missingLeft: i32): void {
  store<f64>(out, gain);
  store<f64>(out, g, 8);
  store<f64>(out, h, 16);
  store<u32>(out, feature, 24);
  store<i32>(out, bin, 28);
  store<i32>(out, missingLeft, 32);
}
