// First and second derivatives of the loss by the margin of each row, interleaved as f32[rows][2].
//
// All work on four rows at a time: `from` is a multiple of 4, and the arrays are padded to a multiple of 4 rows.
// Margins are f32[outputs][padded rows], targets f32[padded rows].

/** The least hessian, so that no sum of hessians is 0 where rows are. As xgboost has it. */
const LEAST: f32 = 1e-16;

/**
 * e^x in f32 to within 2 ulp, by S. Moshier's Cephes `expf`: x = n ln 2 + r, |r| <= ln 2 / 2, then a polynomial of
 * degree 7 in r; |x| is limited to 87, where 2^n is still a normal number.
 */
// @ts-ignore: decorator
@inline
function exp4(x: v128): v128 {
  x = f32x4.max(f32x4.min(x, f32x4.splat(87)), f32x4.splat(-87));
  const n = f32x4.nearest(f32x4.mul(x, f32x4.splat(1.44269504)));
  let r = f32x4.sub(x, f32x4.mul(n, f32x4.splat(0.693359375)));
  r = f32x4.add(r, f32x4.mul(n, f32x4.splat(2.12194440e-4)));
  let y = f32x4.splat(1.9875691500e-4);
  y = f32x4.add(f32x4.mul(y, r), f32x4.splat(1.3981999507e-3));
  y = f32x4.add(f32x4.mul(y, r), f32x4.splat(8.3334519073e-3));
  y = f32x4.add(f32x4.mul(y, r), f32x4.splat(4.1665795894e-2));
  y = f32x4.add(f32x4.mul(y, r), f32x4.splat(1.6666665459e-1));
  y = f32x4.add(f32x4.mul(y, r), f32x4.splat(5.0000001201e-1));
  y = f32x4.add(f32x4.add(f32x4.mul(y, f32x4.mul(r, r)), r), f32x4.splat(1));
  return f32x4.mul(y, i32x4.shl(i32x4.add(i32x4.trunc_sat_f32x4_s(n), i32x4.splat(127)), 23));
}

/** Stores gradient and hessian of four rows, starting at row `row`. */
// @ts-ignore: decorator
@inline
function storePairs(gradients: usize, row: usize, gradient: v128, hessian: v128): void {
  const pair = gradients + (row << 3);
  v128.store(pair, v128.shuffle<f32>(gradient, hessian, 0, 4, 1, 5));
  v128.store(pair, v128.shuffle<f32>(gradient, hessian, 2, 6, 3, 7), 16);
}

/** Squared error: margin - target, 1. */
export function squaredGradients(margins: usize, targets: usize, gradients: usize, from: usize, to: usize): void {
  for (let row = from; row < to; row += 4) {
    const target = v128.load(targets + (row << 2));
    storePairs(gradients, row, f32x4.sub(v128.load(margins + (row << 2)), target), f32x4.splat(1));
  }
}

/** Logistic loss of a target in [0, 1]: p - target, p (1 - p) with p = 1 / (1 + e^-margin). */
export function logisticGradients(margins: usize, targets: usize, gradients: usize, from: usize, to: usize): void {
  const one = f32x4.splat(1);
  for (let row = from; row < to; row += 4) {
    const target = v128.load(targets + (row << 2));
    const p = f32x4.div(one, f32x4.add(one, exp4(f32x4.neg(v128.load(margins + (row << 2))))));
    const hessian = f32x4.max(f32x4.mul(p, f32x4.sub(one, p)), f32x4.splat(LEAST));
    storePairs(gradients, row, f32x4.sub(p, target), hessian);
  }
}

/**
 * Cross entropy of the softmax over `outputs` margins; the target is the number of the class. For each class:
 * p - [target is the class], 2 p (1 - p). `gradients` is f32[outputs][stride][2], `stride` the padded number of rows.
 */
export function softmaxGradients(
  margins: usize, targets: usize, gradients: usize, from: usize, to: usize, outputs: usize, stride: usize,
): void {
  const one = f32x4.splat(1);
  const marginStep = stride << 2;
  const gradientStep = stride << 3;
  for (let row = from; row < to; row += 4) {
    const margin = margins + (row << 2);
    let largest = v128.load(margin);
    for (let o: usize = 1; o < outputs; o++) largest = f32x4.max(largest, v128.load(margin + o * marginStep));
    let sum = f32x4.splat(0);
    for (let o: usize = 0; o < outputs; o++)
      sum = f32x4.add(sum, exp4(f32x4.sub(v128.load(margin + o * marginStep), largest)));
    const target = v128.load(targets + (row << 2));
    for (let o: usize = 0; o < outputs; o++) {
      const p = f32x4.div(exp4(f32x4.sub(v128.load(margin + o * marginStep), largest)), sum);
      const isClass = v128.and(f32x4.eq(target, f32x4.splat(<f32>o)), one);
      const hessian = f32x4.max(f32x4.mul(f32x4.mul(f32x4.splat(2), p), f32x4.sub(one, p)), f32x4.splat(LEAST));
      storePairs(gradients + o * gradientStep, row, f32x4.sub(p, isClass), hessian);
    }
  }
}

/** Multiplies gradient and hessian of rows from … to-1 by their weights, f32[rows]. */
export function weighGradients(gradients: usize, weights: usize, from: usize, to: usize): void {
  for (let row = from; row < to; row++) {
    const pair = gradients + (row << 3);
    const weight = load<f32>(weights + (row << 2));
    store<f32>(pair, load<f32>(pair) * weight);
    store<f32>(pair, load<f32>(pair, 4) * weight, 4);
  }
}

/** Adds a leaf's value to the margin of every row at positions from … to-1 of the permutation. */
export function addToRows(margins: usize, permutation: usize, from: usize, to: usize, value: f32): void {
  for (let i = from; i < to; i++) {
    const margin = margins + (<usize>load<u32>(permutation + (i << 2)) << 2);
    store<f32>(margin, load<f32>(margin) + value);
  }
}

/**
 * Copies gradients (f32[rows][2]) to `target`, those of rows that are not drawn as 0: each is drawn with probability
 * `part`, by xgboost's generator (multiplicative congruential, 16807 modulo 2^63).
 */
export function sampleRows(gradients: usize, target: usize, rows: usize, part: f32, seed: u32): void {
  const limit = <f64>part;
  let state: u64 = seed == 0 ? 1 : <u64>seed;
  for (let row: usize = 0; row < rows; row++) {
    state = (state * 16807) & 0x7fffffffffffffff;
    const drawn = <f64>(state - 1) / 9223372036854775808.0 < limit;
    store<u64>(target + (row << 3), drawn ? load<u64>(gradients + (row << 3)) : 0);
  }
}
