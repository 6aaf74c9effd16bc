/** scikit-learn as the measure; made by proof/reference/make_ridge.py. */
import assert from 'node:assert/strict';
import { testReference } from '../../../testing/reference.js';
import { coefficientsOf } from '../../../linear/testing/linear-models.js';
import { ridgeClassification, ridgeRegression } from './index.js';

interface RegressionExpected {
  readonly coefficients: number[];
  readonly intercept: number;
  readonly predictions: number[];
}

testReference<RegressionExpected>(ridgeRegression, ({ fitted, answers, expected, close }) => {
  const { weights, intercept } = coefficientsOf(fitted);
  close(weights, expected.coefficients, 'coefficient');
  close([intercept], [expected.intercept], 'intercept');
  close(answers.scores.slice(0, expected.predictions.length), expected.predictions, 'prediction');
});

interface ClassificationExpected {
  readonly coefficients: number[][];
  readonly intercepts: number[];
  /** Of every seventh row. */
  readonly scores: number[] | number[][];
  readonly classes: number[];
}

testReference<ClassificationExpected>(ridgeClassification, ({ fitted, answers, expected, close }) => {
  const [weights, intercepts] = fitted.block.words as [Float64Array, Float64Array];
  close(weights, expected.coefficients.flat(), 'coefficient');
  close(intercepts, expected.intercepts, 'intercept');
  const { outputs } = fitted.block;
  const rows = expected.classes.map((_, i) => 7 * i);
  const scores = rows.flatMap((row) => [...answers.scores.subarray(row * outputs, (row + 1) * outputs)]);
  close(scores, expected.scores.flat(), 'score');
  const classes = rows.map((row) => answers.predictions[row]);
  assert.deepEqual(classes, expected.classes);
});
