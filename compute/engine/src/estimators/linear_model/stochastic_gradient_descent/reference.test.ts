/** scikit-learn as the measure; made by proof/reference/make_stochastic_gradient_descent.py. */
import assert from 'node:assert/strict';
import { compareEpochs, type EpochsExpected } from '../../../linear/testing/linear-models.js';
import { testReference } from '../../../testing/reference.js';
import { stochasticGradientDescentClassification, stochasticGradientDescentRegression } from './index.js';

interface Expected extends EpochsExpected {
  readonly probabilities?: number[];
}

testReference<Expected>(stochasticGradientDescentRegression, (outcome) => {
  compareEpochs(outcome);
  const { answers, expected, close } = outcome;
  close(answers.scores.subarray(0, expected.predictions.length), expected.predictions, 'prediction');
});

testReference<Expected>(stochasticGradientDescentClassification, (outcome) => {
  compareEpochs(outcome);
  const { answers, expected } = outcome;
  assert.deepEqual([...answers.predictions.subarray(0, expected.predictions.length)], expected.predictions);
  const { probabilities = [] } = expected;
  for (const [i, probability] of probabilities.entries())
    assert.ok(Math.abs(answers.probabilities[i] - probability) < 1e-6, `probability ${i}`);
});
