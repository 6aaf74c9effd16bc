/** scikit-learn as the measure of penalties, solvers and weights; made by proof/reference/make_linear_penalties.py. */
import assert from 'node:assert/strict';
import { testReference } from '../../../testing/reference.js';
import { linearClassification, linearRegression } from './index.js';

interface Classifier {
  readonly coefficients: number[][];
  readonly intercepts: number[];
  readonly probabilities: number[][];
}

testReference<Classifier>(
  linearClassification,
  ({ fitted, answers, expected, close }) => {
    const [weights, intercepts] = fitted.block.words as [Float64Array, Float64Array];
    assert.equal(fitted.details?.converged, true);
    close(weights, expected.coefficients.flat(), 'coefficient');
    close(intercepts, expected.intercepts, 'intercept');
    const probabilities = expected.probabilities.flat();
    close(answers.probabilities.slice(0, probabilities.length), probabilities, 'probability');
  },
  'linear_penalties',
);

testReference<{ coefficients: number[]; intercept: number; predictions: number[] }>(
  linearRegression,
  ({ fitted, answers, expected, close }) => {
    const [weights, intercepts] = fitted.block.words as [Float64Array, Float64Array];
    close(weights, expected.coefficients, 'coefficient');
    close(intercepts, [expected.intercept], 'intercept');
    close(answers.scores.slice(0, expected.predictions.length), expected.predictions, 'prediction');
  },
  'linear_penalties',
);
