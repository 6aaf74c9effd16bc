/** scikit-learn as the measure; made by proof/reference/make_passive_aggressive.py. */
import assert from 'node:assert/strict';
import { type Outcome, testReference } from '../../../testing/reference.js';
import { passiveAggressiveClassification, passiveAggressiveRegression } from './index.js';

interface Expected {
  readonly coefficients: number[];
  readonly intercepts: number[];
  readonly epochs: number;
  readonly predictions: number[];
}

function sameModel({ fitted, expected, close }: Outcome<Expected>): void {
  const [weights, intercepts] = fitted.block.words as [Float64Array, Float64Array];
  const { epochs } = fitted.details as { epochs: number[] };
  close(weights, expected.coefficients, 'coefficient');
  close(intercepts, expected.intercepts, 'intercept');
  assert.equal(Math.max(...epochs), expected.epochs);
}

testReference<Expected>(passiveAggressiveRegression, (outcome) => {
  sameModel(outcome);
  const { answers, expected, close } = outcome;
  close(answers.scores.subarray(0, expected.predictions.length), expected.predictions, 'prediction');
});

testReference<Expected>(passiveAggressiveClassification, (outcome) => {
  sameModel(outcome);
  const { answers, expected } = outcome;
  assert.deepEqual([...answers.predictions.subarray(0, expected.predictions.length)], expected.predictions);
});
