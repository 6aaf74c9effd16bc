/** scikit-learn as the measure; made by proof/reference/make_automatic_relevance_determination.py. */
import assert from 'node:assert/strict';
import { testReference } from '../../../testing/reference.js';
import { coefficientsOf } from '../../../linear/testing/linear-models.js';
import { automaticRelevanceDetermination } from './index.js';

interface Expected {
  readonly coefficients: number[];
  readonly intercept: number;
  readonly predictions: number[];
  readonly alpha: number;
  readonly lambda: number[];
  readonly kept: number;
  readonly scores?: number[];
}

testReference<Expected>(automaticRelevanceDetermination, ({ fitted, answers, expected, close }) => {
  const { weights, intercept } = coefficientsOf(fitted);
  const details = fitted.details as unknown as Expected;
  assert.equal(details.kept, expected.kept);
  assert.deepEqual(
    Array.from(weights, (value) => value === 0),
    expected.coefficients.map((value) => value === 0),
  );
  close(weights, expected.coefficients, 'coefficient');
  close([intercept], [expected.intercept], 'intercept');
  close(answers.scores.slice(0, expected.predictions.length), expected.predictions, 'prediction');
  close([details.alpha / expected.alpha], [1], 'alpha');
  // Precisions range over many decades.
  close(
    details.lambda.map((value, j) => value / expected.lambda[j]),
    expected.lambda.map(() => 1),
    'lambda',
  );
  if (expected.scores) close(details.scores!, expected.scores, 'score');
});
