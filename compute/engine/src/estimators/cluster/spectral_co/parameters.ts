import { integer } from '../../../parameter-types.js';
import type { Parameter } from '../../../parameters.js';
import { type BiclusteringParameters, biclusteringParameters } from '../../../spectral/parameters.js';

export const parameters: readonly Parameter[] = [
  { name: 'n_clusters', type: integer(1), default: 3, summary: 'How many clusters of rows and features to form.' },
  ...biclusteringParameters,
];

/** What `checkParameters` has passed. */
export interface SpectralCoParameters extends BiclusteringParameters {
  readonly n_clusters: number;
}
