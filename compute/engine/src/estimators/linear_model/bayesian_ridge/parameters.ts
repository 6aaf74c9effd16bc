import { boolean, integer, nullable, number, positive, verbosity, withoutEffect } from '../../../parameter-types.js';
import type { Parameter, ParameterType } from '../../../parameters.js';

const gamma = (name: string, what: string): Parameter => ({
  name,
  type: number(0),
  default: 1e-6,
  summary: `${what}.`,
});

/** What Bayesian ridge regression and automatic relevance determination have in common. */
export const evidenceParameters: readonly Parameter[] = [
  { name: 'n_iter', type: integer(1), default: 300, summary: 'Stop after this many iterations.' },
  {
    name: 'tol',
    type: positive,
    default: 1e-3,
    summary: 'Stop when the coefficients change by less than this in all.',
  },
  gamma('alpha_1', 'Shape of the Gamma prior over the precision of the noise'),
  gamma('alpha_2', 'Rate of the Gamma prior over the precision of the noise'),
  gamma('lambda_1', 'Shape of the Gamma prior over the precision of the coefficients'),
  gamma('lambda_2', 'Rate of the Gamma prior over the precision of the coefficients'),
  {
    name: 'compute_score',
    type: boolean,
    default: false,
    summary: 'Whether to keep the log marginal likelihood of every iteration, as scores in the details of the model.',
  },
  {
    name: 'fit_intercept',
    type: boolean,
    default: true,
    summary: 'Whether to learn an intercept, which has no prior; without one, a row of zeros scores 0.',
  },
  withoutEffect('copy_X', boolean, true, 'the training data is never overwritten'),
  { ...verbosity, default: false },
];

const initial = (name: string, type: ParameterType, what: string): Parameter => ({
  name,
  type: nullable(type),
  default: null,
  summary: `Where the precision of the ${what}.`,
});

export const bayesianRidgeParameters: readonly Parameter[] = [
  ...evidenceParameters,
  initial('alpha_init', positive, 'noise starts; null is one over the variance of the target'),
  initial('lambda_init', number(0), 'coefficients starts; null is 1'),
];

/** What `checkParameters` has passed. */
export interface EvidenceParameters {
  readonly n_iter: number;
  readonly tol: number;
  readonly alpha_1: number;
  readonly alpha_2: number;
  readonly lambda_1: number;
  readonly lambda_2: number;
  readonly compute_score: boolean;
  readonly fit_intercept: boolean;
}

export interface BayesianRidgeParameters extends EvidenceParameters {
  readonly alpha_init: number | null;
  readonly lambda_init: number | null;
}
