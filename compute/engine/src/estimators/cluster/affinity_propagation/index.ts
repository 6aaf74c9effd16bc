import type { Estimator } from '../../../estimator.js';
import { fit } from './fit.js';
import { parameters } from './parameters.js';

export const affinityPropagation: Estimator = {
  algorithm: 'affinity_propagation',
  task: 'clustering',
  reference: 'sklearn.cluster.AffinityPropagation',
  summary:
    'Clusters around exemplars, rows on which all rows agree by passing messages; it finds out how many there are.',
  parameters,
  missing: 'refuse',
  memory: '24 bytes for each pair of rows.',
  invariances: ['rows'],
  agreement: { what: 'exemplars, labels and iterations', kind: 'exact', tolerance: 0 },
  typical: { rows: 1000, features: 10, hyperparameters: { random_state: 0 } },
  fit,
};
