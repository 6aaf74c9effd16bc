/** scikit-learn as the measure; made by proof/reference/make_linear_svm.py. */
import assert from 'node:assert/strict';
import { type Outcome, testReference } from '../../../testing/reference.js';
import { linearSvmClassification, linearSvmRegression } from './index.js';
import { objective } from './testing/objective.js';

interface Expected {
  readonly coefficients: readonly number[];
  readonly intercepts: readonly number[];
  readonly predictions: readonly number[];
}

function compare({ fitted, answers, expected, entry, problem, close }: Outcome<Expected>): void {
  const [coefficients, intercepts] = fitted.block.words as [Float64Array, Float64Array];
  assert.equal(fitted.details?.converged, true);
  if (entry.parameters.multi_class !== 'crammer_singer') {
    const ours = objective(entry.task, problem, entry.parameters, coefficients, intercepts);
    const theirs = objective(entry.task, problem, entry.parameters, expected.coefficients, expected.intercepts);
    assert.ok(ours <= theirs * (1 + 1e-9), `objective ${ours}, of scikit-learn ${theirs}`);
  }
  // Where scikit-learn did not reach the optimum, that is all there is to say.
  if (entry.note === 'objective') return;
  close(coefficients, expected.coefficients, 'coefficient');
  close(intercepts, expected.intercepts, 'intercept');
  close(answers.predictions.subarray(0, expected.predictions.length), expected.predictions, 'prediction');
}

testReference(linearSvmRegression, compare);
testReference(linearSvmClassification, compare);
