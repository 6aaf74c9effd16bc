/** scikit-learn as the measure; made by proof/reference/make_gaussian_process.py. */
import assert from 'node:assert/strict';
import { type Outcome, testReference } from '../../../testing/reference.js';
import { gaussianProcessClassification, gaussianProcessRegression } from './index.js';
import { learnedNumbers } from './kernel.js';
import { parseKernel } from './parse-kernel.js';

interface Expected {
  readonly likelihood: number;
}

/** Whether numbers are learned. Then the kernel must be at least as likely, and hardly more: the same optimum. */
function compareLikelihood({ entry, fitted, expected, close }: Outcome<Expected>): boolean {
  const { kernel = null, optimizer } = entry.parameters as { kernel?: string; optimizer?: null };
  const found = fitted.details!.log_marginal_likelihood as number;
  if (kernel === null || optimizer === null || learnedNumbers(parseKernel(kernel)).start.length === 0) {
    close([found], [expected.likelihood], 'log marginal likelihood');
    return false;
  }
  const scale = Math.max(1, Math.abs(expected.likelihood));
  assert.ok(found > expected.likelihood - 1e-6 * scale, `${found} is less likely than ${expected.likelihood}`);
  assert.ok(found < expected.likelihood + 1e-4 * scale, `${found} is far more likely than ${expected.likelihood}`);
  return true;
}

testReference<Expected & { readonly predictions: number[] }>(gaussianProcessRegression, (outcome) => {
  const { answers, expected, close } = outcome;
  if (compareLikelihood(outcome)) return;
  close(answers.scores.slice(0, expected.predictions.length), expected.predictions, 'prediction');
});

testReference<Expected & { readonly probabilities: number[][]; readonly classes: number[] }>(
  gaussianProcessClassification,
  (outcome) => {
    const { answers, expected, close } = outcome;
    if (compareLikelihood(outcome)) return;
    const classes = expected.probabilities[0].length;
    const rows = expected.classes.map((_, index) => 7 * index);
    const own = rows.flatMap((row) => [...answers.probabilities.subarray(row * classes, (row + 1) * classes)]);
    close(own, expected.probabilities.flat(), 'probability');
    assert.deepEqual(
      rows.map((row) => answers.predictions[row]),
      expected.classes,
    );
  },
);
