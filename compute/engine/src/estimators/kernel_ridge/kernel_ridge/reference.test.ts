/** scikit-learn as the measure; made by proof/reference/make_kernel_ridge.py. */
import { testReference } from '../../../testing/reference.js';
import { kernelRidge } from './index.js';

testReference<{ readonly predictions: number[] }>(kernelRidge, ({ answers, expected, close }) => {
  close(answers.scores.slice(0, expected.predictions.length), expected.predictions, 'prediction');
});
