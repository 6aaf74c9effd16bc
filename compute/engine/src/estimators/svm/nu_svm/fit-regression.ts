import type { FitContext, Fitted, TrainingData } from '../../../estimator.js';
import type { Checked } from '../../../parameters.js';
import { fittedRegression } from '../../../svm/fitted-regression.js';
import { machineOptions } from '../../../svm/parameters.js';
import { countingRows, weightsOfRows } from '../../../svm/row-costs.js';
import { solveRows } from '../../../svm/variables.js';
import type { RegressionParameters } from './parameters.js';

/**
 * Support vector regression that finds epsilon by itself, so that a share nu of the rows lies beyond it (Schölkopf, Smola,
 * Williams & Bartlett, "New support vector algorithms", Neural Computation 12, 2000). The sums of what pulls the
 * function up and of what pushes it down are fixed, each at half of nu * C * rows.
 *
 * Memory: 4 bytes per row and feature for the rows as tiles, 120 per row, and `cache_size`.
 */
export function fitRegression(data: TrainingData, checked: Checked, context: FitContext): Fitted {
  const parameters = checked as unknown as RegressionParameters;
  const { C, nu } = parameters;
  const { target } = data;
  const options = machineOptions(parameters, data);
  const weights = weightsOfRows(data);
  const rows = countingRows(weights);
  const start = new Float64Array(data.rows);
  let left = rows.reduce((sum, row) => sum + C * weights[row] * nu, 0) / 2;
  for (const row of rows) {
    start[row] = Math.min(left, C * weights[row]);
    left -= start[row];
  }
  const solved = solveRows(
    {
      rows: [rows],
      parts: [
        {
          rows: 0,
          variable: (row) => ({ linear: -target[row], lower: 0, upper: C * weights[row], start: start[row] }),
        },
        {
          rows: 0,
          variable: (row) => ({ linear: -target[row], lower: -C * weights[row], upper: 0, start: -start[row] }),
        },
      ],
      joint: false,
      options,
      progress: (part) => part,
    },
    data,
    context,
  );
  const [above, below] = solved.solution.levels;
  return fittedRegression(solved, -(above + below) / 2, options, data, { epsilon: (below - above) / 2 });
}
