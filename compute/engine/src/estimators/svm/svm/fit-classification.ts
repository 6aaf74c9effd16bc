import { classWeights } from '../../../class-weights.js';
import type { FitContext, Fitted, TrainingData } from '../../../estimator.js';
import type { Checked } from '../../../parameters.js';
import { type Machine, machineOf } from '../../../svm/machine.js';
import { fitOneVersusOne, type PairProblem } from '../../../svm/one-versus-one.js';
import { checkTies, machineOptions } from '../../../svm/parameters.js';
import { weightsOfRows } from '../../../svm/row-costs.js';
import { solveRows } from '../../../svm/variables.js';
import type { ClassificationParameters } from './parameters.js';

/**
 * Support vector classification, a machine for each pair of classes: half the squared length of the weights plus C times
 * the rows' distances behind their margin.
 *
 * Memory: 4 bytes per row and feature of two classes for the rows as tiles, 80 per row, and `cache_size`.
 */
export function fitClassification(data: TrainingData, checked: Checked, context: FitContext): Fitted {
  const parameters = checked as unknown as ClassificationParameters;
  checkTies(parameters, data.classes);
  const { C, class_weight, probability, random_state } = parameters;
  const byClass = classWeights(data, class_weight);
  const weights = weightsOfRows(data).map((weight, row) => weight * byClass[data.target[row]] * C);
  const machine = machineOptions(parameters, data);
  return fitOneVersusOne(data, { machine, weights, probability, randomState: random_state }, trainPair, context);
}

function trainPair({ data, first, second, weights, options, progress }: PairProblem, context: FitContext): Machine {
  const rows = Int32Array.from([...first, ...second]);
  const solved = solveRows(
    {
      rows: [rows],
      parts: [
        {
          rows: 0,
          variable: (row, position) =>
            position < first.length
              ? { linear: -1, lower: 0, upper: weights[row], start: 0 }
              : { linear: 1, lower: -weights[row], upper: 0, start: 0 },
        },
      ],
      joint: true,
      options,
      progress,
    },
    data,
    context,
  );
  return machineOf(solved.solution, solved.rows[0], solved.beta[0], -solved.solution.levels[0]);
}
