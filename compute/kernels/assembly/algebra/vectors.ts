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
    if (factor != 0) addMultiple(row, -factor * dot(row, vector, length), vector, length);
    if (rests != 0) {
      const rest = row + 8;
      store<f64>(rests + (i << 3), dot(rest, rest, length - 1));
    }
  }
}
