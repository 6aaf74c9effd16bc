// Products of dense matrices in f64, after Goto & van de Geijn, "Anatomy of high-performance matrix multiplication"
// (ACM TOMS 34:3, 2008): both factors are copied into slivers of four rows or columns, which are then read in sequence,
// and 4 × 4 numbers of the result are kept in registers. Strides are in bytes, and any stride will do for the factors,
// so that a transposed matrix is the same memory with its strides exchanged.

/** How much of the inner dimension is packed at a time: a sliver is 8 KiB, and a packed block stays in the second cache. */
const DEPTH: usize = 256;

const SLIVER: usize = 4;

/**
 * C := scale * A B, or C + scale * A B if `add` is not 0. A is rows × depth, B depth × columns, C rows × columns with
 * neighbours in a row side by side. Every number of C is a sum over the depth in ascending order, in parts of 256.
 * `scratch` is f64[(rows' + columns') * min(depth', 256) + 16], where ' rounds up to a multiple of 4.
 */
export function multiplyTile(
  rows: usize, columns: usize, depth: usize, a: usize, aRow: usize, aColumn: usize, b: usize, bRow: usize, bColumn: usize,
  c: usize, cRow: usize, scale: f64, add: u32, scratch: usize,
): void {
  const packedA = scratch + 128;
  const packedB = packedA + (((rows + 3) & ~3) * min(DEPTH, (depth + 3) & ~3) << 3);
  for (let start: usize = 0; start < depth || start == 0; start += DEPTH) {
    const part = min(DEPTH, depth - start);
    const padded = (part + 3) & ~3;
    pack(a + start * aColumn, rows, aRow, part, aColumn, packedA);
    pack(b + start * bRow, columns, bColumn, part, bRow, packedB);
    const adding = add != 0 || start > 0;
    for (let j: usize = 0; j < columns; j += SLIVER) {
      const sliverB = packedB + (j * padded << 3);
      for (let i: usize = 0; i < rows; i += SLIVER) {
        const sliverA = packedA + (i * padded << 3);
        const at = c + i * cRow + (j << 3);
        if (i + SLIVER <= rows && j + SLIVER <= columns) microTile(sliverA, sliverB, padded, at, cRow, scale, adding);
        else {
          microTile(sliverA, sliverB, padded, scratch, 32, scale, false);
          copyCorner(scratch, at, cRow, min(SLIVER, rows - i), min(SLIVER, columns - j), adding);
        }
      }
    }
  }
}

/**
 * Copies `lines` lines of `length` numbers into slivers of four lines, in which the four numbers at the same place stand
 * side by side. Lines are padded to a multiple of four, and their length as well, with zeros.
 */
function pack(source: usize, lines: usize, lineStride: usize, length: usize, stride: usize, out: usize): void {
  const padding = ((length + 3) & ~3) - length;
  for (let line: usize = 0; line < lines; line += SLIVER) {
    const present = min(SLIVER, lines - line);
    const first = source + line * lineStride;
    if (present == SLIVER && lineStride == 8) {
      for (let k: usize = 0; k < length; k++) {
        const from = first + k * stride;
        v128.store(out, v128.load(from));
        v128.store(out, v128.load(from, 16), 16);
        out += 32;
      }
    } else if (present == SLIVER) {
      const second = first + lineStride;
      const third = second + lineStride;
      const fourth = third + lineStride;
      for (let k: usize = 0; k < length; k++) {
        const offset = k * stride;
        store<f64>(out, load<f64>(first + offset));
        store<f64>(out, load<f64>(second + offset), 8);
        store<f64>(out, load<f64>(third + offset), 16);
        store<f64>(out, load<f64>(fourth + offset), 24);
        out += 32;
      }
    } else {
      for (let k: usize = 0; k < length; k++) {
        for (let l: usize = 0; l < SLIVER; l++)
          store<f64>(out + (l << 3), l < present ? load<f64>(first + l * lineStride + k * stride) : 0);
        out += 32;
      }
    }
    memory.fill(out, 0, padding << 5);
    out += padding << 5;
  }
}

