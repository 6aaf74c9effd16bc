import type { Estimator } from '../../../estimator.js';
import { fit } from './fit.js';
import { parameters } from './parameters.js';

export const meanShift: Estimator = {
  algorithm: 'mean_shift',
  task: 'clustering',
  reference: 'sklearn.cluster.MeanShift',
  summary: 'Clusters around the places where rows lie most densely; how many there are follows from the bandwidth.',
  parameters,
  missing: 'refuse',
  memory: '8 bytes a value, and as much again for the points that move, unless seeds are given or binned.',
  agreement: { what: 'bandwidth, centres and labels', kind: 'exact', tolerance: 1e-6 },
  invariances: ['rows'],
  typical: { rows: 2_000, features: 4 },
  fit,
};
