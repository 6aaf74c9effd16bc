import type { Decision } from '../../block.js';
import { exp } from '../../math.js';

/** The answer of one row, from its scores. */
export function decide(decision: Decision, classValues: readonly number[], scores: Float64Array): number {
  if (decision === 'value') return Math.fround(scores[0]);
  if (decision === 'logistic') return Math.fround(classValues[scores[0] > 0 ? 1 : 0]);
  let best = 0;
  for (let output = 1; output < scores.length; output++)
    if (decision === 'smallest' ? scores[output] < scores[best] : scores[output] > scores[best]) best = output;
  return Math.fround(classValues[best]);
}

/** The probability of each class of one row; only for the decisions that have one. */
export function probabilities(decision: Decision, scores: Float64Array): Float32Array {
  if (decision === 'logistic') {
    const p = sigmoid(scores[0]);
    return Float32Array.of(1 - p, p);
  }
  const largest = Math.max(...scores);
  const proportional = decision === 'softmax' || largest < -40;
  const parts = scores.map((score) => (proportional ? exp(score - largest) : sigmoid(score)));
  const sum = parts.reduce((total, part) => total + part, 0);
  return Float32Array.from(parts, (part) => part / sum);
}

function sigmoid(score: number): number {
  return 1 / (1 + exp(-score));
}
