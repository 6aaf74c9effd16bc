// The search for the best split of one node (Chen & Guestrin, "XGBoost: A Scalable Tree Boosting System", 2016, § 2.2
// and 3.4), with the roundings of xgboost's `hist` method, so that ties are broken as it breaks them: sums are f64,
// the gain of each side and their sum are f32.
//
// rule         f64[4]: lambda, alpha, least sum of hessians of a child, largest |weight| of a leaf (0: no limit)
// features     u32[count]: the features to try, ascending
// binCounts    u32[features]: the number of bins that hold values, plus 65536 if bin 255 holds missing values, plus 131072
//              if the bins are categories of which one is split from the others, or 262144 if several are
// constraints  i32[features]: -1, 0, 1: how leaves must go with the feature; 0 where no feature has a constraint
// lower, upper what the leaves of a node with constraints must lie between
// most         categories that are split off together, at most
// out          f64 left gradient, left hessian, right gradient, right hessian; then
//              f32 gain (0: no split found), i32 feature, i32 bin, i32 1 if missing values go left; then
//              for a split of categories u32[8], in bytes 64 …: those that go left; i32 bin is then -2.
//              With features whose categories are split off together, {f32, u32}[256] of working space from byte 96 on.
//
// A split at `bin` sends bins 0 … bin left. It can be -1 (only missing values go left), or the last bin (only missing
// values go right). Candidates are tried features ascending; with missing values going right, bins ascending; then
// with missing values going left, bins descending; the first of equals wins.
import { HAS_MISSING } from './bins';

const ONE_CATEGORY: u32 = 131072;
const CATEGORIES: u32 = 262144;
const BINS: u32 = HAS_MISSING - 1;
const OF_CATEGORIES: i32 = -2;

export function findSplit(
  histogram: usize, features: usize, count: usize, binCounts: usize, rule: usize,
  gradient: f64, hessian: f64, parentGain: f32, out: usize,
  constraints: usize, lower: f32, upper: f32, most: usize,
): void {
  store<f32>(out, 0, 32);
  for (let i: usize = 0; i < count; i++) {
    const feature = load<u32>(features + (i << 2));
    const binCount = load<u32>(binCounts + (<usize>feature << 2));
    const cells = histogram + (<usize>feature << 12);
    if (binCount >= ONE_CATEGORY) {
      const constraint = constraints == 0 ? 0 : load<i32>(constraints + (<usize>feature << 2));
      if (binCount >= CATEGORIES)
        splitCategories(cells, feature, binCount, rule, gradient, hessian, parentGain, out, constraints != 0, constraint, lower, upper, most);
      else splitOneCategory(cells, feature, binCount, rule, gradient, hessian, parentGain, out, constraints != 0, constraint, lower, upper);
    } else if (constraints == 0) splitBins(cells, feature, binCount, rule, gradient, hessian, parentGain, out, false, 0, 0, 0);
    else
      splitBins(cells, feature, binCount, rule, gradient, hessian, parentGain, out, true, load<i32>(constraints + (<usize>feature << 2)), lower, upper);
  }
}

// @ts-ignore: decorator
@inline
function splitBins(
  cells: usize, feature: u32, binCount: u32, rule: usize, gradient: f64, hessian: f64, parentGain: f32, out: usize,
  constrained: bool, constraint: i32, lower: f32, upper: f32,
): void {
  const least = load<f64>(rule, 16);
  const hasMissing = (binCount & HAS_MISSING) != 0;
  const bins = <i32>(binCount & BINS);
  let best = load<f32>(out, 32);

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
    const gain: f32 = pairGain(g, h, otherG, otherH, rule, constrained, constraint, lower, upper) - parentGain;
    if (gain > best) {
      best = gain;
      write(out, g, h, otherG, otherH, gain, feature, bin, 0);
    }
  }
  if (!hasMissing) return;

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
    const gain: f32 = pairGain(otherG, otherH, g, h, rule, constrained, constraint, lower, upper) - parentGain;
    if (gain > best) {
      best = gain;
      write(out, otherG, otherH, g, h, gain, feature, bin - 1, 1);
    }
  }
}

/**
 * Each category against all others; missing values are first with the others, then with the category. For xgboost the
 * category is the right side, for us the left one, because evaluators send categories of a set left.
 */
function splitOneCategory(
  cells: usize, feature: u32, binCount: u32, rule: usize, gradient: f64, hessian: f64, parentGain: f32, out: usize,
  constrained: bool, constraint: i32, lower: f32, upper: f32,
): void {
  const least = load<f64>(rule, 16);
  const bins = binCount & BINS;
  let missingG = gradient;
  let missingH = hessian;
  if ((binCount & HAS_MISSING) != 0) {
    let sumG: f64 = 0;
    let sumH: f64 = 0;
    for (let bin: u32 = 0; bin < bins; bin++) {
      sumG += load<f64>(cells + (<usize>bin << 4));
      sumH += load<f64>(cells + (<usize>bin << 4), 8);
    }
    missingG -= sumG;
    missingH -= sumH;
  }
  let best = load<f32>(out, 32);
  for (let bin: u32 = 0; bin < bins; bin++) {
    for (let turn: u32 = 0; turn <= (binCount & HAS_MISSING) >>> 16; turn++) {
      let g = load<f64>(cells + (<usize>bin << 4));
      let h = load<f64>(cells + (<usize>bin << 4), 8);
      if (turn == 1) {
        g += missingG;
        h += missingH;
      }
      const otherG = gradient - g;
      const otherH = hessian - h;
      if (h < least || otherH < least) continue;
      const gain: f32 = pairGain(otherG, otherH, g, h, rule, constrained, constraint, lower, upper) - parentGain;
      if (!(gain > best)) continue;
      best = gain;
      write(out, g, h, otherG, otherH, gain, feature, OF_CATEGORIES, turn);
      memory.fill(out + 64, 0, 32);
      addCategory(out, bin);
    }
  }
}

