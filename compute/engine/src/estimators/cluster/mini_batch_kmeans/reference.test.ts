/** scikit-learn as the measure; made by proof/reference/make_mini_batch_kmeans.py. */
import assert from 'node:assert/strict';
import { testReference } from '../../../testing/reference.js';
import { miniBatchKmeans } from './index.js';

interface Expected {
  readonly centroids: readonly (readonly number[])[];
  readonly inertia: number;
  readonly steps: number;
}

testReference<Expected>(miniBatchKmeans, ({ fitted, expected, close }) => {
  assert.equal(fitted.details!.steps, expected.steps);
  close(fitted.block.words[0] as Float64Array, expected.centroids.flat(), 'coordinate');
  close([fitted.details!.inertia as number], [expected.inertia], 'inertia');
});
