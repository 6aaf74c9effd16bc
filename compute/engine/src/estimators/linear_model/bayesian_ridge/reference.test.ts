/** scikit-learn as the measure; made by proof/reference/make_bayesian_ridge.py. */
import assert from 'node:assert/strict';
import { testReference } from '../../../testing/reference.js';
import { compareWeightedSum, type WeightedSumExpected } from '../../../linear/testing/linear-models.js';
import { bayesianRidge } from './index.js';

interface Expected extends WeightedSumExpected {
  readonly alpha: number;
  readonly lambda: number;
  readonly scores?: number[];
}

testReference<Expected>(bayesianRidge, (outcome) => {
  const { fitted, expected, close } = outcome;
  const details = fitted.details as unknown as Expected;
  assert.equal(details.iterations, expected.iterations);
  compareWeightedSum(outcome);
  close([details.alpha / expected.alpha], [1], 'alpha');
  close([details.lambda / expected.lambda], [1], 'lambda');
  assert.equal(details.scores?.length, expected.scores?.length);
  if (expected.scores) close(details.scores!, expected.scores, 'score');
});
