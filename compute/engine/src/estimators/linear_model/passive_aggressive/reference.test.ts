/** scikit-learn as the measure; made by proof/reference/make_passive_aggressive.py. */
import assert from 'node:assert/strict';
import { compareEpochs, type EpochsExpected } from '../../../linear/testing/linear-models.js';
import { testReference } from '../../../testing/reference.js';
import { passiveAggressiveClassification, passiveAggressiveRegression } from './index.js';

testReference<EpochsExpected>(passiveAggressiveRegression, (outcome) => {
  compareEpochs(outcome);
  const { answers, expected, close } = outcome;
  close(answers.scores.subarray(0, expected.predictions.length), expected.predictions, 'prediction');
});

testReference<EpochsExpected>(passiveAggressiveClassification, (outcome) => {
  compareEpochs(outcome);
  const { answers, expected } = outcome;
  assert.deepEqual([...answers.predictions.subarray(0, expected.predictions.length)], expected.predictions);
});
