// Kernel functions of one row with many, and the steps of sequential minimal optimization over such rows.
//
// `tiles` is f32[tiles][features][16]: sixteen rows lie side by side, feature after feature, so that lanes are rows and
// no row's sum depends on where the row lies.
import { expOfNegative } from '../lanes';

const TILE_ROWS: usize = 16;
const TILE_BYTES: usize = 64;

const POLYNOMIAL: u32 = 1;
const RBF: u32 = 2;
const SIGMOID: u32 = 3;

/** Where the quadratic term of a step vanishes, as LIBSVM has it. */
const TAU: f64 = 1e-12;

/**
 * Writes f32[16] for each of the tiles first … last - 1 from `out` on (where tile 0's would stand): the kernel function
 * of `vector` (f64[features]) with their rows. `kind` is that of the evaluator block: 0 linear, 1 polynomial, 2 rbf, 3
 * sigmoid. `squares` is f64 for each row, its square length, and `square` that of `vector`. `scratch` is f64[16].
 */
export function kernelTiles(
  kind: u32, gamma: f64, coef0: f64, degree: u32, tiles: usize, features: usize, first: usize, last: usize,
  vector: usize, square: f64, squares: usize, scratch: usize, out: usize,
): void {
  const own = f64x2.splat(square);
  for (let tile = first; tile < last; tile++) {
    innerProducts(tiles + tile * features * TILE_BYTES, features, vector, scratch);
    const theirs = squares + tile * (TILE_ROWS << 3);
    const values = out + tile * TILE_BYTES;
    for (let r: usize = 0; r < TILE_ROWS << 3; r += 32) {
      let low = v128.load(scratch + r);
      let high = v128.load(scratch + r, 16);
      if (kind == RBF) {
        low = gaussian(gamma, f64x2.add(own, v128.load(theirs + r)), low);
        high = gaussian(gamma, f64x2.add(own, v128.load(theirs + r, 16)), high);
      } else if (kind == POLYNOMIAL) {
        low = power(affine(gamma, coef0, low), degree);
        high = power(affine(gamma, coef0, high), degree);
      } else if (kind == SIGMOID) {
        low = hyperbolicTangent(affine(gamma, coef0, low));
        high = hyperbolicTangent(affine(gamma, coef0, high));
      }
      const four = v128.shuffle<i64>(f32x4.demote_f64x2_zero(low), f32x4.demote_f64x2_zero(high), 0, 2);
      v128.store(values + (r >> 1), four);
    }
  }
}

/** Inner products of `vector` with the sixteen rows of one tile, features in order. */
// @ts-ignore: decorator
@inline
function innerProducts(tile: usize, features: usize, vector: usize, out: usize): void {
  let s0 = f64x2.splat(0);
  let s1 = s0;
  let s2 = s0;
  let s3 = s0;
  let s4 = s0;
  let s5 = s0;
  let s6 = s0;
  let s7 = s0;
  let at = tile;
  for (let f: usize = 0; f < features; f++) {
    const x = v128.load64_splat(vector + (f << 3));
    s0 = f64x2.add(s0, f64x2.mul(x, f64x2.promote_low_f32x4(v128.load64_zero(at))));
    s1 = f64x2.add(s1, f64x2.mul(x, f64x2.promote_low_f32x4(v128.load64_zero(at, 8))));
    s2 = f64x2.add(s2, f64x2.mul(x, f64x2.promote_low_f32x4(v128.load64_zero(at, 16))));
    s3 = f64x2.add(s3, f64x2.mul(x, f64x2.promote_low_f32x4(v128.load64_zero(at, 24))));
    s4 = f64x2.add(s4, f64x2.mul(x, f64x2.promote_low_f32x4(v128.load64_zero(at, 32))));
    s5 = f64x2.add(s5, f64x2.mul(x, f64x2.promote_low_f32x4(v128.load64_zero(at, 40))));
    s6 = f64x2.add(s6, f64x2.mul(x, f64x2.promote_low_f32x4(v128.load64_zero(at, 48))));
    s7 = f64x2.add(s7, f64x2.mul(x, f64x2.promote_low_f32x4(v128.load64_zero(at, 56))));
    at += TILE_BYTES;
  }
  v128.store(out, s0);
  v128.store(out, s1, 16);
  v128.store(out, s2, 32);
  v128.store(out, s3, 48);
  v128.store(out, s4, 64);
  v128.store(out, s5, 80);
  v128.store(out, s6, 96);
  v128.store(out, s7, 112);
}

/** exp(-gamma |x - y|²) from |x|² + |y|² and x·y; rounding may not make a distance negative. */
// @ts-ignore: decorator
@inline
function gaussian(gamma: f64, squares: v128, product: v128): v128 {
  const distance = f64x2.pmax(f64x2.sub(squares, f64x2.add(product, product)), f64x2.splat(0));
  return expOfNegative(f64x2.mul(f64x2.splat(-gamma), distance));
}

// @ts-ignore: decorator
@inline
function affine(gamma: f64, coef0: f64, product: v128): v128 {
  return f64x2.add(f64x2.mul(f64x2.splat(gamma), product), f64x2.splat(coef0));
}

