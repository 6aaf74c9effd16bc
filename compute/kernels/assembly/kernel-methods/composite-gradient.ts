// Derivatives of composite kernels (evaluate/composite.ts) with respect to the numbers of their programs, for the fits of
// Gaussian processes: reverse accumulation, in which a node is told how much the sum depends on it, for a panel of pairs.
import { sumOf } from '../algebra/triangular';
import {
  commonScale,
  evaluatePanel,
  maternFactor,
  PANEL_PAIRS,
  scalesOf,
  secondOf,
  SLOT_BYTES,
  valuesOf,
} from './composite-panel';
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
import { exp, log1p } from '../math';

// @ts-ignore: decorator
@inline
function addAt(address: usize, value: f64): void {
  store<f64>(address, load<f64>(address) + value);
}

/**
 * Writes f64[length] at `out`, the derivatives, by the numbers of the program, of the sum over i from `from` to `to` - 1 and
 * j <= i of weight[i][j] * k(row i, row j), in which pairs with j < i count twice. `weights` are rows `weightStride` bytes
 * apart; columns and `scratch` as compositeRows takes them.
 */
export function compositeGradient(
  program: usize, length: usize, columns: usize, stride: usize, features: usize, weights: usize, weightStride: usize,
  from: usize, to: usize, scratch: usize, out: usize,
): void {
  memory.fill(out, 0, length << 3);
  for (let row = from; row < to; row++)
    for (let start: usize = 0; start <= row; start += PANEL_PAIRS) {
      const count = min(PANEL_PAIRS, row + 1 - start);
      const bytes = ((count + 7) & ~7) << 3;
      evaluatePanel(program, program, scratch, columns, stride, features, row, start, bytes);
      const own = weights + row * weightStride + (start << 3);
      const weight = scratch + SLOT_BYTES;
      for (let k: usize = 0; k < count << 3; k += 8) store<f64>(weight + k, 2 * load<f64>(own + k));
      memory.fill(weight + (count << 3), 0, bytes - (count << 3));
      if (row - start < count) store<f64>(weight + ((row - start) << 3), load<f64>(own + ((row - start) << 3)));
      accumulate(program, program, scratch, columns, stride, features, row, start, bytes, out);
    }
}

/** Adds the derivatives of the sum of weight * node to the numbers at `out` that stand in the place of the node's. */
function accumulate(
  node: usize, program: usize, scratch: usize, columns: usize, stride: usize, features: usize,
  row: usize, start: usize, bytes: usize, out: usize,
): void {
  const operation = <u32>load<f64>(node);
  const own = out + (node - program);
  const values = valuesOf(node, program, scratch);
  const weights = values + SLOT_BYTES;
  const value = load<f64>(node, 16);
  if (operation == SUM || operation == PRODUCT) {
    const first = node + 16;
    const second = secondOf(node);
    const a = valuesOf(first, program, scratch);
    const b = valuesOf(second, program, scratch);
    for (let k: usize = 0; k < bytes; k += 16) {
      const weight = v128.load(weights + k);
      v128.store(a + SLOT_BYTES + k, operation == SUM ? weight : f64x2.mul(weight, v128.load(b + k)));
      v128.store(b + SLOT_BYTES + k, operation == SUM ? weight : f64x2.mul(weight, v128.load(a + k)));
    }
    accumulate(first, program, scratch, columns, stride, features, row, start, bytes, out);
    accumulate(second, program, scratch, columns, stride, features, row, start, bytes, out);
  } else if (operation == POWER) {
    const base = valuesOf(node + 24, program, scratch);
    for (let k: usize = 0; k < bytes; k += 8)
      store<f64>(base + SLOT_BYTES + k, load<f64>(weights + k) * value * power(load<f64>(base + k), value - 1));
    accumulate(node + 24, program, scratch, columns, stride, features, row, start, bytes, out);
  } else if (operation == CONSTANT) addAt(own + 16, total(weights, bytes));
  else if (operation == WHITE) {
    if (row - start < bytes >> 3) addAt(own + 16, load<f64>(weights + ((row - start) << 3)));
  } else if (operation == DOT_PRODUCT) addAt(own + 16, 2 * value * total(weights, bytes));
  else if (operation == RBF || operation == MATERN) {
    const scales = scalesOf(node);
    const scale = f64x2.splat(commonScale(scales));
    const squares = values + 2 * SLOT_BYTES;
    for (let k: usize = 0; k < bytes; k += 16) {
      let slope = f64x2.neg(v128.load(values + k));
      if (operation == MATERN)
        slope = maternSlope(value, slope, f64x2.sqrt(f64x2.mul(f64x2.mul(v128.load(squares + k), scale), scale)));
      v128.store(weights + k, f64x2.mul(v128.load(weights + k), slope));
    }
    addScales(scales, own + (scales - node), squares, weights, columns, stride, features, row, start, bytes);
  } else {
    const second = load<f64>(node, 24);
    let ofFirst: f64 = 0;
    let ofSecond: f64 = 0;
    for (let k: usize = 0; k < bytes; k += 8) {
      const square = load<f64>(values + 2 * SLOT_BYTES + k);
      const kernel = load<f64>(weights + k) * load<f64>(values + k);
      if (operation == RATIONAL_QUADRATIC) {
        const t = square / (2 * second * value * value);
        ofFirst += (kernel * 2 * second * t) / (value * (1 + t));
        ofSecond += kernel * (t / (1 + t) - log1p(t));
      } else {
        // Of the reduced angle, whose cosine is not negative; sin cos is that of the whole angle.
        const turns = sqrt(square) / second;
        const sine = reducedHalfTurns(turns);
        const scaled = sine / value;
        ofFirst += (4 * kernel * scaled * scaled) / value;
        const cosine = sqrt(max<f64>(0, 1 - sine * sine));
        ofSecond += (4 * kernel * scaled * cosine * 3.141592653589793 * turns) / (value * second);
      }
    }
    addAt(own + 16, ofFirst);
    addAt(own + 24, ofSecond);
  }
}

