import {
  boolean,
  choice,
  either,
  fraction,
  integer,
  nullable,
  number,
  seed,
  withoutEffect,
} from '../../../parameter-types.js';
import type { Parameter } from '../../../parameters.js';

export const pcaParameters: readonly Parameter[] = [
  {
    name: 'n_components',
    type: nullable(integer(1), fraction, choice('mle')),
    default: null,
    summary:
      'How many components to keep: a number; below 1, as many as explain more than this part of the variance; mle lets the data decide; null keeps all.',
  },
  {
    name: 'whiten',
    type: boolean,
    default: false,
    summary: 'Whether each component is divided by its standard deviation over the training rows.',
  },
  {
    name: 'svd_solver',
    type: choice('auto', 'full', 'arpack', 'randomized'),
    default: 'auto',
    summary:
      'All names are accepted and all give the exact components; arpack keeps one fewer than there could be, and like randomized wants a number of components.',
  },
  withoutEffect('copy', boolean, true, 'the training data is never overwritten'),
  withoutEffect('tol', number(0), 0, 'it belongs to the approximations of arpack'),
  withoutEffect(
    'iterated_power',
    either(integer(0), choice('auto')),
    'auto',
    'it belongs to the approximations of randomized',
  ),
  withoutEffect('n_oversamples', integer(1), 10, 'it belongs to the approximations of randomized'),
  withoutEffect(
    'power_iteration_normalizer',
    choice('auto', 'QR', 'LU', 'none'),
    'auto',
    'it belongs to the approximations of randomized',
  ),
  withoutEffect('random_state', seed, null, 'nothing is random here'),
];

/** What `checkParameters` has passed. */
export interface PcaParameters {
  readonly n_components: number | 'mle' | null;
  readonly whiten: boolean;
  readonly svd_solver: 'auto' | 'full' | 'arpack' | 'randomized';
}