/** By squaring; 1 for the exponent 0. */
function power(base: v128, exponent: u32): v128 {
  let result = f64x2.splat(1);
  let square = base;
  for (let left = exponent; left > 0; left >>= 1) {
    if (left & 1) result = f64x2.mul(result, square);
    square = f64x2.mul(square, square);
  }
  return result;
}

/** (1 - e) / (1 + e) with e = exp(-2 |x|), and the sign of x: right to 1e-16, absolutely. */
function hyperbolicTangent(x: v128): v128 {
  const e = expOfNegative(f64x2.mul(f64x2.abs(x), f64x2.splat(-2)));
  const one = f64x2.splat(1);
  const size = f64x2.div(f64x2.sub(one, e), f64x2.add(one, e));
  return v128.bitselect(size, x, i64x2.splat(0x7fffffffffffffff));
}

/**
 * The second variable of a step (Fan, Chen & Lin, JMLR 6, 2005: WSS 2): among those that may decrease and whose slope is
 * above `slope` of the first, the one that promises the most; the last of equals.
 *
 * `gradient`, `diagonal` are f64[count], `kernel` is f32[count], the first variable's row; `fixed` is f64[count], 0 for
 * variables that may decrease and -Infinity for others. `count` is even. Writes f64[3]: what it promises, its number or
 * -1, and the largest slope of all that may decrease.
 */
export function chooseSecond(
  gradient: usize, fixed: usize, diagonal: usize, kernel: usize, count: usize, slope: f64, own: f64, out: usize,
): void {
  const first = f64x2.splat(slope);
  const ownDiagonal = f64x2.splat(own);
  const zero = f64x2.splat(0);
  const two = i64x2.splat(2);
  let best = zero;
  let chosen = i64x2.splat(-1);
  let steepest = f64x2.splat(-Infinity);
  let number = i64x2(0, 1);
  for (let i: usize = 0; i < count; i += 2) {
    const theirs = f64x2.add(v128.load(gradient + (i << 3)), v128.load(fixed + (i << 3)));
    steepest = f64x2.pmax(steepest, theirs);
    const b = f64x2.sub(theirs, first);
    const k = f64x2.promote_low_f32x4(v128.load64_zero(kernel + (i << 2)));
    const curvature = f64x2.sub(f64x2.add(ownDiagonal, v128.load(diagonal + (i << 3))), f64x2.add(k, k));
    const gain = f64x2.div(f64x2.mul(b, b), f64x2.pmax(curvature, f64x2.splat(TAU)));
    const better = v128.and(f64x2.gt(b, zero), f64x2.ge(gain, best));
    best = v128.bitselect(gain, best, better);
    chosen = v128.bitselect(number, chosen, better);
    number = i64x2.add(number, two);
  }
  const left = f64x2.extract_lane(best, 0);
  const right = f64x2.extract_lane(best, 1);
  const leftChosen = i64x2.extract_lane(chosen, 0);
  const rightChosen = i64x2.extract_lane(chosen, 1);
  const takeRight = right > left || (right == left && rightChosen > leftChosen);
  store<f64>(out, takeRight ? right : left);
  store<f64>(out, <f64>(takeRight ? rightChosen : leftChosen), 8);
  store<f64>(out, max(f64x2.extract_lane(steepest, 0), f64x2.extract_lane(steepest, 1)), 16);
}

/**
 * Adds step * row of both variables of a step to the gradient, and finds the first variable of the next: the one with the
 * least slope among those that may increase, the last of equals. `fixed` is f64[count], 0 for those and Infinity for
 * others. `count` is even. Writes f64[2]: the slope, Infinity if there is none, and the number.
 */
export function moveAndChooseFirst(
  gradient: usize, fixed: usize, kernelI: usize, kernelJ: usize, count: usize, stepI: f64, stepJ: f64, out: usize,
): void {
  const byI = f64x2.splat(stepI);
  const byJ = f64x2.splat(stepJ);
  const two = i64x2.splat(2);
  let least = f64x2.splat(Infinity);
  let chosen = i64x2.splat(-1);
  let number = i64x2(0, 1);
  for (let i: usize = 0; i < count; i += 2) {
    const ki = f64x2.promote_low_f32x4(v128.load64_zero(kernelI + (i << 2)));
    const kj = f64x2.promote_low_f32x4(v128.load64_zero(kernelJ + (i << 2)));
    const change = f64x2.add(f64x2.mul(ki, byI), f64x2.mul(kj, byJ));
    const moved = f64x2.add(v128.load(gradient + (i << 3)), change);
    v128.store(gradient + (i << 3), moved);
    const slope = f64x2.add(moved, v128.load(fixed + (i << 3)));
    const less = f64x2.le(slope, least);
    least = v128.bitselect(slope, least, less);
    chosen = v128.bitselect(number, chosen, less);
    number = i64x2.add(number, two);
  }
  const left = f64x2.extract_lane(least, 0);
  const right = f64x2.extract_lane(least, 1);
  const leftChosen = i64x2.extract_lane(chosen, 0);
  const rightChosen = i64x2.extract_lane(chosen, 1);
  const takeRight = right < left || (right == left && rightChosen > leftChosen);
  store<f64>(out, takeRight ? right : left);
  store<f64>(out, <f64>(takeRight ? rightChosen : leftChosen), 8);
}
