// First and second derivatives of losses by margins in f64, rounded to f32 pairs: the gradients of growers.
//
//   margins    f64[outputs][stride]     targets   f32[rows]
//   weights    f64[rows], or 0: all 1   gradients f32[outputs][stride][2]
//
// Each function works on rows from … to-1.
import { expOfNegative } from '../lanes';
import { exp } from '../math';

// @ts-ignore: decorator
@inline
function storePair(gradients: usize, row: usize, weights: usize, gradient: f64, hessian: f64): void {
  const weight: f64 = weights ? load<f64>(weights + (row << 3)) : 1;
  const pair = gradients + (row << 3);
  store<f32>(pair, <f32>(weight * gradient));
  store<f32>(pair, <f32>(weight * hessian), 4);
}

/** (margin - target)² / 2. */
export function squaredLoss(
  margins: usize, targets: usize, weights: usize, gradients: usize, from: usize, to: usize,
): void {
  for (let row = from; row < to; row++)
    storePair(gradients, row, weights, load<f64>(margins + (row << 3)) - <f64>load<f32>(targets + (row << 2)), 1);
}

/** |margin - target|, with 1 for the second derivative, which is 0. */
export function absoluteLoss(
  margins: usize, targets: usize, weights: usize, gradients: usize, from: usize, to: usize,
): void {
  for (let row = from; row < to; row++) {
    const above = load<f64>(margins + (row << 3)) > <f64>load<f32>(targets + (row << 2));
    storePair(gradients, row, weights, above ? 1 : -1, 1);
  }
}

/** Quantile loss: `quantile` (target - margin) where that is positive, else (1 - `quantile`) (margin - target). */
export function pinballLoss(
  margins: usize, targets: usize, weights: usize, gradients: usize, from: usize, to: usize, quantile: f64,
): void {
  for (let row = from; row < to; row++) {
    const below = <f64>load<f32>(targets + (row << 2)) >= load<f64>(margins + (row << 3));
    storePair(gradients, row, weights, below ? -quantile : 1 - quantile, 1);
  }
}

/** Half the Poisson deviance with a logarithmic link: e^margin - target * margin. */
export function poissonLoss(
  margins: usize, targets: usize, weights: usize, gradients: usize, from: usize, to: usize,
): void {
  for (let row = from; row < to; row++) {
    const mean = exp(load<f64>(margins + (row << 3)));
    storePair(gradients, row, weights, mean - <f64>load<f32>(targets + (row << 2)), mean);
  }
}

/** Log loss of a target in [0, 1]: log(1 + e^margin) - target * margin. Two rows at a time. */
export function binomialLoss(
  margins: usize, targets: usize, weights: usize, gradients: usize, from: usize, to: usize,
): void {
  for (let row = from; row < to; row += 2) {
    const both = row + 1 < to;
    const margin = both
      ? v128.load(margins + (row << 3))
      : f64x2.replace_lane(f64x2.splat(0), 0, load<f64>(margins + (row << 3)));
    // With e = e^-|margin|, the likelier class has the probability 1 / (1 + e), the other one e / (1 + e): neither is
    // 1 less the other, which would lose the digits of small gradients.
    const e = expOfNegative(f64x2.neg(f64x2.abs(margin)));
    const one = f64x2.splat(1);
    const sum = f64x2.add(one, e);
    const below = f64x2.lt(margin, f64x2.splat(0));
    const p = f64x2.div(v128.bitselect(e, one, below), sum);
    const q = f64x2.div(v128.bitselect(one, e, below), sum);
    const hessian = f64x2.div(e, f64x2.mul(sum, sum));
    storeBinomial(gradients, row, targets, weights, f64x2.extract_lane(p, 0), f64x2.extract_lane(q, 0),
      f64x2.extract_lane(hessian, 0));
    if (both)
      storeBinomial(gradients, row + 1, targets, weights, f64x2.extract_lane(p, 1), f64x2.extract_lane(q, 1),
        f64x2.extract_lane(hessian, 1));
  }
}

// @ts-ignore: decorator
@inline
function storeBinomial(gradients: usize, row: usize, targets: usize, weights: usize, p: f64, q: f64, h: f64): void {
  const target = <f64>load<f32>(targets + (row << 2));
  storePair(gradients, row, weights, (1 - target) * p - target * q, h);
}

/**
 * Log loss of the softmax over `outputs` margins, whose target is the number of the class; of the second derivatives the
 * diagonal, times `factor`. `room` is f64[outputs], one for each call.
 */
export function multinomialLoss(
  margins: usize, targets: usize, weights: usize, gradients: usize, from: usize, to: usize, outputs: usize,
  stride: usize, factor: f64, room: usize,
): void {
  for (let row = from; row < to; row++) {
    let largest = load<f64>(margins + (row << 3));
    for (let o: usize = 1; o < outputs; o++) largest = max(largest, load<f64>(margins + ((o * stride + row) << 3)));
    let sum: f64 = 0;
    for (let o: usize = 0; o < outputs; o++) {
      const e = exp(load<f64>(margins + ((o * stride + row) << 3)) - largest);
      store<f64>(room + (o << 3), e);
      sum += e;
    }
    const target = <usize>load<f32>(targets + (row << 2));
    for (let o: usize = 0; o < outputs; o++) {
      const p = load<f64>(room + (o << 3)) / sum;
      storePair(gradients + ((o * stride) << 3), row, weights, o == target ? p - 1 : p, factor * p * (1 - p));
    }
  }
}
