/** Trees node by node as scikit-learn grows them, with the same draws and ties. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadKernels, RandomState } from '@pgml/kernels';
import { fitContext, trainingData, assertClose } from '../../testing/data.js';
import { readReference, referenceTable, type ReferenceCase } from '../../testing/reference.js';
import { ExactGrower, type Grown } from './grower.js';
import { fullGrowth, growthRule, type TreeParameters } from './rule.js';
import { areSumsExact } from './sums.js';
import { plainTable, rankTable } from './table.js';
import { type GrownTree, Importances } from './tree.js';

interface Expected {
  readonly left: readonly number[];
  readonly feature: readonly number[];
  readonly threshold: readonly number[];
  readonly samples: readonly number[];
  readonly impurity: readonly number[];
  readonly value: readonly number[];
  readonly importances: readonly number[];
}

const LARGEST_SEED = 2 ** 31 - 1;
const kernels = loadKernels();

function grow({ table, parameters, weights, task }: ReferenceCase<Expected>): GrownTree {
  const { columns, target = [] } = referenceTable(table);
  const classes = task === 'classification' ? 1 + Math.max(...Array.from(target)) : 0;
  const data = trainingData(kernels, columns, target, classes, { weights });
  const checked = {
    ...fullGrowth,
    criterion: classes > 0 ? 'gini' : 'squared_error',
    ...parameters,
  } as TreeParameters;
  const random = parameters.splitter === 'random';
  const context = fitContext(kernels);
  const targets = kernels.allocate(8 * data.rows);
  if (classes > 0) kernels.u32(targets, data.rows).set(data.target);
  else kernels.f64(targets, data.rows).set(data.target);
  const options = {
    table: random ? plainTable(data, kernels) : rankTable(data, context),
    rule: growthRule(checked, data, random),
    outputs: classes > 0 ? classes : 1,
    targets,
    trees: 1,
  };
  const rowWeights = data.weights ?? new Float32Array(data.rows).fill(1);
  let grown: Grown | undefined;
  new ExactGrower(options, context).grow(
    1,
    () => ({
      seed: new RandomState(parameters.random_state as number).integer(0, LARGEST_SEED),
      weights: rowWeights,
      ordered: !areSumsExact(rowWeights, classes > 0 ? undefined : data.target, data.rows),
    }),
    (one) => (grown = one),
    () => {},
  );
  return grown!.tree;
}

const { cases } = readReference<{ cases: readonly ReferenceCase<Expected>[] }>('exact_trees');
for (const [index, entry] of cases.entries())
  test(`exact tree as scikit-learn's, case ${index}: ${entry.table} ${JSON.stringify(entry.parameters)}`, () => {
    const mark = kernels.mark();
    const tree = grow(entry);
    const { expected } = entry;
    const split = Array.from(tree.left.keys()).filter((node) => tree.left[node] >= 0);
    assert.deepEqual([...tree.left], expected.left);
    assert.deepEqual(
      split.map((node) => tree.feature[node]),
      expected.feature,
    );
    assert.deepEqual(
      split.map((node) => tree.threshold[node]),
      expected.threshold,
    );
    assert.deepEqual(
      Array.from(tree.start, (start, node) => tree.end[node] - start),
      expected.samples,
    );
    assertClose(tree.impurity.subarray(0, 40), expected.impurity, 1e-12, 'impurity');
    assertClose(tree.values.subarray(0, 40 * tree.width), expected.value, 1e-12, 'value');
    const importances = new Importances(referenceTable(entry.table).columns.length, true);
    importances.add(tree);
    assertClose(importances.result().impurity, expected.importances, 1e-12, 'importance');
    kernels.release(mark);
  });
