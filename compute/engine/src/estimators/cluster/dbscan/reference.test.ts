/** scikit-learn as the measure; made by proof/reference/make_dbscan.py. */
import assert from 'node:assert/strict';
import { testReference } from '../../../testing/reference.js';
import { dbscan } from './index.js';

testReference<{ labels: readonly number[]; cores: number }>(dbscan, ({ fitted, expected }) => {
  assert.deepEqual([...fitted.sections!.labels!], expected.labels);
  assert.equal(fitted.details!.cores, expected.cores);
});
