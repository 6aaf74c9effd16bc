// Transcendental functions with the same bits on every host: only +, -, *, / and bit casts, no tables.

const LN2_HIGH: f64 = 6.93147180369123816490e-1;
const LN2_LOW: f64 = 1.90821492927058770002e-10;

/** e^x to within 1 ulp: x = k ln 2 + r, |r| <= ln 2 / 2, then a rational approximation of e^r (Remez, degree 5 in r²). */
export function exp(x: f64): f64 {
  if (x != x) return x;
  if (x > 709.782712893384) return Infinity;
  if (x < -745.1332191019411) return 0;
  const k = nearest(x * 1.4426950408889634);
  const high = x - k * LN2_HIGH;
  const low = k * LN2_LOW;
  const r = high - low;
  const t = r * r;
  const c =
    r - t * (1.66666666666666019037e-1 + t * (-2.77777777770155933842e-3 + t * (6.61375632143793436117e-5 +
      t * (-1.65339022054652515390e-6 + t * 4.13813679705723846039e-8))));
  const y = 1 - (low - (r * c) / (2 - c) - high);
  // 2^k in two factors, so that subnormal results and k = 1024 come out right.
  const half = <i64>k >> 1;
  return y * powerOfTwo(half) * powerOfTwo(<i64>k - half);
}

function powerOfTwo(k: i64): f64 {
  return reinterpret<f64>((k + 1023) << 52);
}
