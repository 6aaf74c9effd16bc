/** Ensembles whose trees are grown apart and averaged: random forests, extra trees, bagging. */
import { RandomState } from '@pgml/kernels';
import type { FitContext, Fitted, TrainingData } from '../../estimator.js';
import { regressionMetrics } from '../../metrics/regression.js';
import { treeTableWords } from '../layout.js';
import { ExactGrower, firstDraw, SEED_LIMIT, type TreeTask } from './grower.js';
import { findLeaf } from './leaves.js';
import type { GrowthRule } from './rule.js';
import { areSumsExact } from './sums.js';
import { plainTable, rankTable } from './table.js';
import { allTargets, checkTargets, placeTargets } from './targets.js';
import { coversOf, type GrownTree, Importances, tableTree } from './tree.js';

/** The part of the progress in which trees grow, where out-of-bag rows are judged afterwards. */
const GROWN = 0.9;

/** How often a tree sees each row, and which features it sees. */
export interface Sampling {
  /** Undefined: every row once. */
  readonly counts?: Uint32Array | undefined;
  readonly features?: Uint32Array | undefined;
}

export interface AveragingOptions {
  readonly rule: GrowthRule;
  readonly trees: number;
  readonly random_state: number | null;
  /** What each row counts; undefined: 1. */
  readonly weights: Float64Array | undefined;
  /** Rows that a tree draws at most. */
  readonly draws: number;
  /** The draws of the tree with this seed: asked for again for out-of-bag rows, so it must give the same. */
  sample(seed: number): Sampling;
  /** What counts and weights become together, if not their product; in place. */
  readonly reweigh?: (weights: Float64Array, counts: Uint32Array) => void;
  /** From the seed of a tree, that of the generator which seeds its splits. */
  splitSeed(seed: number): number;
  readonly outOfBag: boolean;
}

/** As `Estimator.fit`. Kernel memory beside the table's and the grower's: the targets again, 4 to 8 bytes each. */
export function fitAveraging(data: TrainingData, options: AveragingOptions, context: FitContext): Fitted {
  const { kernels, checkpoint } = context;
  const { rows, classes } = data;
  const { rule, trees: count, weights } = options;
  const outputs = classes > 0 ? classes : data.targets;
  const values = classes > 0 ? undefined : allTargets(data);
  if (values) checkTargets(rule.criterion, values);
  const table = rule.random
    ? plainTable(data, kernels)
    : rankTable(data, context, rule.mostFeatures * 4 > data.features);
  const targets = placeTargets(data, kernels);
  const exact = !options.reweigh && areSumsExact(weights, values, options.draws);

  const random = new RandomState(options.random_state ?? context.seed);
  const seeds = Array.from({ length: count }, () => random.integer(0, SEED_LIMIT));
  const trees = new Array<GrownTree>(count);
  const rowWeights = new Float64Array(rows);
  const task = (index: number): TreeTask => {
    const { counts, features } = options.sample(seeds[index]);
    for (let row = 0; row < rows; row++) rowWeights[row] = (weights ? weights[row] : 1) * (counts ? counts[row] : 1);
    if (counts) options.reweigh?.(rowWeights, counts);
    const seed = firstDraw(options.splitSeed(seeds[index]));
    return { seed, weights: rowWeights, features, ordered: !exact };
  };
  const part = options.outOfBag ? GROWN : 1;
  new ExactGrower({ table, rule, outputs, targets, trees: count }, context).grow(
    count,
    task,
    ({ tree }, index) => {
      trees[index] = tree;
    },
    (finished) => checkpoint((part * finished) / count, `tree ${Math.min(count, finished + 1)} of ${count}`),
  );

  if (classes > 0) for (const tree of trees) toShares(tree);
  const score = options.outOfBag
    ? outOfBagScore(
        data,
        trees,
        (index) => options.sample(seeds[index]).counts,
        (index) => checkpoint(part + ((1 - part) * index) / count, 'out-of-bag score'),
      )
    : undefined;
  return {
    block: blockOf(trees, outputs, classes),
    details: {
      trees: count,
      leaves: trees.reduce((sum, { left }) => sum + (left.length + 1) / 2, 0),
      ...(score === undefined ? {} : { oob_score: score }),
    },
    importances: importancesOf(trees, data.features),
    sections: { covers: coversOf(trees) },
  };
}

/** Weights of classes become shares that sum to 1, in place. */
export function toShares({ values, width }: GrownTree): void {
  for (let first = 0; first < values.length; first += width) {
    let sum = 0;
    for (let k = first; k < first + width; k++) sum += values[k];
    if (sum === 0) continue;
    for (let k = first; k < first + width; k++) values[k] /= sum;
  }
}

/** Each tree adds its answer divided by the number of trees. */
function blockOf(trees: readonly GrownTree[], outputs: number, classes: number): Fitted['block'] {
  const means = trees.map((tree) =>
    tableTree(
      tree,
      tree.values.map((value) => value / trees.length),
    ),
  );
  const words = treeTableWords(means, outputs, new Float64Array(outputs));
  const decision = classes > 0 ? 'shares' : outputs === 1 ? 'value' : 'vector';
  return { kind: 'trees', outputs, decision, words, ...(decision === 'vector' ? { classes: outputs } : {}) };
}

function importancesOf(trees: readonly GrownTree[], features: number) {
  const importances = new Importances(features, true);
  for (const tree of trees) importances.add(tree);
  return importances.result();
}

/**
 * Accuracy, or r2 (the mean over targets), of what the trees that did not see a row say of it. Rows that all trees saw
 * are answered 0, as scikit-learn answers them. Null where r2 is not defined.
 */
function outOfBagScore(
  data: TrainingData,
  trees: readonly GrownTree[],
  countsOf: (tree: number) => Uint32Array | undefined,
  checkpoint: (tree: number) => void,
): number | null {
  const { rows, classes, targets } = data;
  const width = classes > 0 ? classes : targets;
  const columns = Array.from({ length: data.features }, (_, feature) => data.column(feature));
  const sums = new Float64Array(rows * width);
  const answers = new Uint32Array(rows);
  trees.forEach((tree, index) => {
    checkpoint(index);
    const counts = countsOf(index);
    if (!counts) return;
    for (let row = 0; row < rows; row++) {
      if (counts[row] > 0) continue;
      const leaf = findLeaf(tree, columns, row);
      for (let k = 0; k < width; k++) sums[row * width + k] += tree.values[leaf * width + k];
      answers[row]++;
    }
  });
  if (classes > 0) {
    let right = 0;
    for (let row = 0; row < rows; row++) if (largest(sums, row * width, width) === data.target[row]) right++;
    return right / rows;
  }
  let total = 0;
  for (let target = 0; target < targets; target++) {
    const predicted = Float64Array.from(answers, (count, row) => sums[row * width + target] / Math.max(1, count));
    const { r2 } = regressionMetrics(data.targetOf(target), predicted);
    if (r2 === null) return null;
    total += r2 / targets;
  }
  return total;
}

/** Where the largest of `count` numbers stands, the first of equals. */
function largest(numbers: Float64Array, first: number, count: number): number {
  let best = 0;
  for (let k = 1; k < count; k++) if (numbers[first + k] > numbers[first + best]) best = k;
  return best;
}
