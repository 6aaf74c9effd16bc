/** scikit-learn as the measure; made by proof/reference/make_perceptron.py. */
import assert from 'node:assert/strict';
import { testReference } from '../../../testing/reference.js';
import { perceptron } from './index.js';

interface Expected {
  readonly coefficients: number[];
  readonly intercepts: number[];
  readonly epochs: number;
  readonly predictions: number[];
}

testReference<Expected>(perceptron, ({ fitted, answers, expected, close }) => {
  const [weights, intercepts] = fitted.block.words as [Float64Array, Float64Array];
  const { epochs } = fitted.details as { epochs: number[] };
  close(weights, expected.coefficients, 'coefficient');
  close(intercepts, expected.intercepts, 'intercept');
  assert.equal(Math.max(...epochs), expected.epochs);
  assert.deepEqual([...answers.predictions.subarray(0, expected.predictions.length)], expected.predictions);
});
