/** scikit-learn as the measure; made by proof/reference/make_linear.py. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadKernels } from '@pgml/kernels';
import type { Estimator } from '../../../estimator.js';
import { assertClose, columnsOf, fitAndEvaluate } from '../../../testing/data.js';
import { readReference } from '../../../testing/reference.js';
import { linearClassification, linearRegression } from './index.js';

interface Reference {
  tables: Record<string, number[] | number[][]>;
  regressions: {
    name: string;
    features: string;
    target: string;
    parameters: object;
    coefficients: number[];
    intercept: number;
    predictions: number[];
  }[];
  classifications: {
    name: string;
    features: string;
    target: string;
    parameters: { C?: number; multi_class?: string };
    coefficients: number[][];
    intercepts: number[];
    probabilities: number[][];
  }[];
}

const reference = readReference<Reference>('linear');
const kernels = loadKernels();

function fit(estimator: Estimator, tables: { features: string; target: string }, hyperparameters: object) {
  const columns = columnsOf(reference.tables[tables.features] as number[][]);
  const target = reference.tables[tables.target] as number[];
  const { fitted, answers } = fitAndEvaluate(kernels, estimator, { columns, target }, hyperparameters);
  const [weights, intercepts] = fitted.block.words as [Float64Array, Float64Array];
  return { weights, intercepts, fitted, answers };
}

for (const entry of reference.regressions)
  test(`reference: linear regression as scikit-learn's: ${entry.name}`, () => {
    const { weights, intercepts, answers } = fit(linearRegression, entry, entry.parameters);
    assertClose(weights, entry.coefficients, 1e-6, 'coefficient');
    assertClose(intercepts, [entry.intercept], 1e-6, 'intercept');
    assertClose(answers.scores.slice(0, entry.predictions.length), entry.predictions, 1e-6, 'prediction');
  });

for (const entry of reference.classifications)
  test(`reference: linear classification at scikit-learn's optimum: ${entry.name}`, () => {
    // The defaults are good for six digits, except where there is next to no penalty.
    const patience = (entry.parameters.C ?? 1) >= 100 ? { tol: 1e-5, max_iter: 1000 } : {};
    const { weights, intercepts, fitted, answers } = fit(linearClassification, entry, {
      ...entry.parameters,
      ...patience,
    });
    // The two-class softmax is stored as one score, the difference of both classes: twice scikit-learn's coefficients.
    const factor = entry.parameters.multi_class === 'multinomial' ? 2 : 1;
    const expected = entry.coefficients.flat().map((value) => value * factor);
    assert.equal(fitted.details?.converged, true, JSON.stringify(fitted.details));
    assertClose(weights, expected, 1e-6, 'coefficient');
    assertClose(
      intercepts,
      entry.intercepts.map((value) => value * factor),
      1e-6,
      'intercept',
    );
    const classes = entry.probabilities[0].length;
    for (const [i, row] of entry.probabilities.entries())
      assertClose(answers.probabilities.subarray(7 * i * classes, (7 * i + 1) * classes), row, 1e-6, 'probability');
  });
