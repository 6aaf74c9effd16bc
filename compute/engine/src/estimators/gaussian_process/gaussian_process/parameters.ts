import {
  arrayOf,
  boolean,
  choice,
  either,
  integer,
  nullable,
  number,
  seed,
  threads,
  withoutEffect,
} from '../../../parameter-types.js';
import type { Parameter } from '../../../parameters.js';

const kernel: Parameter = {
  name: 'kernel',
  type: nullable({ kind: 'text' }),
  default: null,
  summary:
    'How alike two rows are, as scikit-learn writes it: sums, products and powers of ConstantKernel, WhiteKernel, RBF, Matern, RationalQuadratic, ExpSineSquared and DotProduct, e.g. "1.0 * RBF(length_scale=2.0) + WhiteKernel(noise_level=0.1)"; null is RBF with length scale 1, fixed.',
};
const optimizer: Parameter = {
  name: 'optimizer',
  type: nullable(choice('fmin_l_bfgs_b')),
  default: 'fmin_l_bfgs_b',
  summary:
    'What finds the numbers of the kernel that make the training data most likely; null leaves them as they are.',
};
const restarts: Parameter = {
  name: 'n_restarts_optimizer',
  type: integer(0),
  default: 0,
  summary: 'How often the search is repeated from random numbers within the bounds; the best of all is taken.',
};
const randomState: Parameter = {
  name: 'random_state',
  type: seed,
  default: null,
  summary: 'Seed of the random starts; null takes that of the training.',
};
const copies = withoutEffect('copy_X_train', boolean, true, 'the training data is never overwritten');

export const regressionParameters: readonly Parameter[] = [
  kernel,
  {
    name: 'alpha',
    type: either(number(0), arrayOf(number(0))),
    default: 1e-10,
    summary:
      'Variance of the noise in the target, added to the kernel of each row with itself; an array has one per row.',
  },
  optimizer,
  restarts,
  {
    name: 'normalize_y',
    type: boolean,
    default: false,
    summary: 'Whether the target is brought to mean 0 and variance 1 before the fit, and predictions back.',
  },
  copies,
  randomState,
];

export const classificationParameters: readonly Parameter[] = [
  kernel,
  optimizer,
  restarts,
  {
    name: 'max_iter_predict',
    type: integer(1),
    default: 100,
    summary: "The most steps of Newton's method that find the mode of the latent values.",
  },
  withoutEffect('warm_start', boolean, false, 'the mode is found to the same precision from anywhere'),
  copies,
  randomState,
  {
    name: 'multi_class',
    type: choice('one_vs_rest', 'one_vs_one'),
    default: 'one_vs_rest',
    summary: 'How more than two classes are told apart; only one_vs_rest is served, which has probabilities.',
  },
  threads,
];

export interface KernelParameters {
  readonly kernel: string | null;
  readonly optimizer: 'fmin_l_bfgs_b' | null;
  readonly n_restarts_optimizer: number;
  readonly random_state: number | null;
}

/** What `checkParameters` has passed. */
export interface RegressionParameters extends KernelParameters {
  readonly alpha: number | readonly number[];
  readonly normalize_y: boolean;
}

export interface ClassificationParameters extends KernelParameters {
  readonly max_iter_predict: number;
  readonly multi_class: string;
}
