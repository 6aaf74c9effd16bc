import { arrayOf, choice, either, integer } from '../../../parameter-types.js';
import type { Parameter } from '../../../parameters.js';
import { type BiclusteringParameters, biclusteringParameters } from '../../../spectral/parameters.js';

export const parameters: readonly Parameter[] = [
  {
    name: 'n_clusters',
    type: either(integer(1), arrayOf(integer(1))),
    default: 3,
    summary: 'How many clusters of rows and of features to form: one number for both, or an array of two.',
  },
  {
    name: 'method',
    type: choice('bistochastic', 'scale', 'log'),
    default: 'bistochastic',
    summary:
      'How rows and features are made comparable: scaled until all sums are equal, scaled once, or by logarithms.',
  },
  { name: 'n_components', type: integer(1), default: 6, summary: 'The singular vectors that are looked at.' },
  {
    name: 'n_best',
    type: integer(1),
    default: 3,
    summary: 'The most nearly stepwise of them, which rows are projected to.',
  },
  ...biclusteringParameters,
];

/** What `checkParameters` has passed. */
export interface SpectralBiParameters extends BiclusteringParameters {
  readonly n_clusters: number | readonly number[];
  readonly method: 'bistochastic' | 'scale' | 'log';
  readonly n_components: number;
  readonly n_best: number;
}
