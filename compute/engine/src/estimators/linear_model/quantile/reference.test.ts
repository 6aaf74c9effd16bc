/** scikit-learn as the measure; made by proof/reference/make_quantile.py. */
import { testReference } from '../../../testing/reference.js';
import { coefficientsOf } from '../../../linear/testing/linear-models.js';
import { quantile } from './index.js';

interface Expected {
  readonly objective: number;
  readonly coefficients: number[];
  readonly intercept: number;
  readonly predictions: number[];
  /** Whether no other coefficients are as good. */
  readonly unique: boolean;
}

testReference<Expected>(quantile, ({ fitted, answers, expected, close }) => {
  close([fitted.details?.objective as number], [expected.objective], 'objective');
  if (!expected.unique) return;
  const { weights, intercept } = coefficientsOf(fitted);
  close(weights, expected.coefficients, 'coefficient');
  close([intercept], [expected.intercept], 'intercept');
  close(answers.scores.slice(0, expected.predictions.length), expected.predictions, 'prediction');
});
