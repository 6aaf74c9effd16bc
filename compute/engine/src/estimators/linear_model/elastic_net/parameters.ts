import { arrayOf, boolean, choice, either, integer, number, seed, withoutEffect } from '../../../parameter-types.js';
import type { Parameter } from '../../../parameters.js';

const shared: readonly Parameter[] = [
  {
    name: 'fit_intercept',
    type: boolean,
    default: true,
    summary: 'Whether to learn an intercept, which is never penalized; without one, a row of zeros scores 0.',
  },
  {
    name: 'max_iter',
    type: integer(1),
    default: 1000,
    summary: 'Stop after this many passes over the coefficients; the model says that it did not converge.',
  },
  {
    name: 'tol',
    type: number(0),
    default: 1e-4,
    summary:
      'Stop when a pass changes no coefficient by more than this times the largest, and the duality gap is below this times the squared length of the target.',
  },
  { name: 'positive', type: boolean, default: false, summary: 'Whether coefficients must not be negative.' },
  {
    name: 'selection',
    type: choice('cyclic', 'random'),
    default: 'cyclic',
    summary: 'Whether each pass takes the coefficients in order, or each time one at random.',
  },
  {
    name: 'random_state',
    type: seed,
    default: null,
    summary: 'Seed of the order that selection random takes; null takes the seed of the training.',
  },
  withoutEffect(
    'precompute',
    either(boolean, arrayOf(arrayOf(number()))),
    false,
    'products of the features are kept where that is faster',
  ),
  withoutEffect('copy_X', boolean, true, 'the training data is never overwritten'),
  withoutEffect('warm_start', boolean, false, 'every model is trained from the start'),
];

const alpha = (penalty: string): Parameter => ({
  name: 'alpha',
  type: number(0),
  default: 1,
  summary: `Weight of the penalty, ${penalty}, against half the mean squared error.`,
});

export const lassoParameters: readonly Parameter[] = [alpha('the summed absolute coefficients'), ...shared];

export const elasticNetParameters: readonly Parameter[] = [
  alpha('l1_ratio times the summed absolute coefficients plus (1 - l1_ratio) / 2 times the summed squared ones'),
  {
    name: 'l1_ratio',
    type: number(0, 1),
    default: 0.5,
    summary: 'How much of the penalty is on absolute coefficients: 1 is the lasso, 0 is ridge regression.',
  },
  ...shared,
];

/** What `checkParameters` has passed. */
export interface ElasticNetParameters {
  readonly alpha: number;
  readonly l1_ratio: number;
  readonly fit_intercept: boolean;
  readonly max_iter: number;
  readonly tol: number;
  readonly positive: boolean;
  readonly selection: 'cyclic' | 'random';
  readonly random_state: number | null;
}
