/** scikit-learn as the measure; made by proof/reference/make_mean_shift.py. */
import assert from 'node:assert/strict';
import { testReference } from '../../../testing/reference.js';
import { meanShift } from './index.js';

interface Expected {
  readonly centres: readonly (readonly number[])[];
  readonly labels: readonly number[];
  readonly iterations: number;
  readonly bandwidth: number | null;
}

testReference<Expected>(meanShift, ({ fitted, expected, entry, close }) => {
  assert.deepEqual([...fitted.sections!.labels!], expected.labels);
  assert.equal(fitted.details!.clusters, expected.centres.length);
  assert.equal(fitted.details!.iterations, expected.iterations);
  if (expected.bandwidth !== null) close([fitted.details!.bandwidth as number], [expected.bandwidth], 'bandwidth');
  if (entry.parameters.cluster_all === false) assert.equal(fitted.clusters!.at(-1), -1);
  else close(fitted.block.words[0] as Float64Array, expected.centres.flat(), 'coordinate');
});