/** 4 × 4 numbers of C, from slivers of `depth` (a multiple of 4) times four numbers. */
function microTile(a: usize, b: usize, depth: usize, c: usize, cRow: usize, scale: f64, adding: bool): void {
  let c00 = f64x2.splat(0);
  let c01 = c00;
  let c10 = c00;
  let c11 = c00;
  let c20 = c00;
  let c21 = c00;
  let c30 = c00;
  let c31 = c00;
  const end = a + (depth << 5);
  while (a < end) {
    let b0 = v128.load(b);
    let b1 = v128.load(b, 16);
    let x = v128.load64_splat(a);
    c00 = f64x2.add(c00, f64x2.mul(x, b0));
    c01 = f64x2.add(c01, f64x2.mul(x, b1));
    x = v128.load64_splat(a, 8);
    c10 = f64x2.add(c10, f64x2.mul(x, b0));
    c11 = f64x2.add(c11, f64x2.mul(x, b1));
    x = v128.load64_splat(a, 16);
    c20 = f64x2.add(c20, f64x2.mul(x, b0));
    c21 = f64x2.add(c21, f64x2.mul(x, b1));
    x = v128.load64_splat(a, 24);
    c30 = f64x2.add(c30, f64x2.mul(x, b0));
    c31 = f64x2.add(c31, f64x2.mul(x, b1));
    b0 = v128.load(b, 32);
    b1 = v128.load(b, 48);
    x = v128.load64_splat(a, 32);
    c00 = f64x2.add(c00, f64x2.mul(x, b0));
    c01 = f64x2.add(c01, f64x2.mul(x, b1));
    x = v128.load64_splat(a, 40);
    c10 = f64x2.add(c10, f64x2.mul(x, b0));
    c11 = f64x2.add(c11, f64x2.mul(x, b1));
    x = v128.load64_splat(a, 48);
    c20 = f64x2.add(c20, f64x2.mul(x, b0));
    c21 = f64x2.add(c21, f64x2.mul(x, b1));
    x = v128.load64_splat(a, 56);
    c30 = f64x2.add(c30, f64x2.mul(x, b0));
    c31 = f64x2.add(c31, f64x2.mul(x, b1));
    b0 = v128.load(b, 64);
    b1 = v128.load(b, 80);
    x = v128.load64_splat(a, 64);
    c00 = f64x2.add(c00, f64x2.mul(x, b0));
    c01 = f64x2.add(c01, f64x2.mul(x, b1));
    x = v128.load64_splat(a, 72);
    c10 = f64x2.add(c10, f64x2.mul(x, b0));
    c11 = f64x2.add(c11, f64x2.mul(x, b1));
    x = v128.load64_splat(a, 80);
    c20 = f64x2.add(c20, f64x2.mul(x, b0));
    c21 = f64x2.add(c21, f64x2.mul(x, b1));
    x = v128.load64_splat(a, 88);
    c30 = f64x2.add(c30, f64x2.mul(x, b0));
    c31 = f64x2.add(c31, f64x2.mul(x, b1));
    b0 = v128.load(b, 96);
    b1 = v128.load(b, 112);
    x = v128.load64_splat(a, 96);
    c00 = f64x2.add(c00, f64x2.mul(x, b0));
    c01 = f64x2.add(c01, f64x2.mul(x, b1));
    x = v128.load64_splat(a, 104);
    c10 = f64x2.add(c10, f64x2.mul(x, b0));
    c11 = f64x2.add(c11, f64x2.mul(x, b1));
    x = v128.load64_splat(a, 112);
    c20 = f64x2.add(c20, f64x2.mul(x, b0));
    c21 = f64x2.add(c21, f64x2.mul(x, b1));
    x = v128.load64_splat(a, 120);
    c30 = f64x2.add(c30, f64x2.mul(x, b0));
    c31 = f64x2.add(c31, f64x2.mul(x, b1));
    a += 128;
    b += 128;
  }
  const factor = f64x2.splat(scale);
  storeRow(c, factor, c00, c01, adding);
  storeRow(c + cRow, factor, c10, c11, adding);
  storeRow(c + 2 * cRow, factor, c20, c21, adding);
  storeRow(c + 3 * cRow, factor, c30, c31, adding);
}

// @ts-ignore: decorator
@inline
function storeRow(at: usize, factor: v128, low: v128, high: v128, adding: bool): void {
  let first = f64x2.mul(factor, low);
  let second = f64x2.mul(factor, high);
  if (adding) {
    first = f64x2.add(v128.load(at), first);
    second = f64x2.add(v128.load(at, 16), second);
  }
  v128.store(at, first);
  v128.store(at, second, 16);
}

/** The part of a tile that lies inside C. */
function copyCorner(tile: usize, c: usize, cRow: usize, rows: usize, columns: usize, adding: bool): void {
  for (let i: usize = 0; i < rows; i++)
    for (let j: usize = 0; j < columns; j++) {
      const at = c + i * cRow + (j << 3);
      const value = load<f64>(tile + (i << 5) + (j << 3));
      store<f64>(at, adding ? load<f64>(at) + value : value);
    }
}
