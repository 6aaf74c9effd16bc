import { type ClassWeight, rowWeights } from '../../../class-weights.js';
import type { FitContext, Fitted, TrainingData } from '../../../estimator.js';
import type { Checked } from '../../../parameters.js';
import { importancesOf, linearBlock } from './fit-regression.js';
import type { RidgeParameters } from './parameters.js';
import { solveRidge } from './solve.js';

/**
 * Ridge regression of 1 for the rows of a class and -1 for the others: one score for two classes, else one per class, of
 * which the largest wins. Kernel memory besides that of `solveRidge`: 4 bytes per row and score.
 */
export function fitClassification(data: TrainingData, checked: Checked, context: FitContext): Fitted {
  const { class_weight, ...parameters } = checked as unknown as RidgeParameters & { class_weight: ClassWeight };
  const { kernels } = context;
  const positives = data.classes === 2 ? [1] : Array.from({ length: data.classes }, (_, label) => label);
  const targets = positives.map((positive) => {
    const values = kernels.f32(kernels.allocate(4 * data.rows), data.rows);
    for (let row = 0; row < data.rows; row++) values[row] = data.target[row] === positive ? 1 : -1;
    return values;
  });
  const solution = solveRidge(data, targets, rowWeights(data, class_weight), parameters, context);
  return {
    block: { ...linearBlock(solution), decision: data.classes === 2 ? 'sign' : 'largest' },
    details: { method: solution.method },
    importances: { coefficients: importancesOf(solution) },
  };
}
