/** The grower against one that is slow and obvious, on tables too large for the reference values; its invariants. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadKernels, RandomState } from '@pgml/kernels';
import { backwardsTeam, fitContext, trainingData } from '../../testing/data.js';
import type { Team } from '../../team.js';
import { ExactGrower, type TreeTask } from './grower.js';
import { findLeaf, findLeaves } from './leaves.js';
import { fullGrowth, type Criterion, growthRule, type TreeParameters } from './rule.js';
import { plainTable, rankTable } from './table.js';
import { type GrownTree, prune } from './tree.js';

const kernels = loadKernels();
const anyGrowth: TreeParameters = { ...fullGrowth, criterion: 'squared_error' };

interface Problem {
  readonly columns: readonly Float32Array[];
  readonly target: readonly number[];
  readonly classes: number;
}

/** `levels`: distinct values of each feature, 0 for as many as there are rows. */
function problem(rows: number, classes: number, levels = 0, seed = 1): Problem {
  const random = new RandomState(seed);
  const columns = Array.from({ length: 5 }, () =>
    Float32Array.from({ length: rows }, () => (levels > 0 ? random.integer(0, levels) / 4 : random.normal())),
  );
  const score = Array.from(columns[0], (x, row) => x * columns[1][row] + columns[2][row] + 0.3 * random.normal());
  const target = score.map((value) =>
    classes > 0 ? Math.min(classes - 1, Math.max(0, Math.floor(value + 1))) : Math.fround(value),
  );
  return { columns, target, classes };
}

interface Growing {
  readonly parameters?: Partial<TreeParameters>;
  readonly random?: boolean;
  readonly sorted?: boolean;
  readonly trees?: number;
  readonly team?: Team;
  readonly task?: Partial<TreeTask>;
}

function growAll(given: Problem, { parameters, random = false, sorted = true, trees = 1, team, task }: Growing = {}) {
  const mark = kernels.mark();
  const { columns, target, classes } = given;
  const data = trainingData(kernels, columns, target, classes);
  const context = fitContext(kernels, team ? { team } : {});
  const targets = kernels.allocate(8 * data.rows);
  if (classes > 0) kernels.u32(targets, data.rows).set(target);
  else kernels.f64(targets, data.rows).set(target);
  const criterion: Criterion = classes > 0 ? 'gini' : 'squared_error';
  const rule = growthRule({ ...anyGrowth, criterion, ...parameters }, data, random);
  const table = random ? plainTable(data, kernels) : rankTable(data, context, sorted);
  const grown = new Array<GrownTree>(trees);
  const rows: Uint32Array[] = [];
  new ExactGrower({ table, rule, outputs: Math.max(1, classes), targets, trees }, context).grow(
    trees,
    (index) => ({ seed: 1000 + index, weights: new Float64Array(data.rows).fill(1), ordered: false, ...task }),
    ({ tree, samples }, index) => {
      grown[index] = tree;
      rows[index] = samples.slice();
    },
    () => {},
  );
  kernels.release(mark);
  return { trees: grown, rows };
}

const grow = (given: Problem, growing: Growing = {}) => growAll(given, growing).trees[0];

/** Impurity times rows. */
function loss({ target, classes }: Problem, rows: readonly number[]): number {
  if (classes === 0) {
    const mean = rows.reduce((sum, row) => sum + target[row], 0) / rows.length;
    return rows.reduce((sum, row) => sum + (target[row] - mean) ** 2, 0);
  }
  const counts = new Float64Array(classes);
  for (const row of rows) counts[target[row]]++;
  return rows.length - counts.reduce((sum, count) => sum + count * count, 0) / rows.length;
}

