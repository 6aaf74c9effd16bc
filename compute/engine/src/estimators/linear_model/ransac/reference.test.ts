/** scikit-learn as the measure; made by proof/reference/make_ransac.py. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadKernels } from '@pgml/kernels';
import type { Fitted } from '../../../estimator.js';
import { assertClose, fitAndEvaluate } from '../../../testing/data.js';
import { readReference, referenceTable, testReference } from '../../../testing/reference.js';
import { ransac } from './index.js';

interface Expected {
  readonly coefficients: number[];
  readonly intercepts: number[];
  readonly trials: number;
  readonly inliers: number;
  readonly predictions: number[];
}

type Close = (actual: ArrayLike<number>, expected: ArrayLike<number>, what?: string) => void;

function sameModel(fitted: Fitted, expected: Expected, close: Close): void {
  const [weights, intercepts] = fitted.block.words as [Float64Array, Float64Array];
  const { trials, inliers } = fitted.details as { trials: number; inliers: number };
  assert.deepEqual({ trials, inliers }, { trials: expected.trials, inliers: expected.inliers });
  close(weights, expected.coefficients, 'coefficient');
  close(intercepts, expected.intercepts, 'intercept');
}

testReference<Expected>(ransac, ({ fitted, answers, expected, close }) => {
  sameModel(fitted, expected, close);
  close(answers.scores.subarray(0, expected.predictions.length), expected.predictions, 'prediction');
});

const { joint } = readReference<{ joint: { table: string; parameters: object; expected: Expected }[] }>('ransac');
const kernels = loadKernels();

for (const { table, parameters, expected } of joint)
  test(`reference: two targets, ${table} ${JSON.stringify(parameters)}`, () => {
    const { columns, target } = referenceTable(table);
    const sums = Array.from(target!, (_, row) => columns.reduce((sum, column) => sum + Math.fround(column[row]), 0));
    const problem = { columns, target: [...Array.from(target!), ...sums] };
    const { fitted, answers } = fitAndEvaluate(kernels, ransac, problem, parameters);
    const close: Close = (actual, wanted, what) => assertClose(actual, wanted, ransac.agreement.tolerance, what);
    sameModel(fitted, expected, close);
    close(answers.scores.subarray(0, expected.predictions.length), expected.predictions, 'prediction');
  });
