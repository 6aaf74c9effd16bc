// Kernel functions k(x, y) of two rows of float32, in f64, features in order. `parameters` is f64[3]: gamma, coef0, degree.
//
//   0 linear          x·y                              4 laplacian       e^(-gamma |x - y|₁)
//   1 polynomial      (gamma x·y + coef0)^degree       5 cosine          x·y / (|x| |y|); 0 if one of them is 0
//   2 rbf             e^(-gamma |x - y|²)              6 chi2            e^(gamma additive)
//   3 sigmoid         tanh(gamma x·y + coef0)          7 additive chi2   -sum of (x - y)² / (x + y); 0 where x + y = 0
//   8 composite       composite.ts; `parameters` is its program
import { expOfNegative } from '../lanes';
import { exp, log, tanh } from '../math';
import { composite } from './composite';

export const LINEAR: u32 = 0;
export const POLYNOMIAL: u32 = 1;
export const RBF: u32 = 2;
export const SIGMOID: u32 = 3;
export const LAPLACIAN: u32 = 4;
export const COSINE: u32 = 5;
export const CHI2: u32 = 6;
export const ADDITIVE_CHI2: u32 = 7;
export const COMPOSITE: u32 = 8;

/** What is summed over the features. */
const PRODUCTS: u32 = 0;
const SQUARES: u32 = 1;
const DIFFERENCES: u32 = 2;
const RATIOS: u32 = 3;

// @ts-ignore: decorator
@inline
function term(measure: u32, x: f64, y: f64): f64 {
  if (measure == PRODUCTS) return x * y;
  const difference = x - y;
  if (measure == SQUARES) return difference * difference;
  if (measure == DIFFERENCES) return abs(difference);
  const sum = x + y;
  return sum == 0 ? 0 : (difference * difference) / sum;
}

/** The same for two vectors. */
// @ts-ignore: decorator
@inline
function terms(measure: u32, x: v128, y: v128): v128 {
  if (measure == PRODUCTS) return f64x2.mul(x, y);
  const difference = f64x2.sub(x, y);
  if (measure == SQUARES) return f64x2.mul(difference, difference);
  if (measure == DIFFERENCES) return f64x2.abs(difference);
  const sum = f64x2.add(x, y);
  const zero = f64x2.splat(0);
  return v128.bitselect(zero, f64x2.div(f64x2.mul(difference, difference), sum), f64x2.eq(sum, zero));
}

/** base^exponent; NaN where that is not real. Whole exponents up to 1024 are powers by multiplication. */
export function power(base: f64, exponent: f64): f64 {
  if (exponent >= 0 && exponent <= 1024 && floor(exponent) == exponent) {
    let result: f64 = 1;
    let square = base;
    for (let left = <u32>exponent; left > 0; left >>= 1) {
      if (left & 1) result *= square;
      square *= square;
    }
    return result;
  }
  return exp(exponent * log(base));
}

/** The kernel, from what was summed over the features. */
function kernelOf(kind: u32, parameters: usize, measure: f64, features: usize, row: usize, vector: usize): f64 {
  if (kind == LINEAR) return measure;
  if (kind == COSINE) {
    const norms = normOf(features, row) * normOf(features, vector);
    return norms == 0 ? 0 : measure / norms;
  }
  const gamma = load<f64>(parameters);
  if (kind == POLYNOMIAL) return power(gamma * measure + load<f64>(parameters, 8), load<f64>(parameters, 16));
  if (kind == SIGMOID) return tanh(gamma * measure + load<f64>(parameters, 8));
  if (kind == ADDITIVE_CHI2) return -measure;
  return exp(-gamma * measure);
}

function normOf(features: usize, row: usize): f64 {
  let sum: f64 = 0;
  for (let f: usize = 0; f < features << 2; f += 4) sum += <f64>load<f32>(row + f) * <f64>load<f32>(row + f);
  return sqrt(sum);
}

