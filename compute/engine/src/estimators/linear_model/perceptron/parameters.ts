import type { ClassWeight } from '../../../class-weights.js';
import {
  alphaParameter,
  l1RatioParameter,
  type PassParameters,
  passParameters,
  penaltyParameter,
} from '../../../optimize/stochastic-gradient/parameters.js';
import { classWeightParameter, number, threads } from '../../../parameter-types.js';
import type { Parameter } from '../../../parameters.js';

export const parameters: readonly Parameter[] = [
  penaltyParameter(null),
  { ...alphaParameter, summary: 'Weight of the penalty, if there is one.' },
  l1RatioParameter,
  {
    name: 'eta0',
    type: number(0),
    default: 1,
    summary: 'The length of a step, above 0; without a penalty it changes the size of the scores only.',
  },
  ...passParameters({ random_state: 0 }),
  classWeightParameter,
  threads,
];

/** What `checkParameters` has passed. */
export interface PerceptronParameters extends PassParameters {
  readonly penalty: 'l2' | 'l1' | 'elasticnet' | null;
  readonly alpha: number;
  readonly l1_ratio: number;
  readonly eta0: number;
  readonly class_weight: ClassWeight;
}
