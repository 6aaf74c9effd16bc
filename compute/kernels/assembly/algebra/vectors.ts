// A matrix times a vector, from either side, and Householder reflections. Matrices by rows, `stride` bytes apart.
import { addMultiple, dot, sumOf } from './triangular';

/** out[i] := row i · x, for `rows` rows of `length` numbers. */
export function matrixVector(matrix: usize, stride: usize, rows: usize, length: usize, x: usize, out: usize): void {
  const end = (length & ~1) << 3;
  let i: usize = 0;
  for (; i + 4 <= rows; i += 4) {
    const a0 = matrix + i * stride;
    const a1 = a0 + stride;
    const a2 = a1 + stride;
    const a3 = a2 + stride;
    let s0 = f64x2.splat(0);
    let s1 = s0;
    let s2 = s0;
    let s3 = s0;
    for (let k: usize = 0; k < end; k += 16) {
      const v = v128.load(x + k);
      s0 = f64x2.add(s0, f64x2.mul(v, v128.load(a0 + k)));
      s1 = f64x2.add(s1, f64x2.mul(v, v128.load(a1 + k)));
      s2 = f64x2.add(s2, f64x2.mul(v, v128.load(a2 + k)));
      s3 = f64x2.add(s3, f64x2.mul(v, v128.load(a3 + k)));
    }
    const last = length & 1 ? load<f64>(x + end) : 0;
    const at = out + (i << 3);
    store<f64>(at, sumOf(s0) + (length & 1 ? last * load<f64>(a0 + end) : 0));
    store<f64>(at, sumOf(s1) + (length & 1 ? last * load<f64>(a1 + end) : 0), 8);
    store<f64>(at, sumOf(s2) + (length & 1 ? last * load<f64>(a2 + end) : 0), 16);
    store<f64>(at, sumOf(s3) + (length & 1 ? last * load<f64>(a3 + end) : 0), 24);
  }
  for (; i < rows; i++) store<f64>(out + (i << 3), dot(x, matrix + i * stride, length));
}

/** out := out + the sum over i of factor[i] * row i, one row after the other. */
export function addRows(matrix: usize, stride: usize, rows: usize, length: usize, factors: usize, out: usize): void {
  const end = (length & ~1) << 3;
  let i: usize = 0;
  for (; i + 4 <= rows; i += 4) {
    const a0 = matrix + i * stride;
    const a1 = a0 + stride;
    const a2 = a1 + stride;
    const a3 = a2 + stride;
    const at = factors + (i << 3);
    const f0 = v128.load64_splat(at);
    const f1 = v128.load64_splat(at, 8);
    const f2 = v128.load64_splat(at, 16);
    const f3 = v128.load64_splat(at, 24);
    for (let k: usize = 0; k < end; k += 16) {
      let sum = f64x2.add(v128.load(out + k), f64x2.mul(f0, v128.load(a0 + k)));
      sum = f64x2.add(sum, f64x2.mul(f1, v128.load(a1 + k)));
      sum = f64x2.add(sum, f64x2.mul(f2, v128.load(a2 + k)));
      v128.store(out + k, f64x2.add(sum, f64x2.mul(f3, v128.load(a3 + k))));
    }
    if (length & 1)
      store<f64>(
        out + end,
        load<f64>(out + end) + load<f64>(at) * load<f64>(a0 + end) + load<f64>(at, 8) * load<f64>(a1 + end) +
          load<f64>(at, 16) * load<f64>(a2 + end) + load<f64>(at, 24) * load<f64>(a3 + end),
      );
  }
  for (; i < rows; i++) addMultiple(out, load<f64>(factors + (i << 3)), matrix + i * stride, length);
}

/**
 * Reflects `rows` rows of `length` numbers by I - factor * v v'. If `rests` is not 0, f64[rows] there becomes the sum of
 * squares of each reflected row without its first number.
 */
export function reflectRows(
  vector: usize, length: usize, factor: f64, matrix: usize, stride: usize, rows: usize, rests: usize,
): void {
  for (let i: usize = 0; i < rows; i++) {
    const row = matrix + i * stride;
    const along = factor == 0 ? 0 : factor * dot(row, vector, length);
    if (rests != 0) store<f64>(rests + (i << 3), subtractAndMeasure(row, along, vector, length));
    else if (along != 0) addMultiple(row, -along, vector, length);
  }
}

/** x := x - along * v; the sum of squares of what is then behind its first number. */
function subtractAndMeasure(x: usize, along: f64, v: usize, length: usize): f64 {
  store<f64>(x, load<f64>(x) - along * load<f64>(v));
  const end = length << 3;
  const factor = f64x2.splat(along);
  let sums = f64x2.splat(0);
  let more = sums;
  let k: usize = 8;
  for (; k + 32 <= end; k += 32) {
    const one = f64x2.sub(v128.load(x + k), f64x2.mul(factor, v128.load(v + k)));
    const other = f64x2.sub(v128.load(x + k, 16), f64x2.mul(factor, v128.load(v + k, 16)));
    v128.store(x + k, one);
    v128.store(x + k, other, 16);
    sums = f64x2.add(sums, f64x2.mul(one, one));
    more = f64x2.add(more, f64x2.mul(other, other));
  }
  let sum = sumOf(f64x2.add(sums, more));
  for (; k < end; k += 8) {
    const value = load<f64>(x + k) - along * load<f64>(v + k);
    store<f64>(x + k, value);
    sum += value * value;
  }
  return sum;
}
