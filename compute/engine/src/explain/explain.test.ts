import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkBlock, loadKernels, RandomState, writeBlock } from '@pgml/kernels';
import { InputError } from '../errors.js';
import { evaluate, trainingData } from '../testing/data.js';
import { treeTableWords, treeWords } from '../trees/layout.js';
import { TreeBuilder } from '../trees/tree.js';
import type { Fitted, Sections } from '../estimator.js';
import { explainer } from './explain.js';

const kernels = loadKernels();
const FEATURES = 4;

const random = new RandomState(9);
const columns = Array.from({ length: FEATURES }, (_, feature) =>
  Float32Array.from({ length: 60 }, () => (feature === 3 ? random.integer(0, 5) : random.normal())),
);
columns[1].fill(Number.NaN, 0, 9);

/** Random trees over the features, the last of which has categories, with the rows that came to each node. */
function randomTrees(count: number, width: number) {
  const covers: number[] = [];
  const trees = Array.from({ length: count }, () => {
    const builder = new TreeBuilder();
    const rowsOf = [Array.from({ length: 60 }, (_, row) => row)];
    for (let node = 0; node < rowsOf.length; node++) {
      const rows = rowsOf[node];
      covers.push(rows.length);
      if (rows.length < 5 || rowsOf.length > 24) continue;
      const feature = random.integer(0, FEATURES);
      const categories = feature === 3 ? Uint32Array.of(random.integer(0, 32)) : undefined;
      const threshold = Math.fround(random.normal() / 2);
      const missingLeft = random.double() < 0.5;
      builder.split(node, { feature, threshold, missingLeft, categories });
      const goesLeft = (row: number) => {
        const value = columns[feature][row];
        if (Number.isNaN(value)) return missingLeft;
        return categories ? ((categories[0] >>> value) & 1) === 1 : value < threshold;
      };
      rowsOf.push(
        rows.filter((row) => goesLeft(row)),
        rows.filter((row) => !goesLeft(row)),
      );
    }
    for (let node = 0; node < rowsOf.length; node++) builder.setValue(node, random.normal());
    const tree = builder.build();
    return { ...tree, rows: Float64Array.from({ length: rowsOf.length * width }, () => random.normal()) };
  });
  return { trees, covers: Float32Array.from(covers) };
}

function assertAddsUp(block: Fitted['block'], sections: Sections, tolerance: number): void {
  const data = trainingData(kernels, columns);
  const { scores } = evaluate(kernels, { block }, data);
  const bytes = writeBlock({
    ...block,
    features: FEATURES,
    classValues: Array.from({ length: block.outputs }, (_, k) => k),
  });
  const explain = explainer({ block: bytes, facts: checkBlock(bytes), sections });
  for (let row = 0; row < 60; row++) {
    const { base, contributions } = explain(columns.map((column) => column[row]));
    for (let output = 0; output < block.outputs; output++) {
      const own = contributions.subarray(output * FEATURES, (output + 1) * FEATURES);
      const sum = own.reduce((total, value) => total + value, base[output]);
      const score = scores[row * block.outputs + output];
      assert.ok(Math.abs(sum - score) <= tolerance, `row ${row}: ${sum} is not ${score}`);
    }
  }
}

test('contributions to trees of float32, and to tables of leaf values of any width, add up to the scores', () => {
  const few = randomTrees(6, 1);
  assertAddsUp(
    { kind: 'trees', outputs: 2, decision: 'softmax', words: treeWords(few.trees, [0.5, -1]) },
    { covers: few.covers },
    1e-5,
  );
  for (const [outputs, width] of [
    [3, 3],
    [3, 1],
    [4, 2],
  ] as const) {
    const { trees, covers } = randomTrees(8, width);
    const words = treeTableWords(trees, width, new Float64Array(outputs).fill(0.25));
    assertAddsUp({ kind: 'trees', outputs, decision: 'softmax', words }, { covers }, 1e-12);
  }
});

test('contributions to weighted sums are weights times distances from the means', () => {
  const weights = Float64Array.of(1, -2, 0.5, 3);
  const block = { kind: 'linear', outputs: 1, decision: 'value', words: [weights, Float64Array.of(7)] } as const;
  const bytes = writeBlock({ ...block, features: FEATURES, classValues: [] });
  const explain = explainer({
    block: bytes,
    facts: checkBlock(bytes),
    sections: { means: Float64Array.of(1, 1, 0, 2) },
  });
  const { base, contributions } = explain([2, 1, 4, 0]);
  assert.deepEqual([...base], [7 + 1 - 2 + 6]);
  assert.deepEqual([...contributions], [1, -0, 2, -6]);
});

test('what cannot be explained is said so', () => {
  const bytes = writeBlock({
    kind: 'centroids',
    features: 1,
    outputs: 2,
    decision: 'smallest',
    classValues: [0, 1],
    words: [new Float64Array(2)],
  });
  assert.throws(() => explainer({ block: bytes, facts: checkBlock(bytes), sections: {} }), InputError);
});
