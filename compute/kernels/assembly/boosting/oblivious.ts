// Scores of splits that all leaves of a level are split by (oblivious trees: Prokhorenkova et al., "CatBoost: unbiased
// boosting with categorical features", 2018). A cell of a histogram is the sums of gradients (here: of what is lacking) and
// weights.
//
// binCounts  u32[features]: the number of bins that hold values, plus 65536 if bin 255 holds missing values
// kinds      u8[features]: 0 bins up to one go left, 1 one bin alone does, 2 not tried; plus 4 if missing values count as
//            above all others, and not as below
// scores     f64[features][256][2]: for each split the sum over leaves and sides of value * gradient, and of
//            value * value * weight, where value = gradient / (weight + lambda). Entry b is the split after (or at) bin b,
//            entry 255 that of missing values from all others.
import { HAS_MISSING } from './bins';

/** Adds what one leaf contributes to the scores of all splits. */
export function addSplitScores(
  histogram: usize, features: usize, binCounts: usize, kinds: usize, lambda: f64, scores: usize,
): void {
  for (let feature: usize = 0; feature < features; feature++) {
    const kind = load<u8>(kinds + feature);
    if ((kind & 3) == 2) continue;
    const count = load<u32>(binCounts + (feature << 2));
    const cells = histogram + (feature << 12);
    const out = scores + (feature << 12);
    const bins: usize = count & (HAS_MISSING - 1);
    const hasMissing = count >= HAS_MISSING;
    let total = f64x2.splat(0);
    for (let bin: usize = 0; bin < bins; bin++) total = f64x2.add(total, v128.load(cells + (bin << 4)));
    const missing = hasMissing ? v128.load(cells + (255 << 4)) : f64x2.splat(0);
    const present = total;
    total = f64x2.add(total, missing);
    if (hasMissing) addSides(missing, present, lambda, out + (255 << 4));
    if ((kind & 3) == 1) {
      for (let bin: usize = 0; bin < bins; bin++) {
        const left = v128.load(cells + (bin << 4));
        addSides(left, f64x2.sub(total, left), lambda, out + (bin << 4));
      }
      continue;
    }
    let left = hasMissing && (kind & 4) == 0 ? missing : f64x2.splat(0);
    for (let bin: usize = 0; bin + 1 < bins; bin++) {
      left = f64x2.add(left, v128.load(cells + (bin << 4)));
      addSides(left, f64x2.sub(total, left), lambda, out + (bin << 4));
    }
  }
}

// @ts-ignore: decorator
@inline
function addSides(left: v128, right: v128, lambda: f64, out: usize): void {
  const gradients = v128.shuffle<f64>(left, right, 0, 2);
  // Sums that are differences may lie a rounding below 0.
  const weights = f64x2.max(v128.shuffle<f64>(left, right, 1, 3), f64x2.splat(0));
  const divisor = f64x2.add(weights, f64x2.splat(lambda));
  const isEmpty = f64x2.eq(divisor, f64x2.splat(0));
  const values = v128.andnot(f64x2.div(gradients, divisor), isEmpty);
  const products = f64x2.mul(values, gradients);
  const squares = f64x2.mul(f64x2.mul(values, values), weights);
  const sums = f64x2.add(v128.shuffle<f64>(products, squares, 0, 2), v128.shuffle<f64>(products, squares, 1, 3));
  v128.store(out, f64x2.add(v128.load(out), sums));
}

/**
 * The best split of one feature by the ratio product / sqrt(square) (`cosine` 1) or by the product: out f64 score, f64
 * bin; bin -1: none.
 */
export function bestSplitScore(
  scores: usize, feature: usize, binCounts: usize, kinds: usize, cosine: i32, out: usize,
): void {
  const kind = load<u8>(kinds + feature);
  const count = load<u32>(binCounts + (feature << 2));
  const bins: usize = count & (HAS_MISSING - 1);
  const cells = scores + (feature << 12);
  let best: f64 = -Infinity;
  let bestBin: f64 = -1;
  if ((kind & 3) != 2) {
    const last: usize = (kind & 3) == 1 ? (bins > 1 || count >= HAS_MISSING ? bins : 0) : bins > 0 ? bins - 1 : 0;
    for (let bin: usize = 0; bin < 256; bin++) {
      if (bin >= last && !(bin == 255 && count >= HAS_MISSING && bins > 0)) continue;
      const product = load<f64>(cells + (bin << 4));
      const score = cosine ? product / sqrt(load<f64>(cells + (bin << 4), 8) + 1e-100) : product;
      if (score > best) {
        best = score;
        bestBin = <f64>bin;
      }
    }
  }
  store<f64>(out, best);
  store<f64>(out, bestBin, 8);
}
