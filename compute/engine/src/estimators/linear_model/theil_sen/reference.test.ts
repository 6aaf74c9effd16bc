/** scikit-learn as the measure; made by proof/reference/make_theil_sen.py. */
import assert from 'node:assert/strict';
import { testReference } from '../../../testing/reference.js';
import { theilSen } from './index.js';

interface Expected {
  readonly coefficients: number[];
  readonly intercept: number;
  readonly iterations: number;
  readonly breakdown: number;
  readonly predictions: number[];
}

testReference<Expected>(theilSen, ({ fitted, answers, expected, close, entry }) => {
  const [weights, intercepts] = fitted.block.words as [Float64Array, Float64Array];
  close(weights, expected.coefficients, 'coefficient');
  close(intercepts, [expected.intercept], 'intercept');
  const { iterations, breakdown } = fitted.details as { iterations: number; breakdown: number };
  if (!('max_iter' in entry.parameters)) assert.equal(iterations, expected.iterations);
  close([breakdown], [expected.breakdown], 'breakdown point');
  close(answers.scores.subarray(0, expected.predictions.length), expected.predictions, 'prediction');
});
