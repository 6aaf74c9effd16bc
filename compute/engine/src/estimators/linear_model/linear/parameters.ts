import type { ClassWeight } from '../../../class-weights.js';
import {
  boolean,
  choice,
  classWeightParameter,
  integer,
  nullable,
  number,
  positive,
  seed,
  threads,
  verbosity,
  withoutEffect,
} from '../../../parameter-types.js';
import type { Parameter } from '../../../parameters.js';

const fitIntercept: Parameter = {
  name: 'fit_intercept',
  type: boolean,
  default: true,
  summary: 'Whether to learn an intercept; without one, a row of zeros scores 0.',
};

export const regressionParameters: readonly Parameter[] = [
  fitIntercept,
  {
    name: 'positive',
    type: boolean,
    default: false,
    summary: 'Whether coefficients must not be negative.',
  },
  withoutEffect('copy_X', boolean, true, 'the training data is never overwritten'),
  threads,
];

/** What `checkParameters` has passed. */
export interface RegressionParameters {
  readonly fit_intercept: boolean;
  readonly positive: boolean;
}

export const classificationParameters: readonly Parameter[] = [
  {
    name: 'penalty',
    type: nullable(choice('l2', 'none', 'l1', 'elasticnet')),
    default: 'l2',
    summary:
      'l2 keeps the coefficients small, l1 sets many to 0, elasticnet is between them; none or null does neither. The intercept is penalized by the solver liblinear alone.',
  },
  {
    name: 'C',
    type: positive,
    default: 1,
    summary:
      'Weight of the data against the penalty: half the squared coefficients (l1: the absolute ones) over C are added to the summed loss.',
  },
  {
    name: 'alpha',
    type: nullable(number(0)),
    default: null,
    summary: 'Another way to say C: 1 / C, with 0 for no penalty; used instead of C and penalty when given.',
  },
  fitIntercept,
  {
    name: 'l1_ratio',
    type: nullable(number(0, 1)),
    default: null,
    summary: 'For the penalty elasticnet: how much of it is on absolute coefficients, from 0 (as l2) to 1 (as l1).',
  },
  classWeightParameter,
  {
    name: 'multi_class',
    type: choice('auto', 'multinomial', 'ovr'),
    default: 'auto',
    summary:
      'multinomial is one model of all classes; ovr is one model for each class against the rest; ' +
      'auto is multinomial, except with the solvers liblinear and newton-cholesky.',
  },
  {
    name: 'solver',
    type: choice('lbfgs', 'liblinear', 'newton-cg', 'newton-cholesky', 'sag', 'saga'),
    default: 'lbfgs',
    summary:
      'All give the optimum. They differ in what they allow: l1 needs saga or liblinear, elasticnet needs saga; liblinear penalizes the intercept.',
  },
  {
    name: 'tol',
    aliases: ['gradient_tolerance'],
    type: positive,
    default: 1e-4,
    summary: 'Stop when no slope of the mean loss, per standard deviation of a feature, is above 1e-4 times this.',
  },
  {
    name: 'max_iter',
    aliases: ['max_iterations'],
    type: integer(0),
    default: 100,
    summary: 'Stop after this many iterations, with what was reached; the model says that it did not converge.',
  },
  {
    name: 'intercept_scaling',
    type: number(),
    default: 1,
    summary: 'With the solver liblinear, the intercept is penalized as a coefficient of a feature of this value.',
  },
  {
    name: 'dual',
    type: boolean,
    default: false,
    summary: 'true is allowed for the solver liblinear with penalty l2, and changes nothing: the optimum is the same.',
  },
  withoutEffect('random_state', seed, null, 'nothing is random here'),
  withoutEffect('warm_start', boolean, false, 'every model is trained from the start'),
  verbosity,
  threads,
];

/** What `checkParameters` has passed. */
export interface ClassificationParameters {
  readonly penalty: 'l2' | 'none' | 'l1' | 'elasticnet' | null;
  readonly C: number;
  readonly alpha: number | null;
  readonly fit_intercept: boolean;
  readonly class_weight: ClassWeight;
  readonly l1_ratio: number | null;
  readonly intercept_scaling: number;
  readonly dual: boolean;
  readonly multi_class: 'auto' | 'multinomial' | 'ovr';
  readonly solver: string;
  readonly tol: number;
  readonly max_iter: number;
}
