/** Parameters that the support vector machines with kernels share. */
import {
  boolean,
  choice,
  classWeightParameter,
  either,
  integer,
  number,
  positive,
  seed,
  verbosity,
  withoutEffect,
} from '../parameter-types.js';
import type { Parameter } from '../parameters.js';
import { type KernelChoice, kernelFunction } from './kernel-function.js';
import type { MachineOptions } from './machine.js';
import { FitError, type TrainingData } from '../estimator.js';

export const cost: Parameter = {
  name: 'C',
  type: positive,
  default: 1,
  summary: 'What an error costs against a wide margin: the largest weight that a support vector may get.',
};

export const kernelParameters: readonly Parameter[] = [
  {
    name: 'kernel',
    type: choice('linear', 'poly', 'rbf', 'sigmoid'),
    default: 'rbf',
    summary:
      'What likeness of two rows means: linear x·y, poly (gamma x·y + coef0)^degree, rbf exp(-gamma |x - y|²), sigmoid tanh(gamma x·y + coef0).',
  },
  { name: 'degree', type: integer(0), default: 3, summary: 'The exponent of the kernel poly.' },
  {
    name: 'gamma',
    type: either(choice('scale', 'auto'), number(0)),
    default: 'scale',
    summary:
      'The factor of the kernels poly, rbf and sigmoid; scale is 1 / (features * variance of all values), auto is 1 / features.',
  },
  { name: 'coef0', type: number(), default: 0, summary: 'The constant of the kernels poly and sigmoid.' },
  {
    name: 'tol',
    type: positive,
    default: 1e-3,
    summary: 'Stop when the optimality conditions are violated by less than this.',
  },
  {
    name: 'cache_size',
    type: positive,
    default: 200,
    summary: 'Megabytes for rows of the kernel matrix (at most 1000); those that do not fit are computed again.',
  },
  {
    name: 'max_iter',
    type: integer(-1),
    default: -1,
    summary:
      'Stop after so many steps, with what was reached; the model says that it did not converge. -1 is no limit.',
  },
  withoutEffect('shrinking', boolean, true, 'it is a way to the same optimum'),
  verbosity,
];

export const classifierParameters: readonly Parameter[] = [
  ...kernelParameters,
  classWeightParameter,
  {
    name: 'probability',
    type: boolean,
    default: false,
    summary: 'Whether to learn probabilities for pgml.predict_proba, from five more trainings on parts of the rows.',
  },
  {
    name: 'random_state',
    type: seed,
    default: null,
    summary: 'Which rows the trainings for probabilities leave out; the seed of the training if null.',
  },
  {
    name: 'break_ties',
    type: boolean,
    default: false,
    summary:
      'Whether scores decide between classes of equally many votes, and not their order; only false is available for more than two classes.',
  },
  withoutEffect('decision_function_shape', choice('ovr', 'ovo'), 'ovr', 'pgml shows no scores of classes'),
];

/** What `checkParameters` has passed. */
export interface KernelParameters extends KernelChoice {
  readonly tol: number;
  readonly cache_size: number;
  readonly max_iter: number;
}

export interface ClassifierParameters extends KernelParameters {
  readonly class_weight: 'balanced' | Readonly<Record<string, number>> | null;
  readonly probability: boolean;
  readonly random_state: number | null;
  readonly break_ties: boolean;
  readonly decision_function_shape: 'ovr' | 'ovo';
}

export function checkTies({ break_ties, decision_function_shape }: ClassifierParameters, classes: number): void {
  if (!break_ties) return;
  if (decision_function_shape === 'ovo')
    throw new FitError('break_ties true does not go with decision_function_shape "ovo"', 'Leave one of them out.');
  if (classes > 2)
    throw new FitError(
      `break_ties true is not available yet for ${classes} classes`,
      'Leave it out: of classes with equally many votes the first is answered.',
      '0A000',
    );
}

const MEGABYTE = 2 ** 20;
const LARGEST_CACHE = 1000;

export function machineOptions(parameters: KernelParameters, data: TrainingData): MachineOptions {
  return {
    function: kernelFunction(parameters, data),
    cacheBytes: Math.min(parameters.cache_size, LARGEST_CACHE) * MEGABYTE,
    tolerance: parameters.tol,
    maximumIterations: parameters.max_iter,
  };
}
