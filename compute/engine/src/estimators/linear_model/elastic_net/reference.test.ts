/** scikit-learn as the measure; made by proof/reference/make_elastic_net.py. */
import assert from 'node:assert/strict';
import { testReference } from '../../../testing/reference.js';
import { compareWeightedSum, type WeightedSumExpected } from '../../../linear/testing/linear-models.js';
import { elasticNet } from './index.js';

testReference<WeightedSumExpected>(elasticNet, (outcome) => {
  compareWeightedSum(outcome);
  assert.equal(outcome.fitted.details?.iterations, outcome.expected.iterations);
});
