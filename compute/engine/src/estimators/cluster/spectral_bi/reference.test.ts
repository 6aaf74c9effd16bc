/** scikit-learn as the measure; made by proof/reference/make_spectral_bi.py. */
import { assertSamePartition } from '../../../testing/partition.js';
import { testReference } from '../../../testing/reference.js';
import { spectralBi } from './index.js';

interface Expected {
  readonly rows: readonly number[];
  readonly features: readonly number[];
}

testReference<Expected>(spectralBi, ({ fitted, expected }) => {
  assertSamePartition(fitted.sections!.labels!, expected.rows);
  assertSamePartition(fitted.details!.feature_clusters as number[], expected.features);
});
