import {
  boolean,
  choice,
  either,
  fraction,
  mapOf,
  nullable,
  number,
  text,
  withoutEffect,
} from '../../../parameter-types.js';
import type { Parameter } from '../../../parameters.js';

export const parameters: readonly Parameter[] = [
  {
    name: 'quantile',
    type: fraction,
    default: 0.5,
    summary: 'Which quantile of the target is predicted, between 0 and 1; 0.5 is the median.',
  },
  {
    name: 'alpha',
    type: number(0),
    default: 1,
    summary: 'Weight of the penalty, the summed absolute coefficients, against the mean loss.',
  },
  {
    name: 'fit_intercept',
    type: boolean,
    default: true,
    summary: 'Whether to learn an intercept, which is never penalized; without one, a row of zeros scores 0.',
  },
  withoutEffect(
    'solver',
    choice('highs-ds', 'highs-ipm', 'highs', 'interior-point', 'revised simplex', 'warn'),
    'warn',
    'all find the optimum, here by an interior-point method and from there the nearest corner',
  ),
  withoutEffect(
    'solver_options',
    nullable(mapOf(either(number(), boolean, text, { kind: 'null' }))),
    null,
    'they belong to the solvers of the reference',
  ),
];

/** What `checkParameters` has passed. */
export interface QuantileParameters {
  readonly quantile: number;
  readonly alpha: number;
  readonly fit_intercept: boolean;
}
