import type { Estimator } from '../../../estimator.js';
import { fit } from './fit.js';
import { parameters } from './parameters.js';

export const optics: Estimator = {
  algorithm: 'optics',
  task: 'clustering',
  reference: 'sklearn.cluster.OPTICS',
  summary:
    'Clusters of any shape and of different densities, cut from an ordering of the rows; the rest is noise, -1. A new row gets the label of the nearest training row.',
  parameters,
  missing: 'refuse',
  memory: '8 bytes a value, and 16 a row for each of min_samples.',
  agreement: { what: 'ordering, reachability and labels', kind: 'exact', tolerance: 1e-9 },
  typical: { rows: 2_000, features: 8 },
  fit,
};
