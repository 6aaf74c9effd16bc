// Derivatives of the losses that are not so common, one row at a time: computed in f64 and rounded once. All have the
// arguments of squaredGradients, and some a parameter or two of the loss. What is said of margins, targets and gradients
// in gradients.ts holds here, too.
import { exp, log, log1p } from '../math';

// @ts-ignore: decorator
@inline
function margin(margins: usize, row: usize): f64 {
  return <f64>load<f32>(margins + (row << 2));
}
// @ts-ignore: decorator
@inline
function store2(gradients: usize, row: usize, gradient: f64, hessian: f64): void {
  store<f32>(gradients + (row << 3), <f32>gradient);
  store<f32>(gradients + (row << 3), <f32>hessian, 4);
}

/** Squared error of the logarithms, (log(1 + margin) - log(1 + target))² / 2; margins count as above -1. */
export function squaredLogGradients(margins: usize, targets: usize, gradients: usize, from: usize, to: usize): void {
  for (let row = from; row < to; row++) {
    const above = max(margin(margins, row), -1 + 1e-6) + 1;
    const difference = log1p(above - 1) - log1p(margin(targets, row));
    store2(gradients, row, difference / above, max((1 - difference) / (above * above), 1e-6));
  }
}

/** Pseudo-Huber loss, slope² (sqrt(1 + (z / slope)²) - 1) of z = margin - target. */
export function pseudoHuberGradients(
  margins: usize, targets: usize, gradients: usize, from: usize, to: usize, slope: f64,
): void {
  const square = slope * slope;
  for (let row = from; row < to; row++) {
    const z = margin(margins, row) - margin(targets, row);
    const root = sqrt(1 + (z * z) / square);
    store2(gradients, row, z / root, square / ((square + z * z) * root));
  }
}

/** Absolute error: the sign of margin - target, and 1 in place of a second derivative that is 0. */
export function absoluteGradients(margins: usize, targets: usize, gradients: usize, from: usize, to: usize): void {
  for (let row = from; row < to; row++) {
    const z = margin(margins, row) - margin(targets, row);
    store2(gradients, row, z > 0 ? 1 : z < 0 ? -1 : 0, 1);
  }
}

/** Hinge loss max(0, 1 - y margin) with y = -1 for the target 0, and 1 for the target 1. */
export function hingeGradients(margins: usize, targets: usize, gradients: usize, from: usize, to: usize): void {
  for (let row = from; row < to; row++) {
    const y = 2 * margin(targets, row) - 1;
    const inside = margin(margins, row) * y < 1;
    store2(gradients, row, inside ? -y : 0, inside ? 1 : 1.1754943508222875e-38);
  }
}

/** Negative log-likelihood of a Poisson distribution with the mean e^margin; the hessian is too large by e^step. */
export function poissonGradients(
  margins: usize, targets: usize, gradients: usize, from: usize, to: usize, step: f64,
): void {
  const factor = exp(step);
  for (let row = from; row < to; row++) {
    const mean = exp(margin(margins, row));
    store2(gradients, row, mean - margin(targets, row), mean * factor);
  }
}

/** Negative log-likelihood of a gamma distribution with the mean e^margin. */
export function gammaGradients(margins: usize, targets: usize, gradients: usize, from: usize, to: usize): void {
  for (let row = from; row < to; row++) {
    const ratio = margin(targets, row) / exp(margin(margins, row));
    store2(gradients, row, 1 - ratio, ratio);
  }
}

/** Negative log-likelihood of a Tweedie distribution with the mean e^margin and the variance mean^power, 1 < power < 2. */
export function tweedieGradients(
  margins: usize, targets: usize, gradients: usize, from: usize, to: usize, power: f64,
): void {
  for (let row = from; row < to; row++) {
    const first = margin(targets, row) * exp((1 - power) * margin(margins, row));
    const second = exp((2 - power) * margin(margins, row));
    store2(gradients, row, second - first, (2 - power) * second - (1 - power) * first);
  }
}

export const NORMAL: u32 = 0;
export const LOGISTIC: u32 = 1;

/**
 * Accelerated failure time: log(target) is distributed around the margin, with the scale given, as a normal (0), a
 * logistic (1) or a Gumbel distribution of least values (2). Gradients are limited to ±15, hessians to 1e-16 … 15.
 */
export function survivalGradients(
  margins: usize, targets: usize, gradients: usize, from: usize, to: usize, scale: f64, distribution: u32,
): void {
  for (let row = from; row < to; row++) {
    const z = (log(margin(targets, row)) - margin(margins, row)) / scale;
    let gradient = -z;
    let hessian: f64 = 1;
    if (distribution == LOGISTIC) {
      const w = exp(-abs(z));
      gradient = copysign((1 - w) / (1 + w), -z);
      hessian = (2 * w) / ((1 + w) * (1 + w));
    } else if (distribution != NORMAL) {
      hessian = exp(min<f64>(z, 700));
      gradient = 1 - hessian;
    }
    gradient = max<f64>(-15, min<f64>(15, gradient / scale));
    store2(gradients, row, gradient, max<f64>(1e-16, min<f64>(15, hessian / (scale * scale))));
  }
}
