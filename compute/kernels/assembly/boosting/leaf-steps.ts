// Values of the leaves of a tree, whose rows are stretches of a permutation of all rows.
//
//   margins   f64[rows]      targets   f32[rows]
//   weights   f64[rows], or 0: all 1
import { expOfNegative } from '../lanes';

/** A row among the working numbers of binomialLeaf: margin, target, weight. */
const ROW_BYTES: usize = 24;

/**
 * The value of one leaf by `steps` steps along the log loss of targets in [0, 1], from 0 on: value -= gradients /
 * (divisors + lambda), where divisors are second derivatives with `newton` 1, else weights. f64 to `out`.
 *
 * `room` is f64[to - from + 1][3]: steps run through rows that lie together, two by two: both margins, targets, weights.
 */
export function binomialLeaf(
  margins: usize, targets: usize, weights: usize, permutation: usize, from: usize, to: usize,
  steps: u32, newton: i32, lambda: f64, room: usize, out: usize,
): void {
  const count = to - from;
  const end = room + ((count + 1) >> 1) * 2 * ROW_BYTES;
  for (let i: usize = 0; i < count; i++) {
    const row = <usize>load<u32>(permutation + ((from + i) << 2));
    const place = room + (i >> 1) * 2 * ROW_BYTES + ((i & 1) << 3);
    store<f64>(place, load<f64>(margins + (row << 3)));
    store<f64>(place, <f64>load<f32>(targets + (row << 2)), 16);
    store<f64>(place, weights ? load<f64>(weights + (row << 3)) : 1, 32);
  }
  // The second of the last two rows may be missing: it weighs nothing.
  if (count & 1) {
    store<f64>(end - 40, 0);
    store<f64>(end - 24, 0);
    store<f64>(end - 8, 0);
  }
  const one = f64x2.splat(1);
  let value: f64 = 0;
  for (let step: u32 = 0; step < steps; step++) {
    const moved = f64x2.splat(value);
    let gradients = f64x2.splat(0);
    let divisors = f64x2.splat(0);
    for (let place = room; place < end; place += 2 * ROW_BYTES) {
      const margin = f64x2.add(v128.load(place), moved);
      const target = v128.load(place, 16);
      const weight = v128.load(place, 32);
      // As in binomialLoss: neither probability is 1 less the other.
      const e = expOfNegative(f64x2.neg(f64x2.abs(margin)));
      const likelier = f64x2.div(one, f64x2.add(one, e));
      const other = f64x2.mul(e, likelier);
      const below = f64x2.lt(margin, f64x2.splat(0));
      const p = v128.bitselect(other, likelier, below);
      const q = v128.bitselect(likelier, other, below);
      const gradient = f64x2.sub(f64x2.mul(f64x2.sub(one, target), p), f64x2.mul(target, q));
      gradients = f64x2.add(gradients, f64x2.mul(weight, gradient));
      divisors = f64x2.add(divisors, newton ? f64x2.mul(weight, f64x2.mul(likelier, other)) : weight);
    }
    const divisor = f64x2.extract_lane(divisors, 0) + f64x2.extract_lane(divisors, 1) + lambda;
    if (divisor > 0) value -= (f64x2.extract_lane(gradients, 0) + f64x2.extract_lane(gradients, 1)) / divisor;
  }
  store<f64>(out, value);
}

/**
 * Adds to `out` (f64[2]) the sums over a leaf's rows of gradients and of divisors: with `newton` 1 second derivatives,
 * else weights. `gradients` is f32[rows][2].
 */
export function addDerivatives(
  gradients: usize, weights: usize, permutation: usize, from: usize, to: usize, newton: i32, out: usize,
): void {
  let sum = load<f64>(out);
  let divisor = load<f64>(out, 8);
  for (let i = from; i < to; i++) {
    const row = <usize>load<u32>(permutation + (i << 2));
    sum += <f64>load<f32>(gradients + (row << 3));
    if (newton) divisor += <f64>load<f32>(gradients + (row << 3), 4);
    else divisor += weights ? load<f64>(weights + (row << 3)) : 1;
  }
  store<f64>(out, sum);
  store<f64>(out, divisor, 8);
}

/** Of f64[count]: the sum of the values below a limit, and how many are not below it, both f64, to `out`. */
export function sumBelow(values: usize, count: usize, limit: f64, out: usize): void {
  let sum: f64 = 0;
  let others: usize = 0;
  for (let i: usize = 0; i < count; i++) {
    const value = load<f64>(values + (i << 3));
    // Without a branch, which would be mispredicted for many rows.
    const isBelow = value < limit;
    sum += select<f64>(value, 0, isBelow);
    others += <usize>!isBelow;
  }
  store<f64>(out, sum);
  store<f64>(out, <f64>others, 8);
}
