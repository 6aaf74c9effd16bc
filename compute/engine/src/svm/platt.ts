/**
 * Probabilities from the scores of a support vector machine: Platt's sigmoid over scores of held-out rows, fitted as in
 * Lin, Lin & Weng, "A note on Platt's probabilistic outputs for support vector machines", Machine Learning 68 (2007).
 */
import { exp, log, log1p } from '@pgml/kernels';

/** P(first class | score) = 1 / (1 + exp(slope * score + offset)). */
export interface Sigmoid {
  readonly slope: number;
  readonly offset: number;
}

const MAXIMUM_ITERATIONS = 100;
const SMALLEST_STEP = 1e-10;
/** Keeps the Hessian positive definite. */
const RIDGE = 1e-12;
const GRADIENT_TOLERANCE = 1e-5;

/** Fits the sigmoid to scores; `isFirst` says of each row whether it belongs to the first class. */
export function fitSigmoid(scores: Float64Array, isFirst: readonly boolean[]): Sigmoid {
  const first = isFirst.filter(Boolean).length;
  const second = scores.length - first;
  // Targets a little inside of 0 and 1 (Bayes' rule with a uniform prior), against overfitting.
  const targets = Float64Array.from(isFirst, (own) => (own ? (first + 1) / (first + 2) : 1 / (second + 2)));
  let slope = 0;
  let offset = log((second + 1) / (first + 1));
  let value = loss(scores, targets, slope, offset);
  for (let iteration = 0; iteration < MAXIMUM_ITERATIONS; iteration++) {
    let h11 = RIDGE;
    let h22 = RIDGE;
    let h21 = 0;
    let g1 = 0;
    let g2 = 0;
    for (let i = 0; i < scores.length; i++) {
      const margin = scores[i] * slope + offset;
      const e = exp(-Math.abs(margin));
      const p = (margin >= 0 ? e : 1) / (1 + e);
      const q = (margin >= 0 ? 1 : e) / (1 + e);
      const curvature = p * q;
      const difference = targets[i] - p;
      h11 += scores[i] * scores[i] * curvature;
      h22 += curvature;
      h21 += scores[i] * curvature;
      g1 += scores[i] * difference;
      g2 += difference;
    }
    if (Math.abs(g1) < GRADIENT_TOLERANCE && Math.abs(g2) < GRADIENT_TOLERANCE) break;
    const determinant = h11 * h22 - h21 * h21;
    const slopeStep = -(h22 * g1 - h21 * g2) / determinant;
    const offsetStep = -(-h21 * g1 + h11 * g2) / determinant;
    const descent = g1 * slopeStep + g2 * offsetStep;
    let size = 1;
    for (; size >= SMALLEST_STEP; size /= 2) {
      const next = loss(scores, targets, slope + size * slopeStep, offset + size * offsetStep);
      if (next >= value + 0.0001 * size * descent) continue;
      slope += size * slopeStep;
      offset += size * offsetStep;
      value = next;
      break;
    }
    if (size < SMALLEST_STEP) break;
  }
  return { slope, offset };
}

/** Cross-entropy of the targets and the sigmoid. */
function loss(scores: Float64Array, targets: Float64Array, slope: number, offset: number): number {
  let sum = 0;
  for (let i = 0; i < scores.length; i++) {
    const margin = scores[i] * slope + offset;
    const rest = log1p(exp(-Math.abs(margin)));
    sum += (margin >= 0 ? targets[i] : targets[i] - 1) * margin + rest;
  }
  return sum;
}
