import { kernelFunctions } from '@pgml/kernels';
import type { Fitted, TrainingData } from '../estimator.js';
import { blockOfMachines, machineOf, type MachineOptions, weightsOf } from './machine.js';
import type { RowSolution } from './variables.js';

/** The model of a regression whose two parts pull up and push down the same rows. */
export function fittedRegression(
  { solution, rows, beta: [up, down] }: RowSolution,
  intercept: number,
  options: MachineOptions,
  data: TrainingData,
  more: Readonly<Record<string, unknown>> = {},
): Fitted {
  const coefficients = up.map((value, place) => value + down[place]);
  const machine = machineOf(solution, rows[0], coefficients, intercept);
  return {
    block: { ...blockOfMachines([machine], options.function, data), decision: 'value' },
    details: {
      converged: machine.converged,
      iterations: machine.iterations,
      support_vectors: machine.support.length,
      gamma: options.function.gamma,
      ...more,
    },
    ...(options.function.kind === kernelFunctions.linear
      ? { importances: { coefficients: weightsOf([machine], data) } }
      : {}),
  };
}
