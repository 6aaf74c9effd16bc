import {
  arrayOf,
  boolean,
  choice,
  integer,
  nullable,
  number,
  seed,
  verbosity,
  withoutEffect,
} from '../../../parameter-types.js';
import type { Parameter } from '../../../parameters.js';

export const parameters: readonly Parameter[] = [
  {
    name: 'damping',
    type: number(0.5, 1),
    default: 0.5,
    summary:
      'How much of the old messages is kept in each iteration, from 0.5 to below 1; more of it stops oscillations.',
  },
  { name: 'max_iter', type: integer(1), default: 200, summary: 'The most iterations.' },
  {
    name: 'convergence_iter',
    type: integer(1),
    default: 15,
    summary: 'Stop when the exemplars stay the same for so many iterations.',
  },
  {
    name: 'preference',
    type: nullable(number(), arrayOf(number())),
    default: null,
    summary:
      'How much a row (an array: each row) wants to be an exemplar, to be compared with negative squared distances: more gives ' +
      'more clusters; null is the median of these.',
  },
  {
    name: 'affinity',
    type: choice('euclidean'),
    default: 'euclidean',
    summary: 'Similarities are negative squared Euclidean distances; matrices of similarities cannot be given.',
  },
  {
    name: 'random_state',
    type: seed,
    default: null,
    summary:
      'Seeds the tiny noise that decides between equals, as in scikit-learn; null takes the seed of the training.',
  },
  withoutEffect('copy', boolean, true, 'the training data is never overwritten'),
  { ...verbosity, default: false },
];

/** What `checkParameters` has passed. */
export interface AffinityPropagationParameters {
  readonly damping: number;
  readonly max_iter: number;
  readonly convergence_iter: number;
  readonly preference: number | readonly number[] | null;
  readonly random_state: number | null;
}
