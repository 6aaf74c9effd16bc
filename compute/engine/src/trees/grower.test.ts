/** The grower beside an oracle that tries every split of every node over all its rows, and knows no histograms. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadKernels, RandomState } from '@pgml/kernels';
import { soloTeam } from '../team.js';
import { trainingData } from '../testing/data.js';
import { binData } from './bins.js';
import { type GrowthRule, HistogramGrower } from './grower.js';
import type { DecisionTree } from './tree.js';

const RULE: GrowthRule = {
  maximumDepth: 4,
  maximumLeaves: 0,
  bestFirst: false,
  minimumChildWeight: 1,
  minimumGain: 0,
  lambda: 1,
  alpha: 0,
  maximumWeight: 0,
  learningRate: 0.5,
};

interface Problem {
  readonly columns: readonly (readonly number[])[];
  readonly gradients: readonly (readonly [gradient: number, hessian: number])[];
  readonly rule: GrowthRule;
}

/** A tree by its meaning: nested splits with the rows of each leaf. */
type Grown =
  | { readonly rows: readonly number[]; readonly value: number }
  | { readonly feature: number; readonly left: Grown; readonly right: Grown };

/** Greedy, exact, depth first: gradients are small multiples of 1/8, so that sums are exact whatever their order. */
function oracle({ columns, gradients, rule }: Problem): Grown {
  const sums = (rows: readonly number[]) => {
    const g = rows.reduce((sum, row) => sum + gradients[row][0], 0);
    const h = rows.reduce((sum, row) => sum + gradients[row][1], 0);
    return { g, h };
  };
  const gain = ({ g, h }: { g: number; h: number }) => Math.fround((g * g) / (h + rule.lambda));
  const grow = (rows: readonly number[], depth: number): Grown => {
    const whole = sums(rows);
    let best: { gain: number; feature: number; left: number[]; right: number[] } | undefined;
    const consider = (feature: number, goesLeft: (row: number) => boolean): void => {
      const left = rows.filter(goesLeft);
      const right = rows.filter((row) => !goesLeft(row));
      const [l, r] = [sums(left), sums(right)];
      if (Math.min(l.h, r.h) < rule.minimumChildWeight) return;
      const gained = Math.fround(Math.fround(gain(l) + gain(r)) - gain(whole));
      if (gained > (best?.gain ?? 1e-6) && gained >= rule.minimumGain) best = { gain: gained, feature, left, right };
    };
    if (depth < rule.maximumDepth)
      columns.forEach((column, feature) => {
        const values = [...new Set(column.filter((value) => !Number.isNaN(value)))].sort((a, b) => a - b);
        const missing = column.some(Number.isNaN);
        for (const value of missing ? values : values.slice(0, -1)) consider(feature, (row) => column[row] <= value);
        if (missing) for (const value of values.toReversed()) consider(feature, (row) => !(column[row] >= value));
      });
    if (!best) {
      // A root lighter than a leaf may be is worth nothing.
      const weight = whole.h < rule.minimumChildWeight ? 0 : Math.fround(-whole.g / (whole.h + rule.lambda));
      return { rows, value: Math.fround(weight * rule.learningRate) };
    }
    return { feature: best.feature, left: grow(best.left, depth + 1), right: grow(best.right, depth + 1) };
  };
  return grow(
    gradients.map((_, row) => row),
    0,
  );
}

/** What was grown, in the same words. */
function meaning(tree: DecisionTree, columns: Problem['columns'], rows: readonly number[], node = 0): Grown {
  if (tree.left[node] < 0) return { rows, value: tree.value[node] };
  const feature = tree.feature[node];
  const goesLeft = (row: number): boolean => {
    const value = columns[feature][row];
    return Number.isNaN(value) ? tree.missingLeft[node] === 1 : value < tree.threshold[node];
  };
  return {
    feature,
    left: meaning(tree, columns, rows.filter(goesLeft), tree.left[node]),
    right: meaning(
      tree,
      columns,
      rows.filter((row) => !goesLeft(row)),
      tree.right[node],
    ),
  };
}

function grow({ columns, gradients, rule }: Problem): { tree: DecisionTree; margins: number[] } {
  const kernels = loadKernels();
  const context = { kernels, team: soloTeam(kernels.run) };
  const data = trainingData(kernels, columns);
  const bins = binData(data, 256, context, () => {});
  const pairs = kernels.allocate(8 * gradients.length);
  kernels.f32(pairs, 2 * gradients.length).set(gradients.flat());
  const margins = kernels.allocate(4 * gradients.length);
  const features = Uint32Array.from(columns, (_, feature) => feature);
  const tree = new HistogramGrower(bins, rule, context).grow({
    gradients: pairs,
    margins,
    featuresOf: () => features,
    checkpoint: () => {},
  });
  return { tree, margins: [...kernels.f32(margins, gradients.length)] };
}

function problem(random: RandomState, rule: Partial<GrowthRule>, missing: number): Problem {
  const rows = random.integer(1, 120);
  const columns = Array.from({ length: random.integer(1, 6) }, () => {
    const different = random.integer(1, 25);
    return Array.from({ length: rows }, () =>
      random.double() < missing ? Number.NaN : random.integer(0, different) * 0.75 - 3,
    );
  });
  const gradients = Array.from(
    { length: rows },
    () => [random.integer(-40, 41) / 8, random.integer(1, 9) / 8] as const,
  );
  return { columns, gradients, rule: { ...RULE, ...rule } };
}

for (const [name, rule, missing] of [
  ['complete data', {}, 0],
  ['missing values', {}, 0.2],
  ['mostly missing values', { maximumDepth: 3 }, 0.8],
  ['heavy leaves', { minimumChildWeight: 6, maximumDepth: 6 }, 0.1],
  ['a least gain', { minimumGain: 4, lambda: 0.5 }, 0.1],
  ['depth 1', { maximumDepth: 1 }, 0.1],
] as const)
  test(`grows the tree that trying every split finds: ${name}`, () => {
    for (let seed = 0; seed < 40; seed++) {
      const given = problem(new RandomState(seed), rule, missing);
      const { tree, margins } = grow(given);
      const expected = oracle(given);
      assert.deepEqual(
        meaning(
          tree,
          given.columns,
          given.gradients.map((_, row) => row),
        ),
        expected,
        `seed ${seed}`,
      );
      // Each row's margin has moved by the value of its leaf.
      const values = given.gradients.map(() => Number.NaN);
      const collect = (grown: Grown): void => {
        if ('value' in grown) for (const row of grown.rows) values[row] = 0 + grown.value;
        else [grown.left, grown.right].forEach(collect);
      };
      collect(expected);
      assert.deepEqual(margins, values);
    }
  });

test('best first without limits ends at the same leaves as level by level', () => {
  for (let seed = 0; seed < 20; seed++) {
    const given = problem(new RandomState(seed), { maximumDepth: 0 }, 0.1);
    const rows = given.gradients.map((_, row) => row);
    const byLevels = meaning(grow(given).tree, given.columns, rows);
    const bestFirst = meaning(grow({ ...given, rule: { ...given.rule, bestFirst: true } }).tree, given.columns, rows);
    assert.deepEqual(bestFirst, byLevels);
  }
});

test('grows no more leaves than allowed', () => {
  for (let seed = 0; seed < 20; seed++) {
    const given = problem(new RandomState(seed), { maximumDepth: 0, maximumLeaves: 5 }, 0);
    for (const bestFirst of [false, true]) {
      const { tree } = grow({ ...given, rule: { ...given.rule, bestFirst } });
      assert.ok(tree.left.filter((left) => left < 0).length <= 5);
    }
  }
});
