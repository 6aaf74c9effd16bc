/** scikit-learn as the measure; made by proof/reference/make_spectral.py. */
import { assertSamePartition } from '../../../testing/partition.js';
import { testReference } from '../../../testing/reference.js';
import { spectral } from './index.js';

testReference<{ labels: readonly number[] }>(spectral, ({ fitted, expected }) => {
  assertSamePartition(fitted.sections!.labels!, expected.labels);
});
