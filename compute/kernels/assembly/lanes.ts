// Transcendental functions of two f64 lanes for the fits' inner loops. Each lane gives the bits that the scalar
// function in math.ts gives (exp), or its own to within 1 ulp (log1p), whatever stands in the other lane.

// @ts-ignore: decorator
@inline
function constant(value: f64): v128 {
  return f64x2.splat(value);
}

/** e^x for x in [-708, 0]; what is below counts as -708, whose exponential (3e-308) is as good as 0 to a sum. */
// @ts-ignore: decorator
@inline
export function expOfNegative(x: v128): v128 {
  const bounded = f64x2.max(x, constant(-708));
  const k = f64x2.nearest(f64x2.mul(bounded, constant(1.4426950408889634)));
  const high = f64x2.sub(bounded, f64x2.mul(k, constant(0.6931471803691238)));
  const low = f64x2.mul(k, constant(1.9082149292705877e-10));
  const r = f64x2.sub(high, low);
  const t = f64x2.mul(r, r);
  let c = f64x2.add(constant(-1.6533902205465252e-6), f64x2.mul(t, constant(4.1381367970572385e-8)));
  c = f64x2.add(constant(6.613756321437934e-5), f64x2.mul(t, c));
  c = f64x2.add(constant(-0.0027777777777015593), f64x2.mul(t, c));
  c = f64x2.add(constant(0.16666666666666602), f64x2.mul(t, c));
  c = f64x2.sub(r, f64x2.mul(t, c));
  const quotient = f64x2.div(f64x2.mul(r, c), f64x2.sub(constant(2), c));
  const y = f64x2.sub(constant(1), f64x2.sub(f64x2.sub(low, quotient), high));
  // Adding 2^52 puts the integer k + 1023 into the lowest bits of the sum, from where it becomes an exponent.
  const power = i64x2.shl(f64x2.add(k, constant(4503599627370496 + 1023)), 52);
  return f64x2.mul(y, power);
}

/** log(1 + u) for u in [0, 1]: as in math.ts, with 1 + u halved when it is above sqrt(2). */
// @ts-ignore: decorator
@inline
export function log1pOfUnit(u: v128): v128 {
  const above = f64x2.gt(u, constant(0.41421356237309503));
  const halved = f64x2.mul(f64x2.sub(u, constant(1)), constant(0.5));
  const f = v128.bitselect(halved, u, above);
  const k = v128.and(above, constant(1));
  const s = f64x2.div(f, f64x2.add(constant(2), f));
  const z = f64x2.mul(s, s);
  const w = f64x2.mul(z, z);
  let even = f64x2.add(constant(0.22222198432149784), f64x2.mul(w, constant(0.15313837699209373)));
  even = f64x2.mul(w, f64x2.add(constant(0.3999999999940942), f64x2.mul(w, even)));
  let odd = f64x2.add(constant(0.1818357216161805), f64x2.mul(w, constant(0.14798198605116586)));
  odd = f64x2.add(constant(0.2857142874366239), f64x2.mul(w, odd));
  odd = f64x2.mul(z, f64x2.add(constant(0.6666666666666735), f64x2.mul(w, odd)));
  const half = f64x2.mul(f64x2.mul(constant(0.5), f), f);
  const series = f64x2.add(
    f64x2.mul(s, f64x2.add(half, f64x2.add(even, odd))),
    f64x2.mul(k, constant(1.9082149292705877e-10)),
  );
  return f64x2.sub(f64x2.mul(k, constant(0.6931471803691238)), f64x2.sub(f64x2.sub(half, series), f));
}

/** The functions above over `count` pairs of numbers, for their tests. */
export function expOfNegativeMany(input: usize, count: usize, out: usize): void {
  for (let i: usize = 0; i < count << 4; i += 16) v128.store(out + i, expOfNegative(v128.load(input + i)));
}

export function log1pOfUnitMany(input: usize, count: usize, out: usize): void {
  for (let i: usize = 0; i < count << 4; i += 16) v128.store(out + i, log1pOfUnit(v128.load(input + i)));
}
