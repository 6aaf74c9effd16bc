import { type FitContext, FitError, type Fitted, type TrainingData } from '../../../estimator.js';
import type { Checked } from '../../../parameters.js';
import { Design } from './design.js';
import { minimizeAbsolute } from './interior-point.js';
import { minimizeSquared } from './newton.js';
import type { RegressionParameters } from './parameters.js';

/**
 * Half the squared coefficients plus C times what errors exceed epsilon by, or its square.
 *
 * Memory: 30 to 200 bytes per row beside the data, and 24 per pair of features. Work: rows times pairs of features, some ten
 * to thirty times.
 */
export function fitRegression(data: TrainingData, checked: Checked, context: FitContext): Fitted {
  const parameters = checked as unknown as RegressionParameters;
  const { C, epsilon, loss, dual, tol, max_iter, fit_intercept, intercept_scaling } = parameters;
  if (!dual && loss === 'epsilon_insensitive')
    throw new FitError(
      'loss "epsilon_insensitive" with dual false is not supported',
      'Use dual true, or the loss "squared_epsilon_insensitive".',
    );
  const scaling = fit_intercept ? intercept_scaling : 0;
  const { target, weights, rows, features } = data;
  const costs = new Float64Array(rows);
  const low = new Float64Array(rows).fill(-Infinity);
  const high = new Float64Array(rows).fill(Infinity);
  for (let row = 0; row < rows; row++) {
    costs[row] = C * (weights ? weights[row] : 1);
    if (costs[row] === 0) continue;
    low[row] = target[row] - epsilon;
    high[row] = target[row] + epsilon;
  }
  const problem = { design: Design.of(data, scaling, context), low, high, costs };
  const options = { tolerance: tol, maximumIterations: max_iter, context, progress: (part: number) => part };
  const solution =
    loss === 'epsilon_insensitive' ? minimizeAbsolute(problem, options) : minimizeSquared(problem, 'l2', options);
  const coefficients = solution.coefficients.slice(0, features);
  const intercept = fit_intercept ? solution.coefficients[features] * intercept_scaling : 0;
  return {
    block: { kind: 'linear', outputs: 1, decision: 'value', words: [coefficients, Float64Array.of(intercept)] },
    details: { converged: solution.converged, iterations: solution.iterations },
    importances: { coefficients },
  };
}
