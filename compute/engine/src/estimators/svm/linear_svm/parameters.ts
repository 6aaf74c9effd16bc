import {
  boolean,
  choice,
  classWeightParameter,
  integer,
  number,
  positive,
  seed,
  verbosity,
} from '../../../parameter-types.js';
import type { Parameter } from '../../../parameters.js';

const shared: readonly Parameter[] = [
  {
    name: 'C',
    type: positive,
    default: 1,
    summary: 'What errors cost against the size of the coefficients.',
  },
  {
    name: 'tol',
    type: positive,
    default: 1e-4,
    summary:
      'How near to the optimum a fit ends; but for crammer_singer it ends much nearer, which takes few more steps.',
  },
  {
    name: 'max_iter',
    type: integer(0),
    default: 1000,
    summary: 'Stop after so many steps, with what was reached; the model says that it did not converge.',
  },
  {
    name: 'fit_intercept',
    type: boolean,
    default: true,
    summary: 'Whether to learn an intercept, which is penalized like a coefficient; see intercept_scaling.',
  },
  {
    name: 'intercept_scaling',
    type: positive,
    default: 1,
    summary: 'The intercept is the coefficient of a feature of this value: the larger, the less it is penalized.',
  },
  {
    name: 'random_state',
    type: seed,
    default: null,
    summary:
      'The order of rows for crammer_singer, the seed of the training if null; the optimum does not depend on it.',
  },
  verbosity,
];

interface SharedParameters {
  readonly C: number;
  readonly tol: number;
  readonly max_iter: number;
  readonly fit_intercept: boolean;
  readonly intercept_scaling: number;
  readonly random_state: number | null;
  readonly dual: boolean;
}

const dual: Parameter = {
  name: 'dual',
  type: boolean,
  default: true,
  summary: 'Which of two problems with the same optimum scikit-learn solves: what it refuses is refused, nothing else.',
};

export const regressionParameters: readonly Parameter[] = [
  {
    name: 'epsilon',
    type: number(0),
    default: 0,
    summary: 'Errors up to this cost nothing.',
  },
  {
    name: 'loss',
    type: choice('epsilon_insensitive', 'squared_epsilon_insensitive'),
    default: 'epsilon_insensitive',
    summary: 'Whether what an error exceeds epsilon by counts as it is, or squared.',
  },
  dual,
  ...shared,
];

/** What `checkParameters` has passed. */
export interface RegressionParameters extends SharedParameters {
  readonly epsilon: number;
  readonly loss: 'epsilon_insensitive' | 'squared_epsilon_insensitive';
}

export const classificationParameters: readonly Parameter[] = [
  {
    name: 'penalty',
    type: choice('l1', 'l2'),
    default: 'l2',
    summary: 'l2 keeps the coefficients small, l1 makes many of them 0.',
  },
  {
    name: 'loss',
    type: choice('hinge', 'squared_hinge'),
    default: 'squared_hinge',
    summary: 'Whether what a row lacks to its margin counts as it is, or squared.',
  },
  dual,
  {
    name: 'multi_class',
    type: choice('ovr', 'crammer_singer'),
    default: 'ovr',
    summary:
      'ovr is one machine for each class against the rest; crammer_singer is one of all classes, without penalty, loss and dual.',
  },
  classWeightParameter,
  ...shared,
];

/** What `checkParameters` has passed. */
export interface ClassificationParameters extends SharedParameters {
  readonly penalty: 'l1' | 'l2';
  readonly loss: 'hinge' | 'squared_hinge';
  readonly multi_class: 'ovr' | 'crammer_singer';
  readonly class_weight: 'balanced' | Readonly<Record<string, number>> | null;
}