function total(numbers: usize, bytes: usize): f64 {
  let sums = f64x2.splat(0);
  for (let k: usize = 0; k < bytes; k += 16) sums = f64x2.add(sums, v128.load(numbers + k));
  return sumOf(sums);
}

/** The derivative of a Matérn kernel by the distance, divided by the distance, from the kernel itself, negated. */
// @ts-ignore: decorator
@inline
function maternSlope(twiceNu: f64, negated: v128, distance: v128): v128 {
  // No finite slope at distance 0, where the derivative by a length scale is 0.
  if (twiceNu == 1) return v128.andnot(f64x2.div(negated, distance), f64x2.eq(distance, f64x2.splat(0)));
  const scaled = f64x2.mul(distance, f64x2.splat(twiceNu == 3 ? 1.7320508075688772 : 2.23606797749979));
  const fallen = f64x2.div(negated, maternFactor(twiceNu, scaled));
  if (twiceNu == 3) return f64x2.mul(f64x2.splat(3), fallen);
  return f64x2.mul(f64x2.mul(f64x2.splat(5 / 3.0), f64x2.add(f64x2.splat(1), scaled)), fallen);
}

/** The sum of `factors` times half the derivative of the squared distance by each inverse length scale. */
function addScales(
  scales: usize, out: usize, squares: usize, factors: usize, columns: usize, stride: usize, features: usize,
  row: usize, start: usize, bytes: usize,
): void {
  if (load<f64>(scales) == 1) {
    let sums = f64x2.splat(0);
    for (let k: usize = 0; k < bytes; k += 16)
      sums = f64x2.add(sums, f64x2.mul(v128.load(factors + k), v128.load(squares + k)));
    addAt(out + 8, sumOf(sums) * load<f64>(scales, 8));
    return;
  }
  for (let f: usize = 0; f < features; f++) {
    const column = columns + f * stride;
    const x = v128.load64_splat(column + (row << 3));
    let sums = f64x2.splat(0);
    for (let k: usize = 0; k < bytes; k += 16) {
      const difference = f64x2.sub(x, v128.load(column + (start << 3) + k));
      sums = f64x2.add(sums, f64x2.mul(v128.load(factors + k), f64x2.mul(difference, difference)));
    }
    addAt(out + (f << 3) + 8, sumOf(sums) * load<f64>(scales + (f << 3), 8));
  }
}
