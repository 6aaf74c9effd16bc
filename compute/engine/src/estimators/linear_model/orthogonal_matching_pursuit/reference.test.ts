/** scikit-learn as the measure; made by proof/reference/make_orthogonal_matching_pursuit.py. */
import assert from 'node:assert/strict';
import { testReference } from '../../../testing/reference.js';
import { compareWeightedSum, type WeightedSumExpected } from '../../../linear/testing/linear-models.js';
import { orthogonalMatchingPursuit } from './index.js';

testReference<WeightedSumExpected>(orthogonalMatchingPursuit, (outcome) => {
  compareWeightedSum(outcome);
  assert.equal(outcome.fitted.details?.iterations, outcome.expected.iterations);
});
