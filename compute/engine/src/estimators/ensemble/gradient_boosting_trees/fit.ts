/** Gradient boosting of exact trees, for regression and classification. */
import { RandomState } from '@pgml/kernels';
import { type FitContext, FitError, type Fitted, type TrainingData } from '../../../estimator.js';
import type { Checked } from '../../../parameters.js';
import { selectRows } from '../../../resampling/select-rows.js';
import { trainTestSplit } from '../../../resampling/shuffle-split.js';
import { ExactGrower, SEED_LIMIT } from '../../../trees/cart/grower.js';
import { findLeaf, findLeaves } from '../../../trees/cart/leaves.js';
import { growthRule } from '../../../trees/cart/rule.js';
import { areSumsExact } from '../../../trees/cart/sums.js';
import { rankTable } from '../../../trees/cart/table.js';
import { coversOf, type GrownTree, Importances, tableTree } from '../../../trees/cart/tree.js';
import { treeTableWords } from '../../../trees/layout.js';
import { type BoostedRows, chooseLoss, type Loss } from './losses.js';
import type { GradientBoostingParameters } from './parameters.js';

/**
 * Trees as scikit-learn grows them, with the same draws. Kernel memory beside the data: 20 bytes for each value; for each
 * row 28 bytes for each tree that grows at once, and 8 for each output; with early stopping the rows once more.
 */
export function fit(data: TrainingData, checked: Checked, context: FitContext): Fitted {
  const parameters = checked as unknown as GradientBoostingParameters;
  const { classes } = data;
  const loss = chooseLoss(parameters, classes);
  checkClasses(data);
  checkOpen('alpha', parameters.alpha);
  const seed = parameters.random_state ?? context.seed;
  const [training, validation] = setAside(data, parameters, seed, context);
  const rows = boostedRows(training);
  const start = parameters.init === 'zero' ? new Array<number>(loss.outputs).fill(0) : loss.start(rows);
  const trees = boost(training, rows, validation, start, loss, new RandomState(seed), parameters, context);

  const factor = loss.factor * parameters.learning_rate;
  const importances = new Importances(data.features, false);
  for (const tree of trees) importances.add(tree);
  return {
    block: {
      kind: 'trees',
      outputs: loss.outputs,
      decision: loss.decision,
      words: treeTableWords(
        trees.map((tree) =>
          tableTree(
            tree,
            tree.values.map((value) => factor * value),
          ),
        ),
        1,
        start.map((score) => loss.factor * score),
      ),
    },
    details: { rounds: trees.length / loss.outputs, trees: trees.length, loss: parameters.loss },
    importances: importances.result(),
    sections: { covers: coversOf(trees) },
  };
}

function checkClasses({ classes, target, weights }: TrainingData): void {
  if (classes === 0 || !weights) return;
  const present = new Set(target.filter((_, row) => weights[row] > 0));
  if (present.size < 2)
    throw new FitError(
      'all rows but those of one class have the weight 0',
      'Give rows of two classes weights above 0.',
    );
}

/** Fractions that must not be 0 or 1. */
function checkOpen(name: string, value: number | undefined): void {
  if (value === 0 || value === 1)
    throw new FitError(`${name} must lie between 0 and 1, but ${value} was given`, `Give ${name} another value.`);
}

/** Rows to learn from, and those that decide when to stop. */
function setAside(
  data: TrainingData,
  { n_iter_no_change: patience, validation_fraction: part }: GradientBoostingParameters,
  seed: number,
  { kernels }: FitContext,
): [training: TrainingData, validation: TrainingData | undefined] {
  if (patience === null) return [data, undefined];
  checkOpen('validation_fraction', part);
  const { train, test } = trainTestSplit(data, Math.ceil(part * data.rows), new RandomState(seed));
  return [selectRows(data, train, kernels), selectRows(data, test, kernels)];
}

function boostedRows({ rows, target, weights }: TrainingData): BoostedRows {
  return {
    target: Float64Array.from(target),
    weights: weights ? Float64Array.from(weights) : new Float64Array(rows).fill(1),
    unweighted: !weights,
  };
}