/** The least sum of the losses of both sides that any threshold gives. */
function leastLoss(given: Problem, rows: readonly number[]): number {
  const { columns, target, classes } = given;
  let least = Infinity;
  for (const column of columns) {
    const sorted = [...rows].sort((a, b) => column[a] - column[b]);
    const sides = [0, 1].map(() => ({ sums: new Float64Array(Math.max(1, classes)), squares: 0, count: 0 }));
    const move = (row: number, side: number, sign: number) => {
      sides[side].sums[classes > 0 ? target[row] : 0] += sign * (classes > 0 ? 1 : target[row]);
      sides[side].squares += sign * target[row] ** 2;
      sides[side].count += sign;
    };
    const lossOf = ({ sums, squares, count }: (typeof sides)[number]) => {
      const explained = sums.reduce((sum, one) => sum + one * one, 0) / count;
      return (classes > 0 ? count : squares) - explained;
    };
    for (const row of rows) move(row, 1, 1);
    for (let i = 0; i + 1 < sorted.length; i++) {
      move(sorted[i], 0, 1);
      move(sorted[i], 1, -1);
      if (column[sorted[i]] < column[sorted[i + 1]]) least = Math.min(least, lossOf(sides[0]) + lossOf(sides[1]));
    }
  }
  return least;
}

/** Rows that come to each node, by their values. */
function membersOf(tree: GrownTree, columns: readonly Float32Array[]): number[][] {
  const members = Array.from(tree.left, (): number[] => []);
  for (let row = 0; row < columns[0].length; row++)
    for (let node = 0; ;) {
      members[node].push(row);
      if (tree.left[node] < 0) break;
      node = columns[tree.feature[node]][row] <= tree.threshold[node] ? tree.left[node] : tree.right[node];
    }
  return members;
}

for (const [rows, classes, levels] of [
  [5000, 0, 0],
  [5000, 2, 0],
  [5000, 3, 0],
  [3000, 0, 40],
  [3000, 2, 7],
  [70, 4, 0],
])
  for (const sorted of [true, false])
    test(`no split of ${rows} rows is better: ${classes} classes, ${levels} levels, sorted ${sorted}`, () => {
      const given = problem(rows, classes, levels);
      const tree = grow(given, { sorted, parameters: { max_depth: 5 } });
      const members = membersOf(tree, given.columns);
      assert.ok(tree.left.length > 20);
      for (const [node, here] of members.entries()) {
        assert.equal(tree.end[node] - tree.start[node], here.length);
        const before = loss(given, here);
        assert.ok(Math.abs(tree.impurity[node] - before / here.length) < 1e-10);
        if (tree.left[node] < 0) continue;
        const after = loss(given, members[tree.left[node]]) + loss(given, members[tree.right[node]]);
        const least = leastLoss(given, here);
        assert.ok(after <= least + 1e-9 * (1 + before), `node ${node}: ${after}, but ${least} is possible`);
      }
    });

test('a tree without limits tells all rows apart', () => {
  for (const classes of [0, 3]) {
    const given = problem(2000, classes);
    const tree = grow(given);
    for (let row = 0; row < 2000; row++) {
      const leaf = findLeaf(tree, given.columns, row);
      if (classes === 0) assert.equal(tree.values[leaf], given.target[row]);
      else assert.equal(tree.values[classes * leaf + given.target[row]], tree.weight[leaf]);
    }
  }
});

test('limits hold', () => {
  const given = problem(3000, 0);
  const sizes = (tree: GrownTree) => Array.from(tree.start, (start, node) => tree.end[node] - start);
  for (const random of [false, true]) {
    const leaves = grow(given, { random, parameters: { min_samples_leaf: 37 } });
    assert.ok(Math.min(...sizes(leaves)) >= 37);
    const few = grow(given, { random, parameters: { max_leaf_nodes: 9 } });
    assert.equal(few.left.filter((child) => child < 0).length, 9);
    const shares = grow(given, { random, parameters: { min_weight_fraction_leaf: 0.1 } });
    assert.ok(Math.min(...shares.weight) >= 300);
    const splits = grow(given, { random, parameters: { min_samples_split: 0.2 } });
    assert.ok(sizes(splits).every((size, node) => splits.left[node] < 0 || size >= 600));
  }
});

