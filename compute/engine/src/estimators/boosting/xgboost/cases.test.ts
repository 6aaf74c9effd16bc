/**
 * xgboost itself as the measure of all objectives, boosters, methods and constraints; made by
 * proof/reference/make_xgboost_cases.py.
 */
import { test } from 'node:test';
import { loadKernels } from '@pgml/kernels';
import type { Task } from '../../../estimator.js';
import { assertClose, columnsOf, fitAndEvaluate, type Problem } from '../../../testing/data.js';
import { readReference, referenceTable } from '../../../testing/reference.js';
import { xgboostClassification, xgboostRegression } from './index.js';

interface Case {
  readonly task: Task;
  readonly table: string;
  readonly parameters: Readonly<Record<string, unknown>>;
  /** What was made of the table's target. */
  readonly target?: string;
  readonly targets?: readonly number[];
  readonly weights?: readonly number[];
  readonly groups?: readonly number[];
  readonly categories?: readonly number[];
  readonly expected: {
    /** Of the first rows. */
    readonly margins: readonly number[];
    readonly answers: readonly number[];
    readonly importances?: Readonly<Record<string, readonly number[]>>;
  };
}

interface Reference {
  readonly bins: { readonly features: readonly (readonly number[])[]; readonly target: readonly number[] };
  readonly cases: readonly Case[];
}

const TOLERANCE = xgboostRegression.agreement.tolerance;
const { bins, cases } = readReference<Reference>('xgboost_cases');
const kernels = loadKernels();

function problemOf({ task, table, targets, weights, groups, categories }: Case): Problem {
  const known = table === 'bins' ? { columns: columnsOf(bins.features), target: bins.target } : referenceTable(table);
  const target = targets ?? known.target ?? [];
  const classes = task === 'classification' && table === 'bins';
  return {
    columns: known.columns,
    target: classes ? Array.from(target, (value) => Number(value > 0)) : target,
    ...{ weights, groups, categories },
  };
}

cases.forEach((entry, index) => {
  const { task, table, parameters, target, expected } = entry;
  const said = [table, target, entry.weights && 'weights', entry.groups && 'groups', JSON.stringify(parameters)];
  test(`reference: xgboost ${task} case ${index}: ${said.filter(Boolean).join(' ')}`, () => {
    const estimator = task === 'regression' ? xgboostRegression : xgboostClassification;
    const { fitted, answers } = fitAndEvaluate(kernels, estimator, problemOf(entry), parameters);
    const scores = answers.scores.subarray(0, expected.margins.length);
    assertClose(scores, expected.margins, TOLERANCE, 'margin');
    if (task === 'regression')
      assertClose(answers.predictions.subarray(0, expected.answers.length), expected.answers, TOLERANCE, 'answer');
    for (const [kind, values] of Object.entries(expected.importances ?? {}))
      assertClose(fitted.importances![kind], values, 20 * TOLERANCE, kind);
  });
});