/**
 * The kernel of `row` with each of f32[count][features] at `vectors`. Adds them, times f64[count][scores] at `coefficients`,
 * to f64[scores] at `out`; without coefficients (0) writes them to f64[count] at `out`.
 */
export function kernelRow(
  kind: u32,
  parameters: usize,
  row: usize,
  features: usize,
  vectors: usize,
  count: usize,
  coefficients: usize,
  scores: usize,
  out: usize,
): void {
  if (kind == COMPOSITE) {
    for (let i: usize = 0; i < count; i++) {
      const vector = vectors + ((i * features) << 2);
      put(composite(parameters, row, vector, features, false), i, coefficients, scores, out);
    }
  } else if (kind == RBF) eachVector(kind, SQUARES, parameters, row, features, vectors, count, coefficients, scores, out);
  else if (kind == LAPLACIAN) eachVector(kind, DIFFERENCES, parameters, row, features, vectors, count, coefficients, scores, out);
  else if (kind == CHI2 || kind == ADDITIVE_CHI2)
    eachVector(kind, RATIOS, parameters, row, features, vectors, count, coefficients, scores, out);
  else eachVector(kind, PRODUCTS, parameters, row, features, vectors, count, coefficients, scores, out);
}

/** What to do with the kernel of vector i. */
function put(value: f64, i: usize, coefficients: usize, scores: usize, out: usize): void {
  if (coefficients == 0) {
    store<f64>(out + (i << 3), value);
    return;
  }
  const own = coefficients + ((i * scores) << 3);
  for (let s: usize = 0; s < scores << 3; s += 8) store<f64>(out + s, load<f64>(out + s) + load<f64>(own + s) * value);
}

// @ts-ignore: decorator
@inline
function promotedHigh(four: v128): v128 {
  return f64x2.promote_low_f32x4(v128.shuffle<i32>(four, four, 2, 3, 2, 3));
}

// @ts-ignore: decorator
@inline
function pair(low: usize, high: usize): v128 {
  return f64x2.replace_lane(f64x2.splat(<f64>load<f32>(low)), 1, <f64>load<f32>(high));
}

/** Whether both lanes are in the range of expOfNegative; not where one is NaN. */
// @ts-ignore: decorator
@inline
function isUsual(x: v128): bool {
  return v128.all_true<i64>(v128.and(f64x2.ge(x, f64x2.splat(-708)), f64x2.le(x, f64x2.splat(0))));
}

