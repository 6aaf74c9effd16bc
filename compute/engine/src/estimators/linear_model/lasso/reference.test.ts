/** scikit-learn as the measure; made by proof/reference/make_lasso.py. */
import assert from 'node:assert/strict';
import { testReference } from '../../../testing/reference.js';
import { compareWeightedSum, type WeightedSumExpected } from '../../../linear/testing/linear-models.js';
import { lasso } from './index.js';

testReference<WeightedSumExpected>(lasso, (outcome) => {
  compareWeightedSum(outcome);
  assert.equal(outcome.fitted.details?.iterations, outcome.expected.iterations);
});
