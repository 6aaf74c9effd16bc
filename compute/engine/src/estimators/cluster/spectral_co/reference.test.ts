/** scikit-learn as the measure; made by proof/reference/make_spectral_co.py. */
import { assertSamePartition } from '../../../testing/partition.js';
import { testReference } from '../../../testing/reference.js';
import { spectralCo } from './index.js';

interface Expected {
  readonly rows: readonly number[];
  readonly features: readonly number[];
}

testReference<Expected>(spectralCo, ({ fitted, expected }) => {
  const features = fitted.details!.feature_clusters as number[];
  assertSamePartition([...fitted.sections!.labels!, ...features], [...expected.rows, ...expected.features]);
});
