// Composite kernels (evaluate/composite.ts) of one row with up to 64 others at a time, for the fits of Gaussian processes.
// Features stand column after column in f64, `stride` bytes apart and padded to whole 64 bytes, so that neighbouring lanes
// are neighbouring rows.
//
// Each number of a program has 512 bytes of scratch, of which a node takes those of its first: the kernels of the pairs,
// how much a sum depends on them (composite-gradient.ts), and of a leaf the squared distances. Of one length scale, or
// none, these are not scaled.
import {
  CONSTANT,
  DOT_PRODUCT,
  MATERN,
  POWER,
  PRODUCT,
  RATIONAL_QUADRATIC,
  RBF,
  reducedHalfTurns,
  SUM,
  WHITE,
} from '../evaluate/composite';
import { power } from '../evaluate/kernel-functions';
import { expOfNegative } from '../lanes';
import { exp, log1p } from '../math';

export const PANEL_PAIRS: usize = 64;
export const SLOT_BYTES: usize = 512;

/** The scratch of the node that stands at `node`. */
// @ts-ignore: decorator
@inline
export function valuesOf(node: usize, program: usize, scratch: usize): usize {
  return scratch + ((node - program) << 6);
}

/** Where the second node of a sum or product stands. */
// @ts-ignore: decorator
@inline
export function secondOf(node: usize): usize {
  return node + 16 + (<usize>load<f64>(node, 24) << 3);
}

/** {n, inverse length scales[n]} of an RBF or Matérn node. */
// @ts-ignore: decorator
@inline
export function scalesOf(node: usize): usize {
  return node + (<u32>load<f64>(node) == RBF ? 16 : 24);
}

/** What squared distances are to be multiplied with, twice: one length scale has not been put on them. */
// @ts-ignore: decorator
@inline
export function commonScale(scales: usize): f64 {
  return load<f64>(scales) == 1 ? load<f64>(scales, 8) : 1;
}

/** Fills the scratch of a node for the pairs of `row` with `bytes` / 8 rows (a multiple of eight) from `start` on. */
export function evaluatePanel(
  node: usize, program: usize, scratch: usize, columns: usize, stride: usize, features: usize,
  row: usize, start: usize, bytes: usize,
): void {
  const operation = <u32>load<f64>(node);
  const out = valuesOf(node, program, scratch);
  if (operation == SUM || operation == PRODUCT) {
    const second = secondOf(node);
    evaluatePanel(node + 16, program, scratch, columns, stride, features, row, start, bytes);
    evaluatePanel(second, program, scratch, columns, stride, features, row, start, bytes);
    const a = valuesOf(node + 16, program, scratch);
    const b = valuesOf(second, program, scratch);
    for (let k: usize = 0; k < bytes; k += 16) {
      const x = v128.load(a + k);
      const y = v128.load(b + k);
      v128.store(out + k, operation == SUM ? f64x2.add(x, y) : f64x2.mul(x, y));
    }
    return;
  }
  const value = load<f64>(node, 16);
  if (operation == CONSTANT) {
    for (let k: usize = 0; k < bytes; k += 8) store<f64>(out + k, value);
  } else if (operation == WHITE) {
    memory.fill(out, 0, bytes);
    const own = (row - start) << 3;
    if (own < bytes) store<f64>(out + own, value);
  } else if (operation == DOT_PRODUCT) {
    for (let k: usize = 0; k < bytes; k += 16) {
      let sum = f64x2.splat(0);
      for (let f: usize = 0; f < features; f++) {
        const column = columns + f * stride;
        sum = f64x2.add(sum, f64x2.mul(v128.load64_splat(column + (row << 3)), v128.load(column + (start << 3) + k)));
      }
      v128.store(out + k, f64x2.add(f64x2.splat(value * value), sum));
    }
  } else if (operation == POWER) {
    evaluatePanel(node + 24, program, scratch, columns, stride, features, row, start, bytes);
    const base = valuesOf(node + 24, program, scratch);
    for (let k: usize = 0; k < bytes; k += 8) store<f64>(out + k, power(load<f64>(base + k), value));
  } else {
    const squares = out + 2 * SLOT_BYTES;
    if (operation == RBF || operation == MATERN) {
      const scales = scalesOf(node);
      const scaled: usize = load<f64>(scales) == 1 ? 0 : scales + 8;
      squaredDistances(columns, stride, features, row, start, bytes, scaled, squares);
      const scale = f64x2.splat(commonScale(scales));
      for (let k: usize = 0; k < bytes; k += 16) {
        const square = f64x2.mul(f64x2.mul(v128.load(squares + k), scale), scale);
        v128.store(
          out + k,
          operation == RBF
            ? expOfNegative(f64x2.mul(f64x2.splat(-0.5), square))
            : maternOf(value, f64x2.sqrt(square)),
        );
      }
      return;
    }
    const second = load<f64>(node, 24);
    squaredDistances(columns, stride, features, row, start, bytes, 0, squares);
    for (let k: usize = 0; k < bytes; k += 8) {
      const square = load<f64>(squares + k);
      if (operation == RATIONAL_QUADRATIC) store<f64>(out + k, exp(-second * log1p(square / (2 * second * value * value))));
      else {
        const sine = reducedHalfTurns(sqrt(square) / second) / value;
        store<f64>(out + k, exp(-2 * sine * sine));
      }
    }
  }
}

