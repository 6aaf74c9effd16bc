import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BlockError, checkBlock, loadKernels, RandomState, writeBlock } from '@pgml/kernels';
import { evaluate, trainingData } from '../testing/data.js';
import { readTrees, treeWords } from './layout.js';
import { type DecisionTree, depthOf, TreeBuilder } from './tree.js';

const FEATURES = 5;

function randomTree(random: RandomState, splits: number, deepestFirst: number): DecisionTree {
  const builder = new TreeBuilder();
  const open = [0];
  for (let split = 0; split < splits; split++) {
    const at = random.double() < deepestFirst ? open.length - 1 : random.integer(0, open.length);
    const [node] = open.splice(at, 1);
    const left = builder.split(node, {
      feature: random.integer(0, FEATURES),
      threshold: random.integer(-4, 5) / 2,
      missingLeft: random.double() < 0.5,
    });
    open.push(left, left + 1);
  }
  for (const leaf of open) builder.setValue(leaf, random.normal());
  return builder.build();
}

/** The value of the leaf that the row falls into, by the meaning of a tree's arrays. */
function leafValue(tree: DecisionTree, row: readonly number[]): number {
  let node = 0;
  while (tree.left[node] >= 0) {
    const value = row[tree.feature[node]];
    const left = Number.isNaN(value) ? tree.missingLeft[node] === 1 : value < tree.threshold[node];
    node = left ? tree.left[node] : tree.right[node];
  }
  return tree.value[node];
}

for (const [shape, splits, deepestFirst, chained] of [
  ['single leaves', 0, 0, false],
  ['stumps', 1, 0, false],
  ['shallow trees', 6, 0, false],
  ['deep trees', 60, 0.9, true],
] as const)
  test(`a block of ${shape} scores as its trees do, and gives them back`, () => {
    const random = new RandomState(splits);
    const outputs = 2;
    const trees = Array.from({ length: 10 }, () => randomTree(random, splits, deepestFirst));
    assert.equal(Math.max(...trees.map(depthOf)) > 8, chained);
    const description = {
      kind: 'trees',
      outputs,
      decision: 'softmax',
      words: treeWords(trees, [0.5, -1]),
    } as const;

    const rows = Array.from({ length: 70 }, () =>
      Array.from({ length: FEATURES }, () => (random.double() < 0.2 ? Number.NaN : random.integer(-6, 7) / 2)),
    );
    const kernels = loadKernels();
    const data = trainingData(
      kernels,
      Array.from({ length: FEATURES }, (_, feature) => rows.map((row) => row[feature])),
    );
    const expected = rows.flatMap((row) => {
      const sums = Float32Array.of(0.5, -1);
      trees.forEach((tree, t) => {
        sums[t % outputs] += leafValue(tree, row);
      });
      return [...sums];
    });
    assert.deepEqual([...evaluate(kernels, { block: description }, data).scores], expected);

    const back = readTrees(writeBlock({ ...description, features: FEATURES, classValues: [0, 1] }));
    assert.deepEqual([...back.baseScores], [0.5, -1]);
    assert.equal(back.trees.length, trees.length);
    back.trees.forEach((tree, t) => {
      assert.equal(tree.left.length, trees[t].left.length);
      for (const row of rows) assert.equal(leafValue(tree, row), leafValue(trees[t], row));
    });
  });

test('trees whose branches meet are not taken apart', () => {
  // Each node has both its children at the next one: 2^40 leaves in 41 nodes, and chained trees allow it.
  const depth = 40;
  const nodes = new Uint32Array(4 * (2 * depth + 1));
  const floats = new Float32Array(nodes.buffer);
  for (let node = 0; node <= 2 * depth; node++) {
    const leaf = node >= 2 * depth - 1;
    floats[4 * node + 1] = leaf ? Number.NaN : 0.5;
    nodes[4 * node + 2] = 16 * (leaf ? node : 2 * Math.floor((node + 1) / 2) + 1);
  }
  const block = writeBlock({
    kind: 'trees',
    features: 1,
    outputs: 1,
    decision: 'value',
    classValues: [],
    words: [1, Float32Array.of(0), 0, nodes, Uint32Array.of(0)],
  });
  checkBlock(block);
  assert.throws(() => readTrees(block), BlockError);
});
