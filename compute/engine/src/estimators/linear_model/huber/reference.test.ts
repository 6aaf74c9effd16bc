/** scikit-learn as the measure; made by proof/reference/make_huber.py. */
import assert from 'node:assert/strict';
import { testReference } from '../../../testing/reference.js';
import { compareWeightedSum, type WeightedSumExpected } from '../../../linear/testing/linear-models.js';
import { huber } from './index.js';

testReference<WeightedSumExpected & { readonly scale: number; readonly outliers: number }>(huber, (outcome) => {
  const { fitted, expected, close } = outcome;
  compareWeightedSum(outcome);
  assert.equal(fitted.details?.converged, true);
  close([fitted.details.scale as number], [expected.scale], 'scale');
  assert.equal(fitted.details.outliers, expected.outliers);
});