test('a team grows the same trees, and seeds differ', () => {
  for (const random of [false, true]) {
    const given = problem(400, 2);
    const growing = { random, trees: 11, parameters: { max_features: 'sqrt' } };
    const one = growAll(given, growing).trees;
    assert.deepEqual(growAll(given, { ...growing, team: backwardsTeam(kernels) }).trees, one);
    assert.notDeepEqual(one[0].threshold, one[1].threshold);
  }
});

test('a tree sees its own features and samples only', () => {
  const given = problem(500, 0);
  const tree = grow(given, { task: { features: Uint32Array.of(3, 1) } });
  assert.ok(tree.feature.every((feature, node) => tree.left[node] < 0 || feature === 3 || feature === 1));
  const half = Float64Array.from({ length: 500 }, (_, row) => row % 2);
  const { trees, rows } = growAll(given, { task: { weights: half } });
  assert.ok(rows[0].every((row) => row % 2 === 1) && rows[0].length === 250);
  const leaves = new Int32Array(500);
  findLeaves(trees[0], rows[0], given.columns, leaves);
  leaves.forEach((leaf, row) => assert.equal(leaf, findLeaf(trees[0], given.columns, row)));
});

test('rows given twice count twice', () => {
  const given = problem(300, 0, 12);
  const twice = Uint32Array.from({ length: 300 }, (_, i) => i >> 1);
  const parameters = { max_depth: 4 };
  const once = new Float64Array(300).fill(1);
  const again = grow(given, { parameters, task: { samples: twice, weights: once } });
  const heavy = grow(given, { parameters, task: { weights: once.map((_, row) => (row < 150 ? 2 : 0)) } });
  assert.deepEqual(again.threshold, heavy.threshold);
  assert.deepEqual(again.values, heavy.values);
});

test('absolute_error: leaves are medians, and splits the best', () => {
  const given = problem(150, 0);
  const absolute = (rows: readonly number[]) => {
    const sorted = rows.map((row) => given.target[row]).sort((a, b) => a - b);
    const median = (sorted[(sorted.length - 1) >> 1] + sorted[sorted.length >> 1]) / 2;
    return { median, loss: sorted.reduce((sum, value) => sum + Math.abs(value - median), 0) };
  };
  const tree = grow(given, { parameters: { criterion: 'absolute_error', max_depth: 3 } });
  const members = membersOf(tree, given.columns);
  members.forEach((rows, node) => {
    assert.ok(Math.abs(tree.values[node] - absolute(rows).median) < 1e-12);
    if (tree.left[node] < 0) return;
    const after = absolute(members[tree.left[node]]).loss + absolute(members[tree.right[node]]).loss;
    for (const column of given.columns)
      for (const limit of rows) {
        const sides = [true, false].map((low) => rows.filter((row) => column[row] <= column[limit] === low));
        if (sides[1].length > 0) assert.ok(after <= absolute(sides[0]).loss + absolute(sides[1]).loss + 1e-9);
      }
  });
});

test('pruning leaves the subtree that costs least', () => {
  const tree = grow(problem(60, 0), { parameters: { max_depth: 4 } });
  const lossAt = (node: number) => (tree.weight[node] / tree.weight[0]) * tree.impurity[node];
  /** All sums of impurities, with the number of leaves, that subtrees below a node can have. */
  const subtrees = (node: number): { loss: number; leaves: number }[] => [
    { loss: lossAt(node), leaves: 1 },
    ...(tree.left[node] < 0
      ? []
      : subtrees(tree.left[node]).flatMap((a) =>
          subtrees(tree.right[node]).map((b) => ({ loss: a.loss + b.loss, leaves: a.leaves + b.leaves })),
        )),
  ];
  for (const cost of [0.001, 0.01, 0.05, 0.2, 10]) {
    const pruned = prune(tree, cost);
    const own = pruned.left.reduce(
      (sum, left, node) =>
        left < 0 ? sum + (pruned.weight[node] / pruned.weight[0]) * pruned.impurity[node] + cost : sum,
      0,
    );
    const least = Math.min(...subtrees(0).map(({ loss: total, leaves }) => total + cost * leaves));
    assert.ok(Math.abs(own - least) < 1e-12, `${own} ${least}`);
  }
});
