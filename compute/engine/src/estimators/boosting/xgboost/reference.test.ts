/**
 * xgboost itself as the measure: the same trees, split by split, and the same margins; made by
 * proof/reference/make_xgboost.py.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadKernels, writeBlock } from '@pgml/kernels';
import { checkParameters } from '../../../parameters.js';
import { soloTeam } from '../../../team.js';
import { blockOf, evaluate, fitContext, trainingData } from '../../../testing/data.js';
import { readReference } from '../../../testing/reference.js';
import { binData } from '../../../trees/bins.js';
import { readTrees } from '../../../trees/layout.js';
import type { DecisionTree } from '../../../trees/tree.js';
import { xgboostClassification, xgboostRegression } from './index.js';
import { exportXgboost, importXgboost } from './model-file.js';

type Values = readonly (number | null)[];

interface DataSet {
  readonly columns: readonly Values[];
  readonly regression: Values;
  readonly binary: Values;
  readonly classes: Values;
}

interface Case {
  readonly name: string;
  readonly task: 'regression' | 'binary' | 'classes';
  readonly data: string;
  readonly rows: number;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly model: object;
  readonly margins: Values;
}

interface Cuts {
  readonly kind: string;
  readonly rows: number;
  readonly bins: number;
  readonly cuts: Values;
}

interface Reference {
  readonly sets: Readonly<Record<string, DataSet>>;
  readonly cases: readonly Case[];
  readonly cuts: readonly Cuts[];
}

const reference = readReference<Reference>('xgboost');

const floats = (values: Values): Float32Array => Float32Array.from(values, (value) => value ?? Number.NaN);

function assertClose(actual: number, expected: number, relative: number, what: string): void {
  const bound = relative * Math.max(1e-2, Math.abs(expected));
  assert.ok(Math.abs(actual - expected) <= bound, `${what}: ${actual} is not ${expected}`);
}

/** Walks down both trees at once with the rows that reach each node. */
function assertSameTree(own: DecisionTree, theirs: DecisionTree, columns: readonly Float32Array[], where: string) {
  const part = (tree: DecisionTree, node: number, rows: readonly number[], left: boolean): number[] => {
    const column = columns[tree.feature[node]];
    const threshold = tree.threshold[node];
    const missingLeft = tree.missingLeft[node] === 1;
    return rows.filter((row) => (Number.isNaN(column[row]) ? missingLeft : column[row] < threshold) === left);
  };
  let ties = 0;
  const walk = (a: number, b: number, rows: readonly number[]): void => {
    const node = `${where}, node ${b}`;
    assert.equal(own.left[a] < 0, theirs.left[b] < 0, `${node}: one is a leaf, the other is not`);
    if (own.left[a] < 0) {
      assertClose(own.value[a], theirs.value[b], 1e-5, node);
      return;
    }
    assert.equal(own.feature[a], theirs.feature[b], `${node}: feature`);
    const left = part(own, a, rows, true);
    assert.deepEqual(left, part(theirs, b, rows, true), `${node}: rows that go left`);
    // Two cuts with no row of the node between them gain the same, but for rounding.
    if (own.threshold[a] !== theirs.threshold[b]) ties++;
    walk(own.left[a], theirs.left[b], left);
    walk(own.right[a], theirs.right[b], part(own, a, rows, false));
  };
  walk(
    0,
    0,
    Array.from(columns[0], (_, row) => row),
  );
  assert.ok(ties <= 1, `${where}: ${ties} thresholds differ`);
}

for (const { name, task, data: set, rows, parameters, model, margins } of reference.cases) {
  const chosen = reference.sets[set];
  const columns = chosen.columns.map((column) => floats(column).subarray(0, rows));
  const target = floats(chosen[task]).subarray(0, rows);
  const classes = { regression: 0, binary: 2, classes: 3 }[task];
  const estimator = task === 'regression' ? xgboostRegression : xgboostClassification;
  const expected = floats(margins);

  test(`reference: xgboost ${estimator.task} the same trees: ${name}`, () => {
    const kernels = loadKernels();
    const data = trainingData(kernels, columns, target, classes);
    const fitted = estimator.fit(data, checkParameters(estimator, parameters), fitContext(kernels));
    const own = readTrees(blockOf(fitted, columns.length)).trees;
    const theirs = readTrees(writeBlock(importXgboost(JSON.stringify(model)))).trees;
    assert.equal(own.length, theirs.length);
    own.forEach((tree, t) => {
      assertSameTree(tree, theirs[t], columns, `tree ${t}`);
    });
    evaluate(kernels, fitted, data).scores.forEach((score, index) => {
      assertClose(score, expected[index], 1e-5, `margin ${index}`);
    });
  });

  test(`reads and writes xgboost's model file: ${name}`, () => {
    const kernels = loadKernels();
    const data = trainingData(kernels, columns, target, classes);
    const block = importXgboost(JSON.stringify(model));
    const scores = evaluate(kernels, { block }, data).scores;
    scores.forEach((score, index) => {
      assertClose(score, expected[index], 1e-6, `margin ${index}`);
    });
    // A Buffer from Node's pool does not begin where its memory does.
    const again = importXgboost(exportXgboost(Buffer.from(writeBlock(block))));
    assert.equal(again.decision, block.decision);
    assert.equal(again.features, block.features);
    evaluate(kernels, { block: again }, data).scores.forEach((score, index) => {
      assertClose(score, scores[index], 1e-6, `margin ${index} after writing and reading`);
    });
  });
}

/** The column that make_xgboost.py makes. */
function column(rows: number, kind: string): Float32Array {
  let state = 12345;
  return Float32Array.from({ length: rows }, () => {
    state = Number((BigInt(state) * 48271n) % 2147483647n);
    const value = state / 2147483647;
    if (kind === 'skewed') return value * value * value;
    if (kind === 'rounded') return Math.floor(value * value * 3000) / 8;
    return value - 0.5;
  });
}

for (const { kind, rows, bins, cuts } of reference.cuts) {
  test(`cuts where xgboost's sketch cuts: ${rows} ${kind} values, ${bins} bins`, () => {
    const kernels = loadKernels();
    const data = trainingData(kernels, [column(rows, kind)]);
    const binned = binData(data, bins, { kernels, team: soloTeam(kernels.run) }, () => {});
    const own = floats(cuts).map((_, bin) => binned.threshold(0, bin));
    assert.deepEqual([...own], [...floats(cuts)]);
    assert.ok(binned.threshold(0, cuts.length) > Math.max(...data.column(0)), 'and no further cut');
  });
}
