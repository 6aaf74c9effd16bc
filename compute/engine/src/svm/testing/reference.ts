/** What the reference tests of svm and nu_svm share. */
import assert from 'node:assert/strict';
import { pairCount } from '@pgml/kernels';
import type { Outcome } from '../../testing/reference.js';

export interface ExpectedRegression {
  readonly intercept: readonly number[];
  readonly support?: number;
  readonly predictions: readonly number[];
}

export interface ExpectedClassification {
  readonly intercepts: readonly number[];
  readonly support?: number;
  /** By row the scores of the pairs of classes. */
  readonly scores: readonly (readonly number[])[];
  readonly classes: readonly number[];
  readonly probabilities?: readonly (readonly number[])[];
  readonly sigmoids?: readonly (readonly number[])[];
}

export function compareRegression({ fitted, answers, expected, close }: Outcome<ExpectedRegression>): void {
  assert.equal(fitted.details?.converged, true);
  close(answers.predictions.slice(0, expected.predictions.length), expected.predictions, 'prediction');
  closeSupport(fitted.details?.support_vectors as number, expected.support);
}

export function compareClassification(outcome: Outcome<ExpectedClassification>): void {
  const { fitted, answers, expected, close, problem } = outcome;
  const { outputs } = fitted.block;
  const classes = 1 + Math.max(...Array.from(problem.target!));
  const pairs = pairCount(classes);
  assert.equal(fitted.details?.converged, true);
  const scores = expected.scores.map((_, row) => answers.scores.subarray(row * outputs, row * outputs + pairs));
  close(
    scores.flatMap((row) => [...row]),
    expected.scores.flat(),
    'score',
  );
  assert.deepEqual([...answers.predictions.subarray(0, expected.classes.length)], expected.classes);
  closeSupport(fitted.details?.support_vectors as number, expected.support);
  if (!expected.probabilities || !expected.sigmoids) return;
  close(fitted.block.decisionNumbers!, expected.sigmoids.flat(), 'sigmoid');
  const probabilities = answers.probabilities.subarray(0, expected.probabilities.length * classes);
  for (const [i, probability] of expected.probabilities.flat().entries())
    // For two classes, LIBSVM stops an iteration where we have the sigmoid itself.
    assert.ok(Math.abs(probabilities[i] - probability) < (classes === 2 ? 0.005 : 1e-4), `probability ${i}`);
}

/** Rows on the border of having a coefficient may have a tiny one or none. */
function closeSupport(actual: number, expected?: number): void {
  if (expected === undefined) return;
  assert.ok(Math.abs(actual - expected) <= Math.max(1, 0.005 * expected), `${actual} support vectors, not ${expected}`);
}
