import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BlockError, checkBlock, loadKernels, RandomState, writeBlock } from '@pgml/kernels';
import { columnsOf, evaluate, trainingData } from '../testing/data.js';
import { readTrees, readTreeTable, treeTableWords, treeWords } from './layout.js';
import { type DecisionTree, depthOf, thresholdAtMost, TreeBuilder, type TreeTests } from './tree.js';

const FEATURES = 5;

function randomTree(random: RandomState, splits: number, deepestFirst: number, categories = false): DecisionTree {
  const builder = new TreeBuilder();
  const open = [0];
  for (let split = 0; split < splits; split++) {
    const at = random.double() < deepestFirst ? open.length - 1 : random.integer(0, open.length);
    const [node] = open.splice(at, 1);
    const left = builder.split(node, {
      feature: random.integer(0, FEATURES),
      threshold: random.integer(-4, 5) / 2,
      missingLeft: random.double() < 0.5,
      ...(categories && random.double() < 0.5
        ? { categories: Uint32Array.of(random.integer(0, 2 ** 31), 0xf0f0f0f0).subarray(0, random.integer(0, 3)) }
        : {}),
    });
    open.push(left, left + 1);
  }
  for (const leaf of open) builder.setValue(leaf, random.normal());
  return builder.build();
}

/** The leaf that the row falls into, by the meaning of a tree's arrays. */
function leafOf(tree: TreeTests, row: readonly number[]): number {
  let node = 0;
  while (tree.left[node] >= 0) {
    const value = row[tree.feature[node]];
    const bits = tree.categories?.get(node);
    const isBelow = bits
      ? Number.isInteger(value) && value >= 0 && ((bits[value >> 5] ?? 0) & (1 << (value & 31))) !== 0
      : value < tree.threshold[node];
    const left = Number.isNaN(value) ? tree.missingLeft[node] === 1 : isBelow;
    node = left ? tree.left[node] : tree.right[node];
  }
  return node;
}

const leafValue = (tree: DecisionTree, row: readonly number[]): number => tree.value[leafOf(tree, row)];

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

for (const [what, width, categories] of [
  ['a leaf table of width 3', 3, false],
  ['a leaf table of width 1', 1, false],
  ['categories and a leaf table', 2, true],
  ['categories', 0, true],
] as const)
  test(`a block with ${what} scores as its trees do, and gives them back`, () => {
    const random = new RandomState(7 * width + Number(categories));
    const outputs = 2 * Math.max(1, width);
    const base = Float64Array.from({ length: outputs }, () => random.integer(-4, 5));
    const step = Math.max(1, width);
    const trees = Array.from({ length: 7 }, (_, t) => {
      const { value, ...tests } = randomTree(random, 5 * t, 0.5, categories);
      const rows = Float64Array.from({ length: value.length * step }, () => random.normal());
      return { ...tests, rows, value: width > 0 ? value : Float32Array.from(rows) };
    });
    const rows = Array.from({ length: 70 }, () =>
      Array.from({ length: FEATURES }, () => (random.double() < 0.2 ? Number.NaN : random.integer(-3, 70) / 2)),
    );
    const description = {
      kind: 'trees',
      outputs,
      decision: 'softmax',
      words: width > 0 ? treeTableWords(trees, width, base) : treeWords(trees, base),
    } as const;
    const expected = rows.flatMap((row) => {
      const sums = width > 0 ? base.slice() : Float32Array.from(base);
      trees.forEach((tree, t) => {
        const leaf = leafOf(tree, row);
        for (let i = 0; i < step; i++)
          sums[step * (t % 2) + i] += (width > 0 ? tree.rows : tree.value)[leaf * step + i];
      });
      return [...sums];
    });
    const kernels = loadKernels();
    const data = trainingData(kernels, columnsOf(rows));
    assert.deepEqual([...evaluate(kernels, { block: description }, data).scores], expected);

    const block = writeBlock({ ...description, features: FEATURES, classValues: base });
    checkBlock(block);
    assert.throws(() => (width > 0 ? readTrees(block) : readTreeTable(block)), BlockError);
    const back = width > 0 ? readTreeTable(block) : readTrees(block);
    assert.deepEqual([...back.baseScores], [...base]);
    const again =
      width > 0
        ? treeTableWords((back as ReturnType<typeof readTreeTable>).trees, width, back.baseScores)
        : treeWords((back as ReturnType<typeof readTrees>).trees, back.baseScores);
    assert.deepEqual(again, description.words);
  });

test('a float32 threshold that is not reached says what a float64 limit says', () => {
  const random = new RandomState(3);
  const next = (value: number, steps: number): number => {
    const float = Float32Array.of(value);
    new Int32Array(float.buffer)[0] += steps;
    return float[0];
  };
  const limits = Array.from({ length: 2000 }, () => random.normal() * 10 ** random.integer(-42, 39));
  limits.push(0, -0, 2 ** -149, -(2 ** -149), 1, 0.1, -0.1, 1e-300, -1e-300, 1e300, -1e300, 3.4028234663852886e38);
  for (const limit of limits) {
    const threshold = thresholdAtMost(limit);
    const near = Math.fround(limit);
    for (const value of [
      near,
      next(near, 1),
      next(near, -1),
      threshold,
      next(threshold, -1),
      0,
      -0,
      1,
      -1,
      3e38,
      -3e38,
    ])
      if (Number.isFinite(value)) assert.equal(value < threshold, value <= limit, `${value} <= ${limit}`);
  }
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
