import type { ClassWeight } from '../../../class-weights.js';
import {
  averageParameter,
  epsilonParameter,
  type PassParameters,
  passParameters,
} from '../../../optimize/stochastic-gradient/parameters.js';
import { choice, classWeightParameter, positive, threads } from '../../../parameter-types.js';
import type { Parameter } from '../../../parameters.js';

const aggressiveness: Parameter = {
  name: 'C',
  type: positive,
  default: 1,
  summary:
    'How far a step may go to get its row right: the most that a row adds to the coefficients, or for the squared losses a soft limit.',
};

export const regressionParameters: readonly Parameter[] = [
  aggressiveness,
  {
    name: 'loss',
    type: choice('epsilon_insensitive', 'squared_epsilon_insensitive'),
    default: 'epsilon_insensitive',
    summary: 'epsilon_insensitive is PA-I, squared_epsilon_insensitive PA-II of Crammer et al. (2006).',
  },
  { ...epsilonParameter, summary: 'Errors up to this change nothing.' },
  averageParameter,
  ...passParameters({ random_state: null }),
];

export const classificationParameters: readonly Parameter[] = [
  aggressiveness,
  {
    name: 'loss',
    type: choice('hinge', 'squared_hinge'),
    default: 'hinge',
    summary: 'hinge is PA-I, squared_hinge PA-II of Crammer et al. (2006).',
  },
  averageParameter,
  ...passParameters({ random_state: null }),
  classWeightParameter,
  threads,
];

/** What `checkParameters` has passed. */
interface CommonParameters extends PassParameters {
  readonly C: number;
  readonly average: boolean | number;
}
export interface RegressionParameters extends CommonParameters {
  readonly loss: 'epsilon_insensitive' | 'squared_epsilon_insensitive';
  readonly epsilon: number;
}
export interface ClassificationParameters extends CommonParameters {
  readonly loss: 'hinge' | 'squared_hinge';
  readonly class_weight: ClassWeight;
}
