/** xgboost's metrics, and its early stopping, as the measure; made by proof/reference/make_xgboost_metrics.py. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadKernels } from '@pgml/kernels';
import type { Task } from '../../../estimator.js';
import { checkParameters } from '../../../parameters.js';
import { assertClose, fitAndEvaluate, trainingData } from '../../../testing/data.js';
import { readReference, referenceTable } from '../../../testing/reference.js';
import { xgboostClassification, xgboostRegression } from './index.js';
import { logGamma, metricOf } from './metrics.js';
import { chooseObjective } from './objectives.js';
import type { XgboostParameters } from './parameters.js';

interface Reference {
  readonly cases: readonly {
    readonly objective: string;
    readonly target: readonly number[];
    readonly margins: readonly (number | readonly number[])[];
    readonly weights?: readonly number[];
    readonly groups?: readonly number[];
    readonly expected: Readonly<Record<string, number>>;
  }[];
  readonly stopped: readonly {
    readonly task: Task;
    readonly table: string;
    readonly parameters: Readonly<Record<string, unknown>>;
    readonly expected: {
      readonly validation: Readonly<Record<string, readonly number[]>>;
      readonly best_iteration: number;
      readonly margins: readonly number[];
    };
  }[];
}

const { cases, stopped } = readReference<Reference>('xgboost_metrics');

for (const { objective: name, target, margins, weights, groups, expected } of cases)
  for (const [metric, value] of Object.entries(expected))
    test(`reference: ${metric} of ${name}${weights ? ', weighed' : ''}`, () => {
      const kernels = loadKernels();
      const classes = name.startsWith('multi') ? 3 : name.startsWith('binary') ? 2 : 0;
      const data = trainingData(kernels, [target.map(() => 0)], target, classes, { weights, groups });
      const checked = checkParameters(xgboostRegression, { objective: name });
      const parameters = checked as unknown as XgboostParameters;
      const objective = chooseObjective(parameters, data);
      const measured = metricOf(metric, parameters, objective).measure(
        Float32Array.from(margins.flat()),
        objective,
        data,
      );
      assert.ok(Math.abs(measured - value) <= 2e-6 * Math.max(1, Math.abs(value)), `${measured} is not ${value}`);
    });

stopped.forEach(({ task, table, parameters, expected }, index) => {
  test(`reference: stops early as xgboost does, case ${index}: ${table} ${JSON.stringify(parameters)}`, () => {
    const estimator = task === 'regression' ? xgboostRegression : xgboostClassification;
    const { fitted, answers } = fitAndEvaluate(loadKernels(), estimator, referenceTable(table), parameters);
    assert.equal(fitted.details!.best_iteration, expected.best_iteration);
    for (const [metric, history] of Object.entries(expected.validation)) {
      const own = (fitted.details!.validation as Record<string, number[]>)[metric];
      assertClose(own, history, 1e-5, metric);
    }
    assertClose(answers.scores.subarray(0, expected.margins.length), expected.margins, 1e-5, 'margin');
  });
});

test('the logarithm of the gamma function: factorials, halves, and its recurrence', () => {
  let factorial = 1;
  for (let n = 1; n < 20; factorial *= n, n++) assertClose([logGamma(n)], [Math.log(factorial)], 5e-14);
  assertClose([logGamma(0.5)], [Math.log(Math.PI) / 2], 5e-14);
  for (const x of [1e-3, 0.3, 4.7, 1234.5]) assertClose([logGamma(x + 1) - Math.log(x)], [logGamma(x)], 1e-13);
});

test('the area under the curve of ranked groups: pairs of different grades in the right order', () => {
  const data = trainingData(loadKernels(), [[0, 0, 0, 0, 0, 0, 0]], [2, 1, 1, 0, 1, 0, 0], 0, {
    groups: [0, 0, 0, 0, 1, 1, 1],
  });
  const parameters = checkParameters(xgboostRegression, { objective: 'rank:pairwise' }) as unknown as XgboostParameters;
  const objective = chooseObjective(parameters, data);
  const measure = (margins: number[]) =>
    metricOf('auc', parameters, objective).measure(Float32Array.from(margins), objective, data);
  assert.equal(measure([3, 2, 1, 0, 1, 0, 0]), 1);
  // Of 5 pairs of the first group 4 are right, and one is equal; of 2 of the second one.
  assert.equal(measure([3, 2, 1, 1, 1, 0, 2]), (4.5 / 5 + 1 / 2) / 2);
});
