import { quote } from '../../../errors.js';
import { type FitContext, FitError, type Fitted, type TrainingData } from '../../../estimator.js';
import type { Checked } from '../../../parameters.js';
import { type Machine, machineOf } from '../../../svm/machine.js';
import { fitOneVersusOne, type PairProblem } from '../../../svm/one-versus-one.js';
import { checkTies, machineOptions } from '../../../svm/parameters.js';
import { weightsOfRows } from '../../../svm/row-costs.js';
import { solveRows } from '../../../svm/variables.js';
import type { ClassificationParameters } from './parameters.js';

/**
 * Support vector classification that finds the cost by itself, so that a share nu of the rows lies behind the margin
 * (Schölkopf, Smola, Williams & Bartlett, "New support vector algorithms", Neural Computation 12, 2000). The weights of
 * either class sum to half of nu * rows; the solution is then scaled so that the margin is 1.
 *
 * Memory: 4 bytes per row and feature of two classes for the rows as tiles, 80 per row, and `cache_size`.
 */
export function fitClassification(data: TrainingData, checked: Checked, context: FitContext): Fitted {
  const parameters = checked as unknown as ClassificationParameters;
  checkTies(parameters, data.classes);
  const { nu, probability, random_state } = parameters;
  const weights = weightsOfRows(data);
  checkFeasible(data, weights, nu);
  const machine = machineOptions(parameters, data);
  const options = { machine, weights, probability, randomState: random_state };
  return fitOneVersusOne(data, options, (problem, inner) => trainPair(problem, nu, inner), context);
}

function trainPair(problem: PairProblem, nu: number, context: FitContext): Machine {
  const { data, first, second, weights, options, progress } = problem;
  // Summed row by row as LIBSVM does: where the sum is a whole number of rows, its rounding decides whether one row more
  // takes part in the margin.
  const share = [...first, ...second].reduce((sum, row) => sum + nu * weights[row], 0) / 2;
  const startOfFirst = filled(first, weights, share);
  const startOfSecond = filled(second, weights, share);
  const solved = solveRows(
    {
      rows: [first, second],
      parts: [
        {
          rows: 0,
          variable: (row, position) => ({ linear: 0, lower: 0, upper: weights[row], start: startOfFirst[position] }),
        },
        {
          rows: 1,
          variable: (row, position) => ({ linear: 0, lower: -weights[row], upper: 0, start: -startOfSecond[position] }),
        },
      ],
      joint: false,
      options,
      progress,
    },
    data,
    context,
  );
  const [above, below] = solved.solution.levels;
  const margin = (above - below) / 2;
  if (!(Number.isFinite(margin) && margin !== 0))
    throw infeasible(data, weights, nu, data.target[first[0]], data.target[second[0]]);
  const rows = Int32Array.from([...solved.rows[0], ...solved.rows[1]]);
  const beta = Float64Array.from([...solved.beta[0], ...solved.beta[1]], (value) => value / margin);
  return machineOf(solved.solution, rows, beta, -(above + below) / 2 / margin);
}

/** Weights up to the rows' own from the first row on, until they sum to `total`. */
function filled(rows: Int32Array, weights: Float64Array, total: number): Float64Array {
  let left = total;
  return Float64Array.from(rows, (row) => {
    const part = Math.min(left, weights[row]);
    left -= part;
    return part;
  });
}

function checkFeasible(data: TrainingData, weights: Float64Array, nu: number): void {
  const counts = weighClasses(data, weights);
  for (let a = 0; a < counts.length; a++)
    for (let b = a + 1; b < counts.length; b++) {
      const smaller = Math.min(counts[a], counts[b]);
      if (smaller > 0 && (nu * (counts[a] + counts[b])) / 2 > smaller) throw infeasible(data, weights, nu, a, b);
    }
}

function weighClasses(data: TrainingData, weights: Float64Array): Float64Array {
  const counts = new Float64Array(data.classes);
  for (const [row, label] of data.target.entries()) counts[label] += weights[row];
  return counts;
}

function infeasible(data: TrainingData, weights: Float64Array, nu: number, a: number, b: number): FitError {
  const counts = weighClasses(data, weights);
  const limit = (2 * Math.min(counts[a], counts[b])) / (counts[a] + counts[b]);
  const [one, other] = [quote(data.classNames[a]), quote(data.classNames[b])];
  return new FitError(
    `nu ${nu} is infeasible for the classes ${one} and ${other}, which have ${counts[a]} and ${counts[b]} rows`,
    `It must be below twice the share of the smaller class, ${limit}.`,
  );
}
