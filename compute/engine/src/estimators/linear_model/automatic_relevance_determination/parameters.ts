import { number } from '../../../parameter-types.js';
import type { Parameter } from '../../../parameters.js';
import { type EvidenceParameters, evidenceParameters } from '../bayesian_ridge/parameters.js';

export const relevanceParameters: readonly Parameter[] = [
  ...evidenceParameters,
  {
    name: 'threshold_lambda',
    type: number(0),
    default: 1e4,
    summary: 'A feature whose coefficient has a precision of this or more is dropped.',
  },
];

/** What `checkParameters` has passed. */
export interface RelevanceParameters extends EvidenceParameters {
  readonly threshold_lambda: number;
}
