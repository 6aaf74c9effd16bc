import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RandomState } from '@pgml/kernels';
import { type ExplainableTree, leafShares, TreeShap } from './tree-shap.js';

const FEATURES = 5;

/** A random tree; `value` of leaves, thresholds from 0 to 1, covers that add up. */
function randomTree(random: RandomState, depth: number) {
  const nodes: { left: number; right: number; feature: number; threshold: number; cover: number; value: number }[] = [];
  const grow = (left: number, cover: number): number => {
    const node = nodes.length;
    nodes.push({ left: -1, right: -1, feature: 0, threshold: 0, cover, value: random.normal() });
    if (left === 0 || (left < depth && random.double() < 0.15)) return node;
    const part = random.double() < 0.1 ? 0 : random.double();
    const entry = nodes[node];
    entry.feature = random.integer(0, FEATURES);
    entry.threshold = random.double();
    entry.left = grow(left - 1, cover * part);
    entry.right = grow(left - 1, cover - cover * part);
    return node;
  };
  grow(depth, 100);
  const column = (name: 'left' | 'right' | 'feature' | 'threshold' | 'cover' | 'value') =>
    nodes.map((node) => node[name]);
  const threshold = column('threshold');
  const feature = Uint32Array.from(column('feature'));
  return {
    left: Int32Array.from(column('left')),
    right: Int32Array.from(column('right')),
    feature,
    cover: column('cover'),
    goesLeft: (node: number, row: ArrayLike<number>) => row[feature[node]] < threshold[node],
    value: column('value'),
  };
}

/** What the tree says of a row of which only the features in `known` are known. */
function expectation(tree: ExplainableTree & { value: number[] }, row: number[], known: number): number {
  const visit = (node: number): number => {
    const { left, right, feature, cover } = tree;
    if (left[node] < 0) return tree.value[node];
    if (known & (1 << feature[node])) return visit(tree.goesLeft(node, row) ? left[node] : right[node]);
    const part = cover[node] > 0 ? cover[left[node]] / cover[node] : 0.5;
    return part * visit(left[node]) + (1 - part) * visit(right[node]);
  };
  return visit(0);
}

/** The definition: the mean over all orders of the features of what each adds when it becomes known. */
function shapley(tree: ExplainableTree & { value: number[] }, row: number[]): number[] {
  const factorial = (n: number): number => (n < 2 ? 1 : n * factorial(n - 1));
  return Array.from({ length: FEATURES }, (_, feature) => {
    let sum = 0;
    for (let known = 0; known < 1 << FEATURES; known++) {
      if (known & (1 << feature)) continue;
      const size = Array.from({ length: FEATURES }, (_bit, bit) => (known >> bit) & 1).reduce((a, b) => a + b, 0);
      const weight = (factorial(size) * factorial(FEATURES - size - 1)) / factorial(FEATURES);
      sum += weight * (expectation(tree, row, known | (1 << feature)) - expectation(tree, row, known));
    }
    return sum;
  });
}

test('Shapley values by their definition, on random trees in which features come again and branches are empty', () => {
  const random = new RandomState(5);
  const shap = new TreeShap();
  for (let round = 0; round < 300; round++) {
    const tree = randomTree(random, random.integer(0, 7));
    const row = Array.from({ length: FEATURES }, () => random.double());
    const values = new Float64Array(FEATURES);
    shap.explain(tree, row, (feature, share, leaf) => {
      values[feature] += share * tree.value[leaf];
    });
    const expected = shapley(tree, row);
    expected.forEach((value, feature) => {
      assert.ok(Math.abs(values[feature] - value) < 1e-10, `round ${round}: ${values[feature]} is not ${value}`);
    });
    const shares = leafShares(tree);
    const mean = shares.reduce((sum, share, leaf) => sum + share * tree.value[leaf], 0);
    assert.ok(Math.abs(mean - expectation(tree, row, 0)) < 1e-12);
    const prediction = expectation(tree, row, (1 << FEATURES) - 1);
    assert.ok(Math.abs(values.reduce((sum, value) => sum + value, mean) - prediction) < 1e-10);
  }
});
