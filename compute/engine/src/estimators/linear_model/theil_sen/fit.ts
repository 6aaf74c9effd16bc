import { exp, log } from '@pgml/kernels';
import { type FitContext, FitError, type Fitted, type TrainingData } from '../../../estimator.js';
import type { Checked } from '../../../parameters.js';
import { allSubsets, countSubsets, randomSubsets } from '../../../resampling/subsets.js';
import { spatialMedian } from '../../../robust/spatial-median.js';
import type { TheilSenParameters } from './parameters.js';
import { SubsetSolver } from './subset-solver.js';

/** Subsets that are solved between two looks at whether the caller gave up. */
const SUBSETS_PER_CHECKPOINT = 500;

/**
 * The spatial median of the least-squares solutions of many subsets of the rows (Dang, Peng, Wang & Zhang, "Theil-Sen
 * Estimators in a Multiple Linear Regression Model", 2009). Memory beside the data: 8 bytes per subset and
 * coefficient, 4 per subset and row in it.
 */
export function fit(data: TrainingData, checked: Checked, context: FitContext): Fitted {
  const parameters = checked as unknown as TheilSenParameters;
  const { fit_intercept, max_subpopulation, max_iter, tol, random_state } = parameters;
  const size = subsetSize(parameters, data);
  const all = countSubsets(data.rows, size) <= max_subpopulation;
  const count = all ? countSubsets(data.rows, size) : Math.floor(max_subpopulation);
  const solver = new SubsetSolver(data, size, fit_intercept, context);
  const { dimensions } = solver;
  const solutionsAt = context.kernels.allocate(8 * count * dimensions);
  const subsets = all
    ? allSubsets(data.rows, size)
    : randomSubsets(data.rows, size, count, random_state ?? context.seed, {
        ...context,
        checkpoint: (progress) => context.checkpoint(0.4 * progress),
      });
  const solutions = context.kernels.f64(solutionsAt, count * dimensions);
  for (let subset = 0; subset < count; subset++) {
    if (subset % SUBSETS_PER_CHECKPOINT === 0) context.checkpoint(0.4 + (0.4 * subset) / count);
    const rows = subsets.subarray(subset * size, (subset + 1) * size);
    solver.solve(rows, solutions.subarray(subset * dimensions, (subset + 1) * dimensions));
  }
  const { point, iterations, converged } = spatialMedian(solutions, dimensions, {
    maximumIterations: max_iter,
    tolerance: tol,
    checkpoint: () => context.checkpoint(0.9),
  });
  const coefficients = fit_intercept ? point.slice(1) : point;
  const intercept = Float64Array.of(fit_intercept ? point[0] : 0);
  return {
    block: { kind: 'linear', outputs: 1, decision: 'value', words: [coefficients, intercept] },
    details: { subsets: count, breakdown: breakdownPoint(data.rows, size), iterations, converged },
    importances: { coefficients },
  };
}

function subsetSize({ n_subsamples, fit_intercept }: TheilSenParameters, { rows, features }: TrainingData): number {
  const dimensions = features + Number(fit_intercept);
  if (n_subsamples === null) return Math.min(dimensions, rows);
  const least = rows >= features ? dimensions : rows;
  if (n_subsamples < least || n_subsamples > rows || (rows < features && n_subsamples !== rows))
    throw new FitError(
      `n_subsamples is ${n_subsamples}, but with ${rows} rows and ${features} features it must be ` +
        (least >= rows ? `${rows}` : `between ${least} and ${rows}`),
      'Leave n_subsamples out: it is then as small as can be, which resists outliers best.',
    );
  return n_subsamples;
}

/** The part of the rows that may be outliers without spoiling the half of all subsets, roughly. */
function breakdownPoint(rows: number, size: number): number {
  const clean = exp(log(0.5) / size);
  return 1 - (clean * (rows - size + 1) + size - 1) / rows;
}
