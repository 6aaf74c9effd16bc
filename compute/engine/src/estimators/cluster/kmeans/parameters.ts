import type { Parameter } from '../../../parameters.js';

export const kmeansParameters: readonly Parameter[] = [
  {
    name: 'n_clusters',
    type: { kind: 'integer', minimum: 1 },
    default: 8,
    summary: 'How many clusters to form.',
  },
  {
    name: 'init',
    type: {
      kind: 'any',
      of: [
        { kind: 'choice', values: ['k-means++', 'random'] },
        { kind: 'array', of: { kind: 'array', of: { kind: 'number' } } },
      ],
    },
    default: 'k-means++',
    summary: 'How to choose the first centroids: k-means++, random rows, or an array with one array per centroid.',
  },
  {
    name: 'n_init',
    type: {
      kind: 'any',
      of: [
        { kind: 'integer', minimum: 1 },
        { kind: 'choice', values: ['auto'] },
      ],
    },
    default: 10,
    summary: 'How often to start anew; the best result is kept. auto is 1 for k-means++ and 10 for random.',
  },
  {
    name: 'max_iter',
    type: { kind: 'integer', minimum: 1 },
    default: 300,
    summary: 'The most iterations of one start.',
  },
  {
    name: 'tol',
    type: { kind: 'number', minimum: 0 },
    default: 1e-4,
    summary:
      'Stop when the centroids move less than this, squared and summed, relative to the mean variance of features.',
  },
  {
    name: 'algorithm',
    type: { kind: 'choice', values: ['lloyd', 'elkan', 'auto', 'full'] },
    default: 'lloyd',
    summary: 'All names are accepted and give the result of Lloyd’s algorithm.',
  },
  {
    name: 'random_state',
    type: { kind: 'any', of: [{ kind: 'null' }, { kind: 'integer', minimum: 0, maximum: 4294967295 }] },
    default: null,
    summary: 'Seeds the choice of the first centroids, as in scikit-learn; null takes the seed of the training.',
  },
  {
    name: 'copy_x',
    type: { kind: 'boolean' },
    default: true,
    summary: 'The training data is never overwritten.',
    ignored: true,
  },
  {
    name: 'verbose',
    type: { kind: 'any', of: [{ kind: 'integer' }, { kind: 'boolean' }] },
    default: 0,
    summary: 'Nothing is printed.',
    ignored: true,
  },
];
