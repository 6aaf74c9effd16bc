// Gram matrices: the inner products of all pairs of columns, in f64.
import { loadPanel, multiplyRows, PANEL_COLUMN_BYTES, PANEL_ROWS } from './panel';

/**
 * Adds to f64[count][count] at `out` the inner products of shifted and scaled columns over the rows first … last - 1.
 * `count` is even (repeat a column with the scale 0 to make it so). Only the 2 x 2 blocks on and above the diagonal
 * are written. Each row is multiplied by its factor, f64[last] at `factors`, unless that is 0; with the roots of the
 * rows' weights, these are the weighted products. `panel` is working memory, f64[count][64].
 */
export function gram(
  columns: usize, count: usize, shifts: usize, scales: usize, first: usize, last: usize,
  factors: usize, panel: usize, out: usize,
): void {
  for (let start = first; start < last; start += PANEL_ROWS) {
    const rows = min(PANEL_ROWS, last - start);
    loadPanel(columns, count, shifts, scales, start, rows, panel);
    if (factors) multiplyRows(panel, count, factors + (start << 3), rows);
    for (let a: usize = 0; a < count; a += 2) {
      const a0 = panel + a * PANEL_COLUMN_BYTES;
      for (let b = a; b < count; b += 2) {
        const b0 = panel + b * PANEL_COLUMN_BYTES;
        let s00 = f64x2.splat(0);
        let s01 = s00;
        let s10 = s00;
        let s11 = s00;
        for (let r: usize = 0; r < PANEL_COLUMN_BYTES; r += 16) {
          const u0 = v128.load(a0 + r);
          const u1 = v128.load(a0 + r, 512);
          const w0 = v128.load(b0 + r);
          const w1 = v128.load(b0 + r, 512);
          s00 = f64x2.add(s00, f64x2.mul(u0, w0));
          s01 = f64x2.add(s01, f64x2.mul(u0, w1));
          s10 = f64x2.add(s10, f64x2.mul(u1, w0));
          s11 = f64x2.add(s11, f64x2.mul(u1, w1));
        }
        const above = out + ((a * count + b) << 3);
        const below = above + (count << 3);
        v128.store(above, f64x2.add(v128.load(above), sumOfEach(s00, s01)));
        v128.store(below, f64x2.add(v128.load(below), sumOfEach(s10, s11)));
      }
    }
  }
}

/** The sum of the lanes of `x` and the sum of the lanes of `y`. */
// @ts-ignore: decorator
@inline
function sumOfEach(x: v128, y: v128): v128 {
  return f64x2.add(v128.shuffle<i64>(x, y, 0, 2), v128.shuffle<i64>(x, y, 1, 3));
}
