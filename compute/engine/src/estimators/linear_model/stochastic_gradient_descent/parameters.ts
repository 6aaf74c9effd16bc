import type { ClassWeight } from '../../../class-weights.js';
import type { DescentOptions, Loss } from '../../../optimize/stochastic-gradient/options.js';
import {
  alphaParameter,
  averageParameter,
  epsilonParameter,
  l1RatioParameter,
  passParameters,
  penaltyParameter,
} from '../../../optimize/stochastic-gradient/parameters.js';
import { choice, classWeightParameter, number, threads } from '../../../parameter-types.js';
import type { Parameter } from '../../../parameters.js';

const steps = (fallback: { learning_rate: string; eta0: number; power_t: number }): readonly Parameter[] => [
  {
    name: 'learning_rate',
    type: choice('constant', 'optimal', 'invscaling', 'adaptive'),
    default: fallback.learning_rate,
    summary:
      'How long steps are: constant is eta0; optimal is 1 / (alpha * (t + t0)) at step t; invscaling is eta0 / t^power_t; ' +
      'adaptive is eta0, divided by 5 whenever passes are no gain.',
  },
  {
    name: 'eta0',
    type: number(0),
    default: fallback.eta0,
    summary: 'The first step’s length, for all learning rates but optimal, where it must be greater than 0.',
  },
  {
    name: 'power_t',
    type: number(),
    default: fallback.power_t,
    summary: 'The exponent of the learning rate invscaling.',
  },
];

const regressionLosses: readonly Loss[] = [
  'squared_error',
  'huber',
  'epsilon_insensitive',
  'squared_epsilon_insensitive',
];

const common: readonly Parameter[] = [
  penaltyParameter('l2'),
  alphaParameter,
  l1RatioParameter,
  epsilonParameter,
  averageParameter,
  ...passParameters({ random_state: null }),
];

export const regressionParameters: readonly Parameter[] = [
  {
    name: 'loss',
    type: choice(...regressionLosses),
    default: 'squared_error',
    summary:
      'What an error costs: its square; huber is linear beyond epsilon; the insensitive ones are free up to epsilon.',
  },
  ...steps({ learning_rate: 'invscaling', eta0: 0.01, power_t: 0.25 }),
  ...common,
];

export const classificationParameters: readonly Parameter[] = [
  {
    name: 'loss',
    type: choice('hinge', 'log_loss', 'log', 'modified_huber', 'squared_hinge', 'perceptron', ...regressionLosses),
    default: 'hinge',
    summary:
      'hinge is a linear support vector machine, log_loss (or log) logistic regression; only log_loss and modified_huber give ' +
      'probabilities; those of regression take the classes as 1 and -1.',
  },
  ...steps({ learning_rate: 'optimal', eta0: 0, power_t: 0.5 }),
  ...common,
  classWeightParameter,
  threads,
];

/** What `checkParameters` has passed. */
export type RegressionParameters = Omit<DescentOptions, 'C'> & { readonly random_state: number | null };
export type ClassificationParameters = RegressionParameters & { readonly class_weight: ClassWeight };
