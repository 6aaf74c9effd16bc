import { choice, positive, seed } from '../../../parameter-types.js';
import type { Parameter } from '../../../parameters.js';
import { baseEstimator, estimatorCount, formerBaseEstimator } from '../../../trees/cart/parameters.js';

const shared = (base: string, special: Parameter): readonly Parameter[] => [
  baseEstimator(base),
  estimatorCount(50, 'Trees at most; there are fewer if one of them makes no errors, or too many.'),
  {
    name: 'learning_rate',
    type: positive,
    default: 1,
    summary: 'What the influence of each tree is multiplied by.',
  },
  special,
  {
    name: 'random_state',
    type: seed,
    default: null,
    summary: 'Seed of all draws; null takes the seed of the training.',
  },
  formerBaseEstimator,
];

export const classificationParameters = shared('trees of one split', {
  name: 'algorithm',
  type: choice('SAMME', 'SAMME.R'),
  default: 'SAMME.R',
  summary: 'SAMME.R learns from the class probabilities of the trees, SAMME from their classes alone.',
});

export const regressionParameters = shared('trees of three levels', {
  name: 'loss',
  type: choice('linear', 'square', 'exponential'),
  default: 'linear',
  summary: "How a row's error, relative to the largest, becomes what the row counts in the next round.",
});

/** What `checkParameters` has passed. */
export interface AdaBoostParameters {
  readonly n_estimators: number;
  readonly learning_rate: number;
  readonly algorithm: 'SAMME' | 'SAMME.R';
  readonly loss: 'linear' | 'square' | 'exponential';
  readonly random_state: number | null;
}
