// Plane rotations of neighbouring rows, as the QL iteration makes them: many sweeps over a strip of columns at once, so
// that the strip stays in the cache, and the row that two rotations share stays in registers.

/** Bytes of a strip's part of a row: eight registers of two columns. */
const STRIP: usize = 128;

/**
 * Applies sweeps of rotations to `columns` columns (a multiple of 16) of the rows of a matrix. Sweep s rotates the rows
 * (i, i + 1) for i = u32 sweeps[2s] - 1 down to u32 sweeps[2s + 1]:
 *   row i + 1 := s * row i + c * row i + 1,  row i := c * row i - s * row i + 1
 * with c and s the next pair of f64 at `rotations`.
 */
export function rotateRows(
  matrix: usize, stride: usize, columns: usize, sweeps: usize, count: usize, rotations: usize,
): void {
  for (let column: usize = 0; column < columns; column += 16) {
    const strip = matrix + (column << 3);
    let next = rotations;
    for (let sweep: usize = 0; sweep < count; sweep++) {
      const top = <usize>load<u32>(sweeps + (sweep << 3));
      const bottom = <usize>load<u32>(sweeps + (sweep << 3), 4);
      next = rotateStrip(strip, stride, top, bottom, next);
    }
  }
}

function rotateStrip(strip: usize, stride: usize, top: usize, bottom: usize, rotation: usize): usize {
  let below = strip + top * stride;
  let x0 = v128.load(below);
  let x1 = v128.load(below, 16);
  let x2 = v128.load(below, 32);
  let x3 = v128.load(below, 48);
  let x4 = v128.load(below, 64);
  let x5 = v128.load(below, 80);
  let x6 = v128.load(below, 96);
  let x7 = v128.load(below, STRIP - 16);
  const last = strip + bottom * stride;
  while (below != last) {
    const above = below - stride;
    const c = v128.load64_splat(rotation);
    const s = v128.load64_splat(rotation, 8);
    let y = v128.load(above);
    v128.store(below, f64x2.add(f64x2.mul(s, y), f64x2.mul(c, x0)));
    x0 = f64x2.sub(f64x2.mul(c, y), f64x2.mul(s, x0));
    y = v128.load(above, 16);
    v128.store(below, f64x2.add(f64x2.mul(s, y), f64x2.mul(c, x1)), 16);
    x1 = f64x2.sub(f64x2.mul(c, y), f64x2.mul(s, x1));
    y = v128.load(above, 32);
    v128.store(below, f64x2.add(f64x2.mul(s, y), f64x2.mul(c, x2)), 32);
    x2 = f64x2.sub(f64x2.mul(c, y), f64x2.mul(s, x2));
    y = v128.load(above, 48);
    v128.store(below, f64x2.add(f64x2.mul(s, y), f64x2.mul(c, x3)), 48);
    x3 = f64x2.sub(f64x2.mul(c, y), f64x2.mul(s, x3));
    y = v128.load(above, 64);
    v128.store(below, f64x2.add(f64x2.mul(s, y), f64x2.mul(c, x4)), 64);
    x4 = f64x2.sub(f64x2.mul(c, y), f64x2.mul(s, x4));
    y = v128.load(above, 80);
    v128.store(below, f64x2.add(f64x2.mul(s, y), f64x2.mul(c, x5)), 80);
    x5 = f64x2.sub(f64x2.mul(c, y), f64x2.mul(s, x5));
    y = v128.load(above, 96);
    v128.store(below, f64x2.add(f64x2.mul(s, y), f64x2.mul(c, x6)), 96);
    x6 = f64x2.sub(f64x2.mul(c, y), f64x2.mul(s, x6));
    y = v128.load(above, 112);
    v128.store(below, f64x2.add(f64x2.mul(s, y), f64x2.mul(c, x7)), 112);
    x7 = f64x2.sub(f64x2.mul(c, y), f64x2.mul(s, x7));
    below = above;
    rotation += 16;
  }
  v128.store(below, x0);
  v128.store(below, x1, 16);
  v128.store(below, x2, 32);
  v128.store(below, x3, 48);
  v128.store(below, x4, 64);
  v128.store(below, x5, 80);
  v128.store(below, x6, 96);
  v128.store(below, x7, 112);
  return rotation;
}
