// Distances between rows of float32, in f64, features in order. What is compared and summed is the reduced distance, which
// orders rows as the distance does and is cheaper: no root is taken.
//
//   metric 0 euclidean  reduced: sum of squared differences
//          1 manhattan           sum of differences
//          2 chebyshev           largest difference
//          3 minkowski           sum of differences to the power p
//          4 cosine              1 - cosine of the angle; a row of zeros is at distance 1 from all
import { exp, log } from '../math';

export const EUCLIDEAN: u32 = 0;
export const MANHATTAN: u32 = 1;
export const CHEBYSHEV: u32 = 2;
export const MINKOWSKI: u32 = 3;
export const COSINE: u32 = 4;

/** x to the power p for x ≥ 0, p > 0. */
function power(x: f64, p: f64): f64 {
  return x == 0 ? 0 : exp(p * log(x));
}

/** The reduced distance of two rows. It may stop, with some value above `limit`, when it is known to be above. */
export function reducedDistance(metric: u32, p: f64, features: usize, one: usize, other: usize, limit: f64): f64 {
  if (metric == EUCLIDEAN) return squared(features, one, other, limit);
  if (metric == COSINE) return cosine(features, one, other);
  let sum: f64 = 0;
  for (let f: usize = 0; f < features << 2; f += 4) {
    const difference = abs(<f64>load<f32>(one + f) - <f64>load<f32>(other + f));
    if (metric == MANHATTAN) sum += difference;
    else if (metric == CHEBYSHEV) sum = max(sum, difference);
    else sum += power(difference, p);
  }
  return sum;
}

/** Differences whose squares are summed between two looks at the limit. */
const STRETCH: usize = 16 << 2;

function squared(features: usize, one: usize, other: usize, limit: f64): f64 {
  let sum: f64 = 0;
  const end = features << 2;
  for (let start: usize = 0; start < end; start += STRETCH) {
    const stop = min(start + STRETCH, end);
    for (let f = start; f < stop; f += 4) {
      const difference = <f64>load<f32>(one + f) - <f64>load<f32>(other + f);
      sum += difference * difference;
    }
    if (sum > limit) return sum;
  }
  return sum;
}

function cosine(features: usize, one: usize, other: usize): f64 {
  let product: f64 = 0;
  let ones: f64 = 0;
  let others: f64 = 0;
  for (let f: usize = 0; f < features << 2; f += 4) {
    const a = <f64>load<f32>(one + f);
    const b = <f64>load<f32>(other + f);
    product += a * b;
    ones += a * a;
    others += b * b;
  }
  return ones == 0 || others == 0 ? 1 : 1 - product / (sqrt(ones) * sqrt(others));
}

/** The least reduced distance of a row to any point of a box: f32[2][features], the lower corner and the upper. */
export function reducedDistanceToBox(metric: u32, p: f64, features: usize, row: usize, box: usize): f64 {
  let sum: f64 = 0;
  const upper = box + (features << 2);
  for (let f: usize = 0; f < features << 2; f += 4) {
    const value = <f64>load<f32>(row + f);
    const outside = max(max(<f64>load<f32>(box + f) - value, value - <f64>load<f32>(upper + f)), 0);
    if (metric == EUCLIDEAN) sum += outside * outside;
    else if (metric == MANHATTAN) sum += outside;
    else if (metric == CHEBYSHEV) sum = max(sum, outside);
    else sum += power(outside, p);
  }
  return sum;
}

/** From a reduced distance to the distance, and back. */
export function distanceOf(metric: u32, p: f64, reduced: f64): f64 {
  if (metric == EUCLIDEAN) return sqrt(reduced);
  return metric == MINKOWSKI ? power(reduced, 1 / p) : reduced;
}

export function reducedOf(metric: u32, p: f64, distance: f64): f64 {
  if (metric == EUCLIDEAN) return distance * distance;
  return metric == MINKOWSKI ? power(distance, p) : distance;
}
