// Kernels of Gaussian processes: a program of f64 numbers, which is one node. A node is {operation, its length in numbers,
// what the operation needs}; nodes that it is made of come last. n inverse length scales are 1, or as many as features.
//
//   0 constant              {0, 3, value}
//   1 white noise           {1, 3, variance}, of a row with itself; 0 otherwise
//   2 rbf                   {2, 3 + n, n, inverse length scales[n]}            e^(-d²/2), d the scaled distance
//   3 Matérn                {3, 4 + n, 2 nu, n, inverse length scales[n]}      nu 1/2, 3/2 or 5/2
//   4 rational quadratic    {4, 4, length scale, alpha}                        (1 + d² / (2 alpha l²))^-alpha
//   5 exp sine squared      {5, 4, length scale, period}                       e^(-2 (sin(pi d / period) / l)²)
//   6 dot product           {6, 3, sigma0}                                     sigma0² + x·y
//   7 sum                   {7, length, node, node}
//   8 product               {8, length, node, node}
//   9 power                 {9, length, exponent, node}
//
// Rasmussen and Williams, "Gaussian Processes for Machine Learning" (2006), chapter 4; as scikit-learn parametrizes them.
import { exp, log1p } from '../math';
import { power } from './kernel-functions';

export const CONSTANT: u32 = 0;
export const WHITE: u32 = 1;
export const RBF: u32 = 2;
export const MATERN: u32 = 3;
export const RATIONAL_QUADRATIC: u32 = 4;
export const EXP_SINE_SQUARED: u32 = 5;
export const DOT_PRODUCT: u32 = 6;
export const SUM: u32 = 7;
export const PRODUCT: u32 = 8;
export const POWER: u32 = 9;

/** The kernel of rows x and y. `same`: whether they are one row, and not just equal. */
export function composite(node: usize, x: usize, y: usize, features: usize, same: bool): f64 {
  const operation = <u32>load<f64>(node);
  if (operation == SUM || operation == PRODUCT) {
    const first = composite(node + 16, x, y, features, same);
    const second = composite(node + 16 + (<usize>load<f64>(node, 24) << 3), x, y, features, same);
    return operation == SUM ? first + second : first * second;
  }
  const value = load<f64>(node, 16);
  if (operation == CONSTANT) return value;
  if (operation == WHITE) return same ? value : 0;
  if (operation == RBF) return exp(-0.5 * squaredDistance(node + 16, x, y, features));
  if (operation == MATERN) return matern(value, sqrt(squaredDistance(node + 24, x, y, features)));
  if (operation == DOT_PRODUCT) return value * value + product(x, y, features);
  if (operation == POWER) return power(composite(node + 24, x, y, features, same), value);
  const second = load<f64>(node, 24);
  const squares = squaredDifferences(x, y, features);
  if (operation == RATIONAL_QUADRATIC) return exp(-second * log1p(squares / (2 * second * value * value)));
  const sine = reducedHalfTurns(sqrt(squares) / second) / value;
  return exp(-2 * sine * sine);
}

function matern(twiceNu: f64, distance: f64): f64 {
  if (twiceNu == 1) return exp(-distance);
  if (twiceNu == 3) {
    const scaled = distance * 1.7320508075688772;
    return (1 + scaled) * exp(-scaled);
  }
  const scaled = distance * 2.23606797749979;
  return (1 + scaled + (scaled * scaled) / 3) * exp(-scaled);
}

/** `scales`: {n, inverse length scales[n]}. */
export function squaredDistance(scales: usize, x: usize, y: usize, features: usize): f64 {
  if (load<f64>(scales) == 1) {
    const scale = load<f64>(scales, 8);
    return squaredDifferences(x, y, features) * scale * scale;
  }
  let sum: f64 = 0;
  for (let f: usize = 0; f < features; f++) {
    const difference = (<f64>load<f32>(x + (f << 2)) - <f64>load<f32>(y + (f << 2))) * load<f64>(scales + (f << 3), 8);
    sum += difference * difference;
  }
  return sum;
}

export function squaredDifferences(x: usize, y: usize, features: usize): f64 {
  let sum: f64 = 0;
  for (let f: usize = 0; f < features << 2; f += 4) {
    const difference = <f64>load<f32>(x + f) - <f64>load<f32>(y + f);
    sum += difference * difference;
  }
  return sum;
}

function product(x: usize, y: usize, features: usize): f64 {
  let sum: f64 = 0;
  for (let f: usize = 0; f < features << 2; f += 4) sum += <f64>load<f32>(x + f) * <f64>load<f32>(y + f);
  return sum;
}

/**
 * sin(pi t) of the part of t beyond the nearest integer, which is that of t up to its sign; by the Taylor series, whose
 * last term is below 1e-19.
 */
export function reducedHalfTurns(t: f64): f64 {
  const angle = (t - nearest(t)) * 3.141592653589793;
  const square = angle * angle;
  let term = angle;
  let sum = angle;
  for (let i: f64 = 2; i < 24; i += 2) {
    term *= -square / (i * (i + 1));
    sum += term;
  }
  return sum;
}