// @ts-ignore: decorator
@inline
function maternOf(twiceNu: f64, distance: v128): v128 {
  const scaled = f64x2.mul(distance, f64x2.splat(twiceNu == 1 ? 1 : twiceNu == 3 ? 1.7320508075688772 : 2.23606797749979));
  const fallen = expOfNegative(f64x2.neg(scaled));
  return twiceNu == 1 ? fallen : f64x2.mul(maternFactor(twiceNu, scaled), fallen);
}

/** What a Matérn kernel of 3/2 or 5/2 is, divided by the exponential, of a distance times the root of 2 nu. */
// @ts-ignore: decorator
@inline
export function maternFactor(twiceNu: f64, scaled: v128): v128 {
  const linear = f64x2.add(f64x2.splat(1), scaled);
  return twiceNu == 3 ? linear : f64x2.add(linear, f64x2.div(f64x2.mul(scaled, scaled), f64x2.splat(3)));
}

/** Features in order, each difference times its f64 at `scales` unless that is 0. */
function squaredDistances(
  columns: usize, stride: usize, features: usize, row: usize, start: usize, bytes: usize, scales: usize, out: usize,
): void {
  for (let k: usize = 0; k < bytes; k += 64) {
    let s0 = f64x2.splat(0);
    let s1 = s0;
    let s2 = s0;
    let s3 = s0;
    for (let f: usize = 0; f < features; f++) {
      const column = columns + f * stride;
      const others = column + (start << 3) + k;
      const x = v128.load64_splat(column + (row << 3));
      let d0 = f64x2.sub(x, v128.load(others));
      let d1 = f64x2.sub(x, v128.load(others, 16));
      let d2 = f64x2.sub(x, v128.load(others, 32));
      let d3 = f64x2.sub(x, v128.load(others, 48));
      if (scales) {
        const scale = v128.load64_splat(scales + (f << 3));
        d0 = f64x2.mul(d0, scale);
        d1 = f64x2.mul(d1, scale);
        d2 = f64x2.mul(d2, scale);
        d3 = f64x2.mul(d3, scale);
      }
      s0 = f64x2.add(s0, f64x2.mul(d0, d0));
      s1 = f64x2.add(s1, f64x2.mul(d1, d1));
      s2 = f64x2.add(s2, f64x2.mul(d2, d2));
      s3 = f64x2.add(s3, f64x2.mul(d3, d3));
    }
    v128.store(out + k, s0);
    v128.store(out + k, s1, 16);
    v128.store(out + k, s2, 32);
    v128.store(out + k, s3, 48);
  }
}

/**
 * Writes the kernels of each row i of `from` to `to` - 1 with the rows 0 … i to f64 numbers at `out` + i * `outStride`.
 * `scratch` has 512 bytes for each number of the program.
 */
export function compositeRows(
  program: usize, columns: usize, stride: usize, features: usize, from: usize, to: usize,
  out: usize, outStride: usize, scratch: usize,
): void {
  for (let row = from; row < to; row++)
    for (let start: usize = 0; start <= row; start += PANEL_PAIRS) {
      const count = min(PANEL_PAIRS, row + 1 - start);
      evaluatePanel(program, program, scratch, columns, stride, features, row, start, ((count + 7) & ~7) << 3);
      memory.copy(out + row * outStride + (start << 3), scratch, count << 3);
    }
}
