import { type Center, interceptOf } from '../algebra/centered.js';
import type { Fitted } from '../estimator.js';

/** A regression whose answer is a weighted sum of the features, fitted to centered data. */
export function weightedSum(center: Center, coefficients: Float64Array, details: Fitted['details']): Fitted {
  const intercept = Float64Array.of(interceptOf(center, coefficients));
  return {
    block: { kind: 'linear', outputs: 1, decision: 'value', words: [coefficients, intercept] },
    details,
    importances: { coefficients },
  };
}
