// Gaussian process classification. Scores are the means of the latent functions, then their variances: one of each for
// two classes (it speaks for class 1), one for each class otherwise (one versus rest).
//
// The probability is the integral of the logistic function over the normal distribution of the latent value. As scikit-learn
// does, the logistic function is put as a sum of five error functions (Williams and Barber, "Bayesian classification with
// Gaussian processes", 1998, appendix A), whose integrals are error functions again.
import { erf } from '../math';

/** 1/2 of a + erf(lambda mean / sqrt(1 + 2 variance lambda²)), weighted. */
function term(weight: f64, lambda: f64, mean: f64, variance: f64): f64 {
  return weight * 0.5 * (1 + erf((lambda * mean) / sqrt(1 + 2 * variance * lambda * lambda)));
}

/** Far from 0 the terms leave less than rounding takes, which could be negative. */
function probability(mean: f64, variance: f64): f64 {
  return max<f64>(
    0,
    term(-1854.8214151, 0.41, mean, variance) +
    term(3516.89893646, 0.4, mean, variance) +
    term(221.29346712, 0.37, mean, variance) +
    term(128.12323805, 0.44, mean, variance) +
    term(-2010.49422654, 0.39, mean, variance),
  );
}

export function laplaceClass(scores: usize, classes: u32): u32 {
  if (classes == 2) return <u32>(load<f64>(scores) > 0);
  let best: u32 = 0;
  let largest: f64 = -Infinity;
  for (let c: u32 = 0; c < classes; c++) {
    const p = probability(load<f64>(scores + (<usize>c << 3)), load<f64>(scores + (<usize>(classes + c) << 3)));
    if (p > largest) {
      largest = p;
      best = c;
    }
  }
  return best;
}

export function laplaceProbabilities(scores: usize, classes: u32, out: usize): void {
  if (classes == 2) {
    const p = probability(load<f64>(scores), load<f64>(scores, 8));
    store<f32>(out, <f32>(1 - p));
    store<f32>(out, <f32>p, 4);
    return;
  }
  let sum: f64 = 0;
  for (let c: usize = 0; c < <usize>classes; c++) {
    const p = probability(load<f64>(scores + (c << 3)), load<f64>(scores + ((<usize>classes + c) << 3)));
    store<f64>(scores + (c << 3), p);
    sum += p;
  }
  for (let c: usize = 0; c < <usize>classes; c++) {
    const p = load<f64>(scores + (c << 3));
    store<f32>(out + (c << 2), <f32>(sum > 0 ? p / sum : 1 / <f64>classes));
  }
}
