/** xgboost as the measure; made by proof/reference/make_shap.py. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkBlock, loadKernels } from '@pgml/kernels';
import { findEstimator } from '../registry.js';
import { blockOf, fitAndEvaluate } from '../testing/data.js';
import { type ReferenceCase, readReference, referenceTable } from '../testing/reference.js';
import { explainer } from './explain.js';

interface Case extends Omit<ReferenceCase<never>, 'expected'> {
  /** rows × outputs × (features, then the base), as float32. */
  readonly contributions: readonly (readonly (readonly number[])[])[];
}

/** float32 sums over trees, there. */
const TOLERANCE = 1e-5;

const kernels = loadKernels();

for (const { task, table, parameters, contributions } of readReference<{ cases: readonly Case[] }>('shap').cases)
  test(`contributions as xgboost's: ${task} ${table}`, () => {
    const estimator = findEstimator('xgboost', task)!;
    const problem = referenceTable(table);
    const { fitted } = fitAndEvaluate(kernels, estimator, problem, { ...parameters, tree_method: 'hist' });
    const block = blockOf(fitted, problem.columns.length);
    const explain = explainer({ block, facts: checkBlock(block), sections: fitted.sections ?? {} });
    contributions.forEach((expected, row) => {
      const told = explain(problem.columns.map((column) => Math.fround(column[row])));
      const features = problem.columns.length;
      expected.forEach((own, output) => {
        const actual = [...told.contributions.subarray(output * features, (output + 1) * features), told.base[output]];
        own.forEach((value, index) => {
          const allowed = TOLERANCE * Math.max(1, ...own.map(Math.abs));
          assert.ok(Math.abs(actual[index] - value) <= allowed, `row ${row}: ${actual[index]} is not ${value}`);
        });
      });
    });
  });
