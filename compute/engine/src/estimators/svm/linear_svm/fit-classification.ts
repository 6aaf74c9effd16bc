import { classWeights } from '../../../class-weights.js';
import { type FitContext, FitError, type Fitted, type TrainingData } from '../../../estimator.js';
import type { Checked } from '../../../parameters.js';
import { fitCrammerSinger } from './crammer-singer.js';
import { Design } from './design.js';
import { minimizeAbsolute } from './interior-point.js';
import { minimizeSquared } from './newton.js';
import type { ClassificationParameters } from './parameters.js';
import type { LinearSolution } from './problem.js';

/** A score that no other is below. */
const NEVER = -Number.MAX_VALUE;

/**
 * Coefficients for each class against the rest (two classes: for the second), or for all together: the penalty plus C
 * times the rows' hinge losses.
 *
 * Memory: 30 to 150 bytes per row beside the data, and 24 per pair of features; for crammer_singer 8 bytes per row and
 * class and per row and feature. Work: for each class, rows times pairs of features, some ten to thirty times.
 */
export function fitClassification(data: TrainingData, checked: Checked, context: FitContext): Fitted {
  const parameters = checked as unknown as ClassificationParameters;
  checkCombination(parameters);
  const byClass = classWeights(data, parameters.class_weight);
  checkClasses(data);
  return parameters.multi_class === 'crammer_singer'
    ? fitJointly(data, parameters, byClass, context)
    : fitOneVersusRest(data, parameters, byClass, context);
}

function checkCombination({ penalty, loss, dual, multi_class }: ClassificationParameters): void {
  if (multi_class === 'crammer_singer') return;
  const refused = (what: string, hint: string) => {
    throw new FitError(`${what} is not supported`, hint);
  };
  if (penalty === 'l1' && loss === 'hinge')
    refused('penalty "l1" with loss "hinge"', 'Use loss "squared_hinge" and dual false, or penalty "l2".');
  if (penalty === 'l1' && dual) refused('penalty "l1" with dual true', 'Use dual false, or penalty "l2".');
  if (loss === 'hinge' && !dual) refused('loss "hinge" with dual false', 'Use dual true, or loss "squared_hinge".');
}

function checkClasses({ target, weights }: TrainingData): void {
  const present = new Set<number>();
  for (const [row, label] of target.entries()) if (!weights || weights[row] > 0) present.add(label);
  if (present.size < 2)
    throw new FitError(
      'all rows that count belong to one class, and a support vector machine needs two',
      'Train on rows of at least two classes, with weights above 0.',
    );
}

function fitOneVersusRest(
  data: TrainingData,
  parameters: ClassificationParameters,
  byClass: Float64Array,
  context: FitContext,
): Fitted {
  const { C, loss, penalty, tol, max_iter, fit_intercept, intercept_scaling } = parameters;
  const { target, weights, rows, classes } = data;
  const positives = classes === 2 ? [1] : Array.from({ length: classes }, (_, index) => index);
  const design = Design.of(data, fit_intercept ? intercept_scaling : 0, context);
  const solutions = positives.map((positive, index): LinearSolution => {
    if (!target.includes(positive)) return { coefficients: new Float64Array(0), iterations: 0, converged: true };
    // As in LIBLINEAR: of more than two classes, the rest together weighs nothing in particular.
    const ofRest = classes === 2 ? byClass[0] : 1;
    const costs = new Float64Array(rows);
    const low = new Float64Array(rows).fill(-Infinity);
    const high = new Float64Array(rows).fill(Infinity);
    for (let row = 0; row < rows; row++) {
      const own = target[row] === positive;
      costs[row] = C * (weights ? weights[row] : 1) * (own ? byClass[positive] : ofRest);
      if (costs[row] === 0) continue;
      if (own) low[row] = 1;
      else high[row] = -1;
    }
    const problem = { design, low, high, costs };
    const progress = (part: number) => (index + part) / positives.length;
    const options = { tolerance: tol, maximumIterations: max_iter, context, progress };
    const { kernels } = context;
    const mark = kernels.mark();
    try {
      return loss === 'hinge' ? minimizeAbsolute(problem, options) : minimizeSquared(problem, penalty, options);
    } finally {
      kernels.release(mark);
    }
  });
  const columns = design.count;
  const coefficients = new Float64Array(columns * positives.length);
  for (const [index, solution] of solutions.entries()) coefficients.set(solution.coefficients, index * columns);
  return fitted(coefficients, data, parameters, {
    converged: solutions.every(({ converged }) => converged),
    iterations: solutions.map(({ iterations }) => iterations),
  });
}

function fitJointly(
  data: TrainingData,
  parameters: ClassificationParameters,
  byClass: Float64Array,
  context: FitContext,
): Fitted {
  const { C, tol, max_iter, fit_intercept, intercept_scaling, random_state } = parameters;
  const { target, weights, rows, classes } = data;
  const costs = Float64Array.from(
    { length: rows },
    (_, row) => C * (weights ? weights[row] : 1) * byClass[target[row]],
  );
  const { coefficients, iterations, converged } = fitCrammerSinger(data, {
    costs,
    interceptScaling: fit_intercept ? intercept_scaling : 0,
    tolerance: tol,
    maximumIterations: max_iter,
    seed: random_state ?? context.seed,
    context,
  });
  const columns = coefficients.length / classes;
  const scores =
    classes === 2 ? coefficients.slice(columns).map((value, column) => value - coefficients[column]) : coefficients;
  return fitted(scores, data, parameters, { converged, iterations });
}

/** `coefficients` has the intercept's column last, if there is one; a class without rows never wins. */
function fitted(
  coefficients: Float64Array,
  data: TrainingData,
  { fit_intercept, intercept_scaling }: ClassificationParameters,
  details: Readonly<Record<string, unknown>>,
): Fitted {
  const { features, classes, target } = data;
  const outputs = classes === 2 ? 1 : classes;
  const columns = coefficients.length / outputs;
  const weights = new Float64Array(outputs * features);
  const intercepts = new Float64Array(outputs);
  for (let k = 0; k < outputs; k++) {
    const own = coefficients.subarray(k * columns, (k + 1) * columns);
    weights.set(own.subarray(0, features), k * features);
    if (outputs > 1 && !target.includes(k)) intercepts[k] = NEVER;
    else if (fit_intercept) intercepts[k] = own[features] * intercept_scaling;
  }
  return {
    block: { kind: 'linear', outputs, decision: outputs === 1 ? 'sign' : 'largest', words: [weights, intercepts] },
    details,
    ...(outputs === 1 ? { importances: { coefficients: weights } } : {}),
  };
}
