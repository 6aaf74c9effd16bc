import {
  choice,
  either,
  integer,
  nullable,
  number,
  positive,
  seed,
  threads,
  verbosity,
  withoutEffect,
} from '../../../parameter-types.js';
import type { Parameter } from '../../../parameters.js';

const affinities = [
  ...(['rbf', 'nearest_neighbors', 'linear', 'poly', 'polynomial', 'sigmoid', 'laplacian', 'cosine'] as const),
] as const;

export const parameters: readonly Parameter[] = [
  { name: 'n_clusters', type: integer(1), default: 8, summary: 'How many clusters to form.' },
  {
    name: 'n_components',
    type: nullable(integer(1)),
    default: null,
    summary: 'The eigenvectors that rows are clustered by; null takes as many as clusters.',
  },
  {
    name: 'affinity',
    type: choice(...affinities),
    default: 'rbf',
    summary: 'How near two rows are: a kernel, or whether one is among the nearest of the other.',
  },
  {
    name: 'gamma',
    type: positive,
    default: 1,
    summary: 'The coefficient of the kernels rbf, poly, sigmoid, laplacian.',
  },
  { name: 'degree', type: number(0), default: 3, summary: 'The degree of the kernel poly.' },
  { name: 'coef0', type: number(), default: 1, summary: 'The constant of the kernels poly and sigmoid.' },
  {
    name: 'n_neighbors',
    type: integer(1),
    default: 10,
    summary: 'The nearest rows, itself counted, that a row is near to, for nearest_neighbors.',
  },
  {
    name: 'assign_labels',
    type: choice('kmeans', 'discretize', 'cluster_qr'),
    default: 'kmeans',
    summary: 'How clusters are read from the eigenvectors; the last two need as many components as clusters.',
  },
  { name: 'n_init', type: integer(1), default: 10, summary: 'How often kmeans starts anew; the best result is kept.' },
  {
    name: 'random_state',
    type: seed,
    default: null,
    summary: 'Seeds kmeans and discretize, as in scikit-learn; null takes the seed of the training.',
  },
  withoutEffect(
    'eigen_solver',
    nullable(choice('arpack', 'lobpcg', 'amg')),
    null,
    'eigenvectors are computed exactly, by a method of its own',
  ),
  withoutEffect('eigen_tol', either(number(0), choice('auto')), 'auto', 'eigenvectors are computed exactly'),
  withoutEffect('kernel_params', { kind: 'null' }, null, 'kernels have no parameters but those above'),
  verbosity,
  threads,
];

/** What `checkParameters` has passed. */
export interface SpectralParameters {
  readonly n_clusters: number;
  readonly n_components: number | null;
  readonly affinity: (typeof affinities)[number];
  readonly gamma: number;
  readonly degree: number;
  readonly coef0: number;
  readonly n_neighbors: number;
  readonly assign_labels: 'kmeans' | 'discretize' | 'cluster_qr';
  readonly n_init: number;
  readonly random_state: number | null;
}
