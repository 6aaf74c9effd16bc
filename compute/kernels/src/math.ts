/**
 * Transcendental functions with the same bits on every host; `Math.exp` and its kin may differ between engines.
 * The same as assembly/math.ts, operation by operation: what it does and why is said there.
 */
const LN2_HIGH = 0.6931471803691238;
const LN2_LOW = 1.9082149292705877e-10;

/** Adding and taking away 1.5 * 2^52 leaves the nearest integer, halves to even, as the instruction f64.nearest does. */
const ROUNDER = 6755399441055744;

const cast = new DataView(new ArrayBuffer(8));

function highWord(x: number): number {
  cast.setFloat64(0, x);
  return cast.getUint32(0);
}

/** x / 2^k for a normal result, by its exponent bits. */
function scaleDown(x: number, k: number): number {
  cast.setFloat64(0, x);
  cast.setUint32(0, cast.getUint32(0) - (k << 20));
  return cast.getFloat64(0);
}

function powerOfTwo(k: number): number {
  cast.setUint32(0, (k + 1023) << 20);
  cast.setUint32(4, 0);
  return cast.getFloat64(0);
}

/** e^x, to within 1 ulp. */
export function exp(x: number): number {
  if (Number.isNaN(x)) return x;
  if (x > 709.782712893384) return Infinity;
  if (x < -745.1332191019411) return 0;
  const k = x * Math.LOG2E + ROUNDER - ROUNDER;
  const high = x - k * LN2_HIGH;
  const low = k * LN2_LOW;
  const r = high - low;
  const t = r * r;
  const c =
    r -
    t *
      (0.16666666666666602 +
        t *
          (-0.0027777777777015593 +
            t * (6.613756321437934e-5 + t * (-1.6533902205465252e-6 + t * 4.1381367970572385e-8))));
  const y = 1 - (low - (r * c) / (2 - c) - high);
  const half = k >> 1;
  return y * powerOfTwo(half) * powerOfTwo(k - half);
}

/** The natural logarithm, to within 1 ulp. 0 gives -Infinity, what is below gives NaN. */
export function log(x: number): number {
  if (!(x > 0)) return x === 0 ? -Infinity : Number.NaN;
  if (x === Infinity) return x;
  const subnormal = x < 2.2250738585072014e-308;
  const normal = subnormal ? x * 18014398509481984 : x;
  const shift = exponentAbove(normal);
  return logarithm((subnormal ? -54 : 0) + shift, scaleDown(normal, shift) - 1, 0);
}

/** log(1 + x), to within 1 ulp. -1 gives -Infinity, what is below gives NaN. */
export function log1p(x: number): number {
  if (!(x > -1)) return x === -1 ? -Infinity : Number.NaN;
  if (x === Infinity) return x;
  if (x > -0.2928932188134525 && x < 0.41421356237309503)
    return Math.abs(x) < 5.551115123125783e-17 ? x : logarithm(0, x, 0);
  const u = 1 + x;
  const c = (x >= 1 ? 1 - (u - x) : x - (u - 1)) / u;
  const shift = exponentAbove(u);
  return logarithm(shift, scaleDown(u, shift) - 1, c);
}

function exponentAbove(x: number): number {
  return ((highWord(x) + 0x95f62) >> 20) - 1023;
}

function logarithm(k: number, f: number, c: number): number {
  const s = f / (2 + f);
  const z = s * s;
  const w = z * z;
  const even = w * (0.3999999999940942 + w * (0.22222198432149784 + w * 0.15313837699209373));
  const odd = z * (0.6666666666666735 + w * (0.2857142874366239 + w * (0.1818357216161805 + w * 0.14798198605116586)));
  const half = 0.5 * f * f;
  return k * LN2_HIGH - (half - (s * (half + (even + odd)) + (k * LN2_LOW + c)) - f);
}

/** The hyperbolic tangent, to within 2 ulp. */
export function tanh(x: number): number {
  const size = Math.abs(x);
  if (size < 0.55) {
    const t = x * x;
    return x / (1 + t / (3 + t / (5 + t / (7 + t / (9 + t / (11 + t / (13 + t / 15)))))));
  }
  if (size > 22) return Math.sign(x);
  return Math.sign(x) * (1 - 2 / (exp(2 * size) + 1));
}

/** The error function, to within 6 ulp. */
export function erf(x: number): number {
  if (Math.abs(x) > 6) return Math.sign(x);
  const t = 2 * x * x;
  let term = x;
  let sum = x;
  for (let odd = 3; Math.abs(term) > Math.abs(sum) * 1e-17; odd += 2) {
    term *= t / odd;
    sum += term;
  }
  const high = Math.fround(x);
  return 1.1283791670955126 * sum * exp(-high * high) * exp(-(x - high) * (x + high));
}
