// Transcendental functions with the same bits on every host: only +, -, *, / and bit casts, no tables.
// The reductions and the polynomials' coefficients are those of Sun's FDLIBM (1993), whose errors are below 1 ulp.
// src/math.ts is the same in TypeScript; both must give the same bits.

const LN2_HIGH: f64 = 0.6931471803691238;
const LN2_LOW: f64 = 1.9082149292705877e-10;
const LOG2_E: f64 = 1.4426950408889634;

/** e^x: x = k ln 2 + r, |r| <= ln 2 / 2, then a rational approximation of e^r (Remez, degree 5 in r²). */
export function exp(x: f64): f64 {
  if (x != x) return x;
  if (x > 709.782712893384) return Infinity;
  if (x < -745.1332191019411) return 0;
  const k = nearest(x * LOG2_E);
  const high = x - k * LN2_HIGH;
  const low = k * LN2_LOW;
  const r = high - low;
  const t = r * r;
  const c =
    r - t * (0.16666666666666602 + t * (-0.0027777777777015593 + t * (6.613756321437934e-5 +
      t * (-1.6533902205465252e-6 + t * 4.1381367970572385e-8))));
  const y = 1 - (low - (r * c) / (2 - c) - high);
  // 2^k in two factors, so that subnormal results and k = 1024 come out right.
  const half = <i64>k >> 1;
  return y * powerOfTwo(half) * powerOfTwo(<i64>k - half);
}

function powerOfTwo(k: i64): f64 {
  return reinterpret<f64>((k + 1023) << 52);
}

/**
 * The natural logarithm: x = 2^k (1 + f) with 1 + f between sqrt(1/2) and sqrt(2), then log(1 + f) by `logarithm`.
 * 0 gives -Infinity, what is below gives NaN.
 */
export function log(x: f64): f64 {
  if (!(x > 0)) return x == 0 ? -Infinity : NaN;
  if (x == Infinity) return x;
  let k: i64 = 0;
  if (x < 2.2250738585072014e-308) {
    k = -54;
    x *= 18014398509481984;
  }
  const bits = reinterpret<u64>(x);
  const shift = exponentAbove(bits);
  return logarithm(<f64>(k + shift), reinterpret<f64>(bits - (shift << 52)) - 1, 0);
}

/** log(1 + x), exact to the last place or two also where 1 + x loses digits of x. -1 gives -Infinity, below gives NaN. */
export function log1p(x: f64): f64 {
  if (!(x > -1)) return x == -1 ? -Infinity : NaN;
  if (x == Infinity) return x;
  if (x > -0.2928932188134525 && x < 0.41421356237309503) return abs(x) < 5.551115123125783e-17 ? x : logarithm(0, x, 0);
  const u = 1 + x;
  // What rounding took from 1 + x, relative to it: log(u (1 + c)) = log u + c up to c² / 2.
  const c = (x >= 1 ? 1 - (u - x) : x - (u - 1)) / u;
  const bits = reinterpret<u64>(u);
  const shift = exponentAbove(bits);
  return logarithm(<f64>shift, reinterpret<f64>(bits - (shift << 52)) - 1, c);
}

/** The k for which the positive normal number with these bits, divided by 2^k, lies between sqrt(1/2) and sqrt(2). */
function exponentAbove(bits: u64): i64 {
  // 0x95f62 is what carries a mantissa from sqrt(2) on into the exponent.
  return (<i64>((bits >> 32) + 0x95f62) >> 20) - 1023;
}

/** k ln 2 + log(1 + f) + c: with s = f / (2 + f), log(1 + f) = 2 atanh(s) = f - f²/2 + s (f²/2 + R(s²)). */
function logarithm(k: f64, f: f64, c: f64): f64 {
  const s = f / (2 + f);
  const z = s * s;
  const w = z * z;
  const even = w * (0.3999999999940942 + w * (0.22222198432149784 + w * 0.15313837699209373));
  const odd =
    z * (0.6666666666666735 + w * (0.2857142874366239 + w * (0.1818357216161805 +
      w * 0.14798198605116586)));
  const half = 0.5 * f * f;
  return k * LN2_HIGH - (half - (s * (half + (even + odd)) + (k * LN2_LOW + c)) - f);
}

/** To within 2 ulp: by Lambert's continued fraction x / (1 + x² / (3 + x² / (5 + …))) near 0, else from e^(2x). */
export function tanh(x: f64): f64 {
  const size = abs(x);
  if (size < 0.55) {
    const t = x * x;
    return x / (1 + t / (3 + t / (5 + t / (7 + t / (9 + t / (11 + t / (13 + t / 15)))))));
  }
  if (size > 22) return copysign<f64>(1, x);
  return copysign(1 - 2 / (exp(2 * size) + 1), x);
}

/** The error function, to within 6 ulp: 2 / sqrt(pi) e^(-x²) (x + 2 x³ / 3 + 4 x⁵ / 15 + …), whose terms are all positive. */
export function erf(x: f64): f64 {
  if (abs(x) > 6) return copysign<f64>(1, x);
  const t = 2 * x * x;
  let term = x;
  let sum = x;
  for (let odd: f64 = 3; abs(term) > abs(sum) * 1e-17; odd += 2) {
    term *= t / odd;
    sum += term;
  }
  // x² in two parts, of which the square of a float32 is exact.
  const high = <f64>(<f32>x);
  return 1.1283791670955126 * sum * exp(-high * high) * exp(-(x - high) * (x + high));
}
