// Derivatives of composite kernels (evaluate/composite.ts) with respect to the numbers of their programs, for the fits of
// Gaussian processes: reverse accumulation, in which a node is told how much the sum depends on it.
import {
  composite,
  CONSTANT,
  DOT_PRODUCT,
  MATERN,
  POWER,
  PRODUCT,
  RATIONAL_QUADRATIC,
  RBF,
  reducedHalfTurns,
  squaredDifferences,
  squaredDistance,
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
 * j <= i of weight[i][j] * k(row i, row j), in which pairs with j < i count twice. `weights` are rows `stride` bytes apart.
 */
export function compositeGradient(
  program: usize,
  length: usize,
  rows: usize,
  features: usize,
  weights: usize,
  stride: usize,
  from: usize,
  to: usize,
  out: usize,
): void {
  memory.fill(out, 0, length << 3);
  const bytes = features << 2;
  for (let i = from; i < to; i++) {
    const x = rows + i * bytes;
    const own = weights + i * stride;
    for (let j: usize = 0; j < i; j++)
      accumulate(program, program, x, rows + j * bytes, features, false, 2 * load<f64>(own + (j << 3)), out);
    accumulate(program, program, x, x, features, true, load<f64>(own + (i << 3)), out);
  }
}

/** Adds the derivatives of weight * node to the numbers at `out` that stand in the place of the node's. */
function accumulate(
  node: usize,
  program: usize,
  x: usize,
  y: usize,
  features: usize,
  same: bool,
  weight: f64,
  out: usize,
): void {
  const operation = <u32>load<f64>(node);
  const own = out + (node - program);
  const value = load<f64>(node, 16);
  if (operation == SUM || operation == PRODUCT) {
    const first = node + 16;
    const second = first + (<usize>load<f64>(node, 24) << 3);
    const product = operation == PRODUCT;
    const ofFirst = product ? weight * composite(second, x, y, features, same) : weight;
    const ofSecond = product ? weight * composite(first, x, y, features, same) : weight;
    accumulate(first, program, x, y, features, same, ofFirst, out);
    accumulate(second, program, x, y, features, same, ofSecond, out);
  } else if (operation == POWER) {
    const base = composite(node + 24, x, y, features, same);
    accumulate(node + 24, program, x, y, features, same, weight * value * power(base, value - 1), out);
  } else if (operation == CONSTANT) addAt(own + 16, weight);
  else if (operation == WHITE) addAt(own + 16, same ? weight : 0);
  else if (operation == DOT_PRODUCT) addAt(own + 16, weight * 2 * value);
  else if (operation == RBF) {
    const kernel = exp(-0.5 * squaredDistance(node + 16, x, y, features));
    addScales(node + 16, own + 16, x, y, features, -weight * kernel);
  } else if (operation == MATERN) {
    const distance = sqrt(squaredDistance(node + 24, x, y, features));
    addScales(node + 24, own + 24, x, y, features, weight * maternSlope(value, distance));
  } else {
    const second = load<f64>(node, 24);
    const squares = squaredDifferences(x, y, features);
    if (operation == RATIONAL_QUADRATIC) {
      const t = squares / (2 * second * value * value);
      const kernel = weight * exp(-second * log1p(t));
      addAt(own + 16, (kernel * 2 * second * t) / (value * (1 + t)));
      addAt(own + 24, kernel * (t / (1 + t) - log1p(t)));
    } else {
      // Of the reduced angle, whose cosine is not negative; sin cos is that of the whole angle.
      const turns = sqrt(squares) / second;
      const sine = reducedHalfTurns(turns);
      const scaled = sine / value;
      const kernel = weight * exp(-2 * scaled * scaled) * 4;
      addAt(own + 16, (kernel * scaled * scaled) / value);
      const cosine = sqrt(max<f64>(0, 1 - sine * sine));
      addAt(own + 24, (kernel * scaled * cosine * 3.141592653589793 * turns) / (value * second));
    }
  }
}

/** The derivative of a Matérn kernel by the distance, divided by the distance. */
function maternSlope(twiceNu: f64, distance: f64): f64 {
  if (twiceNu == 1) return distance == 0 ? 0 : -exp(-distance) / distance;
  if (twiceNu == 3) return -3 * exp(-1.7320508075688772 * distance);
  const scaled = 2.23606797749979 * distance;
  return (-5 / 3.0) * (1 + scaled) * exp(-scaled);
}

/** `factor` times half the derivative of the squared distance by each inverse length scale. */
function addScales(scales: usize, out: usize, x: usize, y: usize, features: usize, factor: f64): void {
  if (load<f64>(scales) == 1) {
    addAt(out + 8, factor * squaredDifferences(x, y, features) * load<f64>(scales, 8));
    return;
  }
  for (let f: usize = 0; f < features; f++) {
    const difference = <f64>load<f32>(x + (f << 2)) - <f64>load<f32>(y + (f << 2));
    addAt(out + (f << 3) + 8, factor * difference * difference * load<f64>(scales + (f << 3), 8));
  }
}

/** Writes the kernel of each of `count` rows with itself to f64 numbers at `out`, `stride` bytes apart. */
export function compositeDiagonal(program: usize, rows: usize, features: usize, count: usize, out: usize, stride: usize): void {
  for (let i: usize = 0; i < count; i++) {
    const row = rows + ((i * features) << 2);
    store<f64>(out + i * stride, composite(program, row, row, features, true));
  }
}
