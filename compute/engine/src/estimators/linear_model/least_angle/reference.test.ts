/** scikit-learn as the measure; made by proof/reference/make_least_angle.py. */
import assert from 'node:assert/strict';
import { testReference } from '../../../testing/reference.js';
import { compareWeightedSum, type WeightedSumExpected } from '../../../linear/testing/linear-models.js';
import { leastAngle } from './index.js';

testReference<WeightedSumExpected & { readonly alphas: number[] }>(leastAngle, (outcome) => {
  const { fitted, expected, close } = outcome;
  compareWeightedSum(outcome);
  assert.equal(fitted.details?.iterations, expected.iterations);
  // Without fit_path the reference keeps the last one only.
  close((fitted.details?.alphas as number[]).slice(-expected.alphas.length), expected.alphas, 'penalty');
});