/**
 * Categories sorted by the weight of the leaf that each would be, 0 for those too light to be one (Fisher, "On Grouping for Maximum Homogeneity", 1958:
 * the best partition is one of a sequence): the first few are split off, missing values going with the others; then all
 * but the last few, missing values going with those few. The first of the sequence are the left side.
 */
function splitCategories(
  cells: usize, feature: u32, binCount: u32, rule: usize, gradient: f64, hessian: f64, parentGain: f32, out: usize,
  constrained: bool, constraint: i32, lower: f32, upper: f32, most: usize,
): void {
  const least = load<f64>(rule, 16);
  const bins: usize = binCount & BINS;
  const sorted = out + 96;
  for (let bin: usize = 0; bin < bins; bin++) {
    const categoryH = load<f64>(cells + (bin << 4), 8);
    const weight: f32 = categoryH < least ? 0 : leafWeight(load<f64>(cells + (bin << 4)), categoryH, rule);
    let place = sorted + (bin << 3);
    for (; place > sorted && load<f32>(place - 8) > weight; place -= 8) store<u64>(place, load<u64>(place - 8));
    store<f32>(place, weight);
    store<u32>(place, <u32>bin, 4);
  }
  const steps = min(most, bins) - 1;
  let best = load<f32>(out, 32);
  let count: usize = 0;
  let g: f64 = 0;
  let h: f64 = 0;
  for (let i: usize = 0; i < steps; i++) {
    const cell = cells + (<usize>load<u32>(sorted + (i << 3), 4) << 4);
    g += load<f64>(cell);
    h += load<f64>(cell, 8);
    const otherG = gradient - g;
    const otherH = hessian - h;
    if (h < least || otherH < least) continue;
    const gain: f32 = pairGain(otherG, otherH, g, h, rule, constrained, constraint, lower, upper) - parentGain;
    if (!(gain > best)) continue;
    best = gain;
    count = i + 1;
    write(out, g, h, otherG, otherH, gain, feature, OF_CATEGORIES, 0);
  }
  g = 0;
  h = 0;
  for (let i: usize = 0; i < steps; i++) {
    const cell = cells + (<usize>load<u32>(sorted + ((bins - 1 - i) << 3), 4) << 4);
    g += load<f64>(cell);
    h += load<f64>(cell, 8);
    const otherG = gradient - g;
    const otherH = hessian - h;
    if (h < least || otherH < least) continue;
    const gain: f32 = pairGain(g, h, otherG, otherH, rule, constrained, constraint, lower, upper) - parentGain;
    if (!(gain > best)) continue;
    best = gain;
    count = bins - 1 - i;
    write(out, otherG, otherH, g, h, gain, feature, OF_CATEGORIES, 1);
  }
  if (count == 0) return;
  memory.fill(out + 64, 0, 32);
  for (let i: usize = 0; i < count; i++) addCategory(out, load<u32>(sorted + (i << 3), 4));
}

// @ts-ignore: decorator
@inline
function addCategory(out: usize, bin: u32): void {
  const word = out + 64 + <usize>((bin >>> 5) << 2);
  store<u32>(word, load<u32>(word) | (1 << (bin & 31)));
}

/** What both sides contribute to the gain; -Infinity where their leaves would break the constraint. */
// @ts-ignore: decorator
@inline
export function pairGain(
  leftG: f64, leftH: f64, rightG: f64, rightH: f64, rule: usize,
  constrained: bool, constraint: i32, lower: f32, upper: f32,
): f32 {
  if (!constrained) return sideGain(leftG, leftH, rule) + sideGain(rightG, rightH, rule);
  const left = max(lower, min(upper, leafWeight(leftG, leftH, rule)));
  const right = max(lower, min(upper, leafWeight(rightG, rightH, rule)));
  if (constraint > 0 ? left > right : constraint < 0 && left < right) return -Infinity;
  return gainOfWeight(leftG, leftH, left, rule) + gainOfWeight(rightG, rightH, right, rule);
}

/** What one side contributes to the gain: the loss that its best leaf weight takes away, times 2. */
// @ts-ignore: decorator
@inline
function sideGain(gradient: f64, hessian: f64, rule: usize): f32 {
  if (hessian <= 0) return 0;
  if (load<f64>(rule, 24) == 0) {
    const shrunk = shrink(gradient, load<f64>(rule, 8));
    return <f32>((shrunk * shrunk) / (hessian + load<f64>(rule)));
  }
  return gainOfWeight(gradient, hessian, leafWeight(gradient, hessian, rule), rule);
}

// @ts-ignore: decorator
@inline
function gainOfWeight(gradient: f64, hessian: f64, weight: f32, rule: usize): f32 {
  if (hessian <= 0) return 0;
  return -(<f32>2 * <f32>gradient * weight + (<f32>hessian + <f32>load<f64>(rule)) * (weight * weight));
}

/** The weight of a leaf that lessens the loss most. */
// @ts-ignore: decorator
@inline
function leafWeight(gradient: f64, hessian: f64, rule: usize): f32 {
  if (hessian <= 0) return 0;
  const limit = load<f64>(rule, 24);
  const weight = -shrink(gradient, load<f64>(rule, 8)) / (hessian + load<f64>(rule));
  return <f32>(limit != 0 && abs(weight) > limit ? copysign(limit, weight) : weight);
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
