import type { FitContext, Fitted, TrainingData } from '../../../estimator.js';
import type { Checked } from '../../../parameters.js';
import type { RidgeParameters } from './parameters.js';
import { type RidgeSolution, solveRidge } from './solve.js';

/** Ridge regression of one target or several; memory as `solveRidge` says. */
export function fitRegression(data: TrainingData, checked: Checked, context: FitContext): Fitted {
  const parameters = checked as unknown as RidgeParameters;
  const targets = Array.from({ length: data.targets }, (_, target) => data.targetOf(target));
  const solution = solveRidge(data, targets, data.weights, parameters, context);
  return {
    block: {
      ...linearBlock(solution),
      decision: data.targets === 1 ? 'value' : 'vector',
      ...(data.targets === 1 ? {} : { classes: data.targets }),
    },
    details: { method: solution.method },
    importances: { coefficients: importancesOf(solution) },
  };
}

/** The scores of all targets. */
export function linearBlock({ coefficients, intercepts }: RidgeSolution) {
  const features = coefficients[0].length;
  const weights = new Float64Array(coefficients.length * features);
  for (const [target, own] of coefficients.entries()) weights.set(own, target * features);
  return { kind: 'linear', outputs: coefficients.length, words: [weights, intercepts] } as const;
}

/** The coefficients of one score; of several, the mean of their sizes. */
export function importancesOf({ coefficients }: RidgeSolution): Float64Array {
  if (coefficients.length === 1) return coefficients[0];
  return coefficients[0].map(
    (_, feature) => coefficients.reduce((sum, own) => sum + Math.abs(own[feature]), 0) / coefficients.length,
  );
}