function boost(
  training: TrainingData,
  rows: BoostedRows,
  validation: TrainingData | undefined,
  start: readonly number[],
  loss: Loss,
  random: RandomState,
  parameters: GradientBoostingParameters,
  context: FitContext,
): GrownTree[] {
  const { kernels, checkpoint } = context;
  const { outputs } = loss;
  const { n_estimators: rounds, subsample, learning_rate: rate } = parameters;
  const count = training.rows;
  const columns = Array.from({ length: training.features }, (_, feature) => training.column(feature));
  const gradients = Array.from({ length: outputs }, () => kernels.allocate(8 * count));
  const grower = new ExactGrower(
    {
      table: rankTable(training, context),
      rule: growthRule(parameters, training),
      outputs: 1,
      targets: 0,
      trees: outputs,
    },
    context,
  );
  const scores = start.map((score) => new Float64Array(count).fill(score));
  const leaves = start.map(() => new Int32Array(count));
  const stop = validation && new Stopping(validation, start, loss, parameters);
  const trees: GrownTree[] = [];

  for (let round = 0; round < rounds; round++) {
    const inBag = subsample < 1 ? drawRows(count, Math.max(1, Math.floor(subsample * count)), random) : undefined;
    const weights = inBag ? rows.weights.map((weight, row) => weight * inBag[row]) : rows.weights;
    loss.prepare(rows, scores);
    const residuals = gradients.map((pointer, output) => {
      const view = kernels.f64(pointer, count);
      loss.gradients(rows, scores, output, view);
      return view;
    });
    const seeds = residuals.map(() => random.integer(0, SEED_LIMIT));
    const grown = new Array<GrownTree>(outputs);
    grower.grow(
      outputs,
      (output) => ({
        seed: seeds[output],
        weights,
        targets: gradients[output],
        ordered: !areSumsExact(weights, residuals[output], count),
      }),
      ({ tree, samples }, output) => {
        grown[output] = tree;
        findLeaves(tree, samples, columns, leaves[output]);
      },
      () => checkpoint(round / rounds, `round ${round + 1} of ${rounds}`),
    );
    grown.forEach((tree, output) => {
      if (loss.leafValue)
        setLeafValues(tree, leaves[output], { ...rows, weights }, inBag, scores, residuals, output, loss);
      const score = scores[output];
      for (let row = 0; row < count; row++) score[row] += rate * tree.values[leaves[output][row]];
      trees.push(tree);
    });
    if (stop?.after(grown)) break;
  }
  return trees;
}

/** 1 for each of `wanted` rows, drawn one after another (Fan, Muller & Rezucha, 1962), 0 for the others. */
function drawRows(count: number, wanted: number, random: RandomState): Uint8Array {
  const drawn = new Uint8Array(count);
  let missing = wanted;
  for (let row = 0; row < count; row++)
    if (random.double() * (count - row) < missing) {
      drawn[row] = 1;
      missing--;
    }
  return drawn;
}

/** What leaves answer, instead of the mean of gradients; of rows that were drawn, if rows were. */
function setLeafValues(
  tree: GrownTree,
  leaves: Int32Array,
  rows: BoostedRows,
  inBag: Uint8Array | undefined,
  scores: readonly Float64Array[],
  residuals: readonly Float64Array[],
  output: number,
  loss: Loss,
): void {
  const ends = new Uint32Array(tree.left.length + 1);
  leaves.forEach((leaf, row) => {
    if (!inBag || inBag[row]) ends[leaf + 1]++;
  });
  for (let node = 0; node < tree.left.length; node++) ends[node + 1] += ends[node];
  const next = ends.slice();
  const members = new Uint32Array(ends[tree.left.length]);
  leaves.forEach((leaf, row) => {
    if (!inBag || inBag[row]) members[next[leaf]++] = row;
  });
  for (let node = 0; node < tree.left.length; node++)
    if (tree.left[node] < 0) {
      const own = members.subarray(ends[node], ends[node + 1]);
      tree.values[node] = loss.leafValue!(own, rows, scores[output], residuals[output], output);
    }
}

/** Ends boosting when rows set aside have not been met better for some rounds. */
class Stopping {
  readonly #columns: readonly Float32Array[];
  readonly #rows: BoostedRows;
  readonly #scores: readonly Float64Array[];
  readonly #losses: Float64Array;
  readonly #loss: Loss;
  readonly #rate: number;
  readonly #tolerance: number;
  #round = 0;

  constructor(data: TrainingData, start: readonly number[], loss: Loss, parameters: GradientBoostingParameters) {
    this.#columns = Array.from({ length: data.features }, (_, feature) => data.column(feature));
    this.#rows = boostedRows(data);
    this.#scores = start.map((score) => new Float64Array(data.rows).fill(score));
    this.#losses = new Float64Array(parameters.n_iter_no_change!).fill(Infinity);
    this.#loss = loss;
    this.#rate = parameters.learning_rate;
    this.#tolerance = parameters.tol;
  }

  /** Whether the trees of this round should be the last: none of the last rounds' losses was worse. */
  after(trees: readonly GrownTree[]): boolean {
    trees.forEach((tree, output) => {
      const scores = this.#scores[output];
      for (let row = 0; row < scores.length; row++)
        scores[row] += this.#rate * tree.values[findLeaf(tree, this.#columns, row)];
    });
    const now = this.#loss.mean(this.#rows, this.#scores);
    if (!this.#losses.some((before) => now + this.#tolerance < before)) return true;
    this.#losses[this.#round++ % this.#losses.length] = now;
    return false;
  }
}