/** Four vectors at a time, because each sum is a chain of dependent additions; with SIMD, two lanes each. */
// @ts-ignore: decorator
@inline
function eachVector(
  kind: u32,
  measure: u32,
  parameters: usize,
  row: usize,
  features: usize,
  vectors: usize,
  count: usize,
  coefficients: usize,
  scores: usize,
  out: usize,
): void {
  const bytes = features << 2;
  let first = vectors;
  let i: usize = 0;
  for (; i + 4 <= count; i += 4) {
    const second = first + bytes;
    const third = second + bytes;
    const fourth = third + bytes;
    let a: f64 = 0;
    let b: f64 = 0;
    let c: f64 = 0;
    let d: f64 = 0;
    let f: usize = 0;
    if (ASC_FEATURE_SIMD) {
      let ab = f64x2.splat(0);
      let cd = ab;
      for (; f + 16 <= bytes; f += 16) {
        const x = v128.load(row + f);
        const v = v128.load(first + f);
        const w = v128.load(second + f);
        const y = v128.load(third + f);
        const z = v128.load(fourth + f);
        // Features 0 and 1 of a pair of vectors side by side, then 2 and 3.
        const vw = v128.shuffle<i32>(v, w, 0, 4, 1, 5);
        const yz = v128.shuffle<i32>(y, z, 0, 4, 1, 5);
        const vwNext = v128.shuffle<i32>(v, w, 2, 6, 3, 7);
        const yzNext = v128.shuffle<i32>(y, z, 2, 6, 3, 7);
        const x0 = f64x2.splat(<f64>f32x4.extract_lane(x, 0));
        const x1 = f64x2.splat(<f64>f32x4.extract_lane(x, 1));
        const x2 = f64x2.splat(<f64>f32x4.extract_lane(x, 2));
        const x3 = f64x2.splat(<f64>f32x4.extract_lane(x, 3));
        ab = f64x2.add(ab, terms(measure, x0, f64x2.promote_low_f32x4(vw)));
        cd = f64x2.add(cd, terms(measure, x0, f64x2.promote_low_f32x4(yz)));
        ab = f64x2.add(ab, terms(measure, x1, promotedHigh(vw)));
        cd = f64x2.add(cd, terms(measure, x1, promotedHigh(yz)));
        ab = f64x2.add(ab, terms(measure, x2, f64x2.promote_low_f32x4(vwNext)));
        cd = f64x2.add(cd, terms(measure, x2, f64x2.promote_low_f32x4(yzNext)));
        ab = f64x2.add(ab, terms(measure, x3, promotedHigh(vwNext)));
        cd = f64x2.add(cd, terms(measure, x3, promotedHigh(yzNext)));
      }
      for (; f < bytes; f += 4) {
        const x = f64x2.splat(<f64>load<f32>(row + f));
        ab = f64x2.add(ab, terms(measure, x, pair(first + f, second + f)));
        cd = f64x2.add(cd, terms(measure, x, pair(third + f, fourth + f)));
      }
      if (kind == RBF || kind == LAPLACIAN || kind == CHI2) {
        const factor = f64x2.splat(-load<f64>(parameters));
        ab = f64x2.mul(factor, ab);
        cd = f64x2.mul(factor, cd);
        if (isUsual(ab) && isUsual(cd)) {
          ab = expOfNegative(ab);
          cd = expOfNegative(cd);
        } else {
          ab = f64x2.replace_lane(f64x2.splat(exp(f64x2.extract_lane(ab, 0))), 1, exp(f64x2.extract_lane(ab, 1)));
          cd = f64x2.replace_lane(f64x2.splat(exp(f64x2.extract_lane(cd, 0))), 1, exp(f64x2.extract_lane(cd, 1)));
        }
        put(f64x2.extract_lane(ab, 0), i, coefficients, scores, out);
        put(f64x2.extract_lane(ab, 1), i + 1, coefficients, scores, out);
        put(f64x2.extract_lane(cd, 0), i + 2, coefficients, scores, out);
        put(f64x2.extract_lane(cd, 1), i + 3, coefficients, scores, out);
        first = fourth + bytes;
        continue;
      }
      a = f64x2.extract_lane(ab, 0);
      b = f64x2.extract_lane(ab, 1);
      c = f64x2.extract_lane(cd, 0);
      d = f64x2.extract_lane(cd, 1);
    }
    for (; f < bytes; f += 4) {
      const x = <f64>load<f32>(row + f);
      a += term(measure, x, <f64>load<f32>(first + f));
      b += term(measure, x, <f64>load<f32>(second + f));
      c += term(measure, x, <f64>load<f32>(third + f));
      d += term(measure, x, <f64>load<f32>(fourth + f));
    }
    put(kernelOf(kind, parameters, a, features, row, first), i, coefficients, scores, out);
    put(kernelOf(kind, parameters, b, features, row, second), i + 1, coefficients, scores, out);
    put(kernelOf(kind, parameters, c, features, row, third), i + 2, coefficients, scores, out);
    put(kernelOf(kind, parameters, d, features, row, fourth), i + 3, coefficients, scores, out);
    first = fourth + bytes;
  }
  for (; i < count; i++) {
    let a: f64 = 0;
    for (let f: usize = 0; f < bytes; f += 4) a += term(measure, <f64>load<f32>(row + f), <f64>load<f32>(first + f));
    put(kernelOf(kind, parameters, a, features, row, first), i, coefficients, scores, out);
    first += bytes;
  }
}
