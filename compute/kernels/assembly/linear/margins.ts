// What losses of weighted sums share: a panel's margins, and the gradient from what is left over at each row.
import { PANEL_COLUMN_BYTES } from '../algebra/panel';

/** Bytes of the 16 rows that a tile covers: eight f64x2, whose sums do not wait for each other. */
const TILE: usize = 128;

/** intercept + sum of coefficient * value, features in order, for all 64 rows of a panel. */
export function panelMargins(panel: usize, features: usize, coefficients: usize, margins: usize): void {
  const intercept = v128.load64_splat(coefficients + (features << 3));
  for (let r: usize = 0; r < PANEL_COLUMN_BYTES; r += TILE) {
    let z0 = intercept;
    let z1 = intercept;
    let z2 = intercept;
    let z3 = intercept;
    let z4 = intercept;
    let z5 = intercept;
    let z6 = intercept;
    let z7 = intercept;
    let values = panel + r;
    for (let f: usize = 0; f < features; f++) {
      const coefficient = v128.load64_splat(coefficients + (f << 3));
      z0 = f64x2.add(z0, f64x2.mul(coefficient, v128.load(values)));
      z1 = f64x2.add(z1, f64x2.mul(coefficient, v128.load(values, 16)));
      z2 = f64x2.add(z2, f64x2.mul(coefficient, v128.load(values, 32)));
      z3 = f64x2.add(z3, f64x2.mul(coefficient, v128.load(values, 48)));
      z4 = f64x2.add(z4, f64x2.mul(coefficient, v128.load(values, 64)));
      z5 = f64x2.add(z5, f64x2.mul(coefficient, v128.load(values, 80)));
      z6 = f64x2.add(z6, f64x2.mul(coefficient, v128.load(values, 96)));
      z7 = f64x2.add(z7, f64x2.mul(coefficient, v128.load(values, 112)));
      values += PANEL_COLUMN_BYTES;
    }
    v128.store(margins + r, z0);
    v128.store(margins + r, z1, 16);
    v128.store(margins + r, z2, 32);
    v128.store(margins + r, z3, 48);
    v128.store(margins + r, z4, 64);
    v128.store(margins + r, z5, 80);
    v128.store(margins + r, z6, 96);
    v128.store(margins + r, z7, 112);
  }
}

/** Adds sum over rows of residual * value to f64[features + 1] at `out`; the intercept's value is 1. */
export function addGradient(panel: usize, features: usize, residuals: usize, out: usize): void {
  let f: usize = 0;
  for (; f + 4 <= features; f += 4) {
    let g0 = f64x2.splat(0);
    let g1 = g0;
    let g2 = g0;
    let g3 = g0;
    const column = panel + f * PANEL_COLUMN_BYTES;
    for (let r: usize = 0; r < PANEL_COLUMN_BYTES; r += 16) {
      const residual = v128.load(residuals + r);
      g0 = f64x2.add(g0, f64x2.mul(residual, v128.load(column + r)));
      g1 = f64x2.add(g1, f64x2.mul(residual, v128.load(column + r, 512)));
      g2 = f64x2.add(g2, f64x2.mul(residual, v128.load(column + r, 1024)));
      g3 = f64x2.add(g3, f64x2.mul(residual, v128.load(column + r, 1536)));
    }
    addLanes(out + (f << 3), g0);
    addLanes(out + (f << 3) + 8, g1);
    addLanes(out + (f << 3) + 16, g2);
    addLanes(out + (f << 3) + 24, g3);
  }
  for (; f < features; f++) {
    let g = f64x2.splat(0);
    const column = panel + f * PANEL_COLUMN_BYTES;
    for (let r: usize = 0; r < PANEL_COLUMN_BYTES; r += 16)
      g = f64x2.add(g, f64x2.mul(v128.load(residuals + r), v128.load(column + r)));
    addLanes(out + (f << 3), g);
  }
  let g = f64x2.splat(0);
  for (let r: usize = 0; r < PANEL_COLUMN_BYTES; r += 16) g = f64x2.add(g, v128.load(residuals + r));
  addLanes(out + (features << 3), g);
}

// @ts-ignore: decorator
@inline
export function addLanes(out: usize, lanes: v128): void {
  store<f64>(out, load<f64>(out) + (f64x2.extract_lane(lanes, 0) + f64x2.extract_lane(lanes, 1)));
}
