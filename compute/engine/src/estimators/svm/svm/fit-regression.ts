import type { FitContext, Fitted, TrainingData } from '../../../estimator.js';
import type { Checked } from '../../../parameters.js';
import { fittedRegression } from '../../../svm/fitted-regression.js';
import { machineOptions } from '../../../svm/parameters.js';
import { countingRows, weightsOfRows } from '../../../svm/row-costs.js';
import { solveRows } from '../../../svm/variables.js';
import type { RegressionParameters } from './parameters.js';

/**
 * Support vector regression: half the squared length of the weights plus C times the errors beyond epsilon. Each row has
 * a variable that pulls the function up to it, and one that pushes it down.
 *
 * Memory: 4 bytes per row and feature for the rows as tiles, 120 per row, and `cache_size`.
 */
export function fitRegression(data: TrainingData, checked: Checked, context: FitContext): Fitted {
  const parameters = checked as unknown as RegressionParameters;
  const { C, epsilon } = parameters;
  const { target } = data;
  const options = machineOptions(parameters, data);
  const weights = weightsOfRows(data);
  const solved = solveRows(
    {
      rows: [countingRows(weights)],
      parts: [
        {
          rows: 0,
          variable: (row) => ({ linear: epsilon - target[row], lower: 0, upper: C * weights[row], start: 0 }),
        },
        {
          rows: 0,
          variable: (row) => ({ linear: -epsilon - target[row], lower: -C * weights[row], upper: 0, start: 0 }),
        },
      ],
      joint: true,
      options,
      progress: (part) => part,
    },
    data,
    context,
  );
  return fittedRegression(solved, -solved.solution.levels[0], options, data);
}
