// One-sided Jacobi rotations (Hestenes 1958): rows of a matrix are rotated in pairs until all are orthogonal.
import { sumOf } from './triangular';

/**
 * Makes the rows of two ranges orthogonal pair by pair: each of `first` … `first` + `count` - 1 with each of `second` …
 * `second` + `secondCount` - 1, or, if both ranges are the same, each with those after it. A pair counts as orthogonal when
 * its cosine is at most `tolerance`. Rows of `length` numbers, a multiple of 2; the same rotations are applied to the rows
 * of a second matrix, of `moreLength` numbers, if `more` is not 0. Adds the number of rotations to f64 at `out`.
 */
export function orthogonalizeRows(
  matrix: usize, stride: usize, length: usize, first: usize, count: usize, second: usize, secondCount: usize,
  tolerance: f64, more: usize, moreStride: usize, moreLength: usize, out: usize,
): void {
  let rotations: f64 = 0;
  for (let p = first; p < first + count; p++)
    for (let q = first == second ? p + 1 : second; q < second + secondCount; q++) {
      const x = matrix + p * stride;
      const y = matrix + q * stride;
      let xx = f64x2.splat(0);
      let yy = xx;
      let xy = xx;
      for (let k: usize = 0; k < length << 3; k += 16) {
        const a = v128.load(x + k);
        const b = v128.load(y + k);
        xx = f64x2.add(xx, f64x2.mul(a, a));
        yy = f64x2.add(yy, f64x2.mul(b, b));
        xy = f64x2.add(xy, f64x2.mul(a, b));
      }
      const a = sumOf(xx);
      const b = sumOf(yy);
      const g = sumOf(xy);
      if (!(abs(g) > tolerance * sqrt(a) * sqrt(b))) continue;
      // The smaller of the two angles for which the rotated rows are orthogonal.
      const zeta = (b - a) / (2 * g);
      const t = (zeta < 0 ? -1 : 1) / (abs(zeta) + sqrt(1 + zeta * zeta));
      const c = 1 / sqrt(1 + t * t);
      const s = c * t;
      rotate(x, y, length, c, s);
      if (more != 0) rotate(more + p * moreStride, more + q * moreStride, moreLength, c, s);
      rotations++;
    }
  store<f64>(out, load<f64>(out) + rotations);
}

function rotate(x: usize, y: usize, length: usize, c: f64, s: f64): void {
  const cosine = f64x2.splat(c);
  const sine = f64x2.splat(s);
  for (let k: usize = 0; k < length << 3; k += 16) {
    const a = v128.load(x + k);
    const b = v128.load(y + k);
    v128.store(x + k, f64x2.sub(f64x2.mul(cosine, a), f64x2.mul(sine, b)));
    v128.store(y + k, f64x2.add(f64x2.mul(sine, a), f64x2.mul(cosine, b)));
  }
}
