/** Gradient boosting of histogram trees, leaf by leaf, as scikit-learn's HistGradientBoosting does it. */
import { type Kernels, RandomState } from '@pgml/kernels';
import { rowWeights } from '../../../class-weights.js';
import { type FitContext, type Fitted, type TrainingData } from '../../../estimator.js';
import type { Checked } from '../../../parameters.js';
import { selectRows } from '../../../resampling/select-rows.js';
import { trainTestSplit } from '../../../resampling/shuffle-split.js';
import { type BinnedData, binByCuts } from '../../../trees/bins.js';
import { Dispatch } from '../../../trees/dispatch.js';
import { type GrownTree, LeafwiseGrower } from '../../../trees/leafwise-grower.js';
import { pieces } from '../../../trees/stretch.js';
import { splitImportances, type ValueTree, valueOf, valueTreeWords } from '../../../trees/value-tree.js';
import { binningSample, cutsOf } from './binning.js';
import { categoriesByFeature } from './categories.js';
import { interactionGroups, monotoneDirections } from './constraints.js';
import { chooseScore, type Score, shouldStop } from './early-stopping.js';
import { chooseLoss, type Loss } from './losses.js';
import type { HistGradientBoostingParameters } from './parameters.js';
import { NewtonSplitter, type SplitRule } from './splitter.js';

/** The part of the progress that is shown when values have been binned. */
const BINNED = 0.05;
/** Above so many rows, early_stopping auto ends early. */
const AUTO_ROWS = 10_000;
/** scikit-learn draws the seed of a fit below this. */
const SEEDS = 2 ** 32 - 1;

/** Rows, what they weigh, and their margins, one array for each output. */
class Margins {
  readonly data: TrainingData;
  readonly weights: Float64Array | undefined;
  readonly pointer: number;
  readonly values: Float64Array;

  constructor(data: TrainingData, weights: Float64Array | undefined, base: Float64Array, kernels: Kernels) {
    this.data = data;
    this.weights = weights;
    this.pointer = kernels.allocate(8 * data.rows * base.length);
    this.values = kernels.f64(this.pointer, data.rows * base.length);
    base.forEach((score, output) => this.values.fill(score, output * data.rows, (output + 1) * data.rows));
  }

  score(score: Score): number {
    return score({ target: this.data.target, weights: this.weights }, this.values);
  }
}

/** From 1 on, the number of rows itself. */
const validationRows = (size: number, rows: number): number => (size >= 1 ? size : Math.ceil(size * rows));

/**
 * Fits a model. Kernel memory beside the data:
 *   for each value, 2 bytes (bins), up to 3 with fewer than 32 features; with early stopping 4 more (the rows are copied);
 *   for each row, 8 bytes (permutation), 16 for each output (margin, gradient, hessian), and 8 with weights;
 *   4 KiB per feature (5 where rows are counted) for each leaf that may still be split, but not more than 256 MiB.
 */
export function fit(data: TrainingData, checked: Checked, context: FitContext): Fitted {
  const parameters = checked as unknown as HistGradientBoostingParameters;
  const { kernels, checkpoint } = context;
  const loss = chooseLoss(parameters, data);
  const score = chooseScore(parameters, loss, data.classes);
  const categories = categoriesByFeature(parameters, data);
  const monotone = monotoneDirections(parameters, data, categories);
  const interactions = interactionGroups(parameters, data.features);
  const weights = rowWeights(data, parameters.class_weight ?? null);
  const seed = new RandomState(parameters.random_state ?? context.seed).integer(0, SEEDS);

  const stops = parameters.early_stopping === 'auto' ? data.rows > AUTO_ROWS : parameters.early_stopping;
  const parts =
    stops && parameters.validation_fraction !== null
      ? trainTestSplit(data, validationRows(parameters.validation_fraction, data.rows), new RandomState(seed))
      : undefined;
  const weightsOf = (rows: Uint32Array) => weights && Float64Array.from(rows, (row) => weights[row]);
  const train = parts ? selectRows(data, parts.train, kernels) : data;
  const trainWeights = parts ? weightsOf(parts.train) : weights;
  const base = loss.baseScores({ target: train.target, weights: trainWeights });
  const margins = new Margins(train, trainWeights, base, kernels);
  const validation = parts && new Margins(selectRows(data, parts.test, kernels), weightsOf(parts.test), base, kernels);

  const sample = binningSample(train.rows, seed);
  const bins = binByCuts(
    train,
    (feature) =>
      Float32Array.from(categories[feature]?.slice(1) ?? cutsOf(train, feature, parameters.max_bins, sample, kernels)),
    context,
    (part) => checkpoint(BINNED * part, 'binning features'),
  );
  const boosting = new Boosting(margins, bins, loss, parameters, context, {
    lambda: parameters.l2_regularization,
    minimumRows: parameters.min_samples_leaf,
    monotone,
    interactions,
    isCategorical: (feature) => categories[feature] !== undefined,
    hessiansCount: loss.constantHessian && weights === undefined,
    categories,
  });

  const trees: ValueTree[] = [];
  const scored = validation ?? margins;
  const scores = stops ? [scored.score(score)] : [];
  const columns = validation && Array.from({ length: data.features }, (_, feature) => validation.data.column(feature));
  for (let round = 1; round <= parameters.max_iter; round++) {
    const grown = boosting.round(() =>
      checkpoint(
        BINNED + ((1 - BINNED) * trees.length) / (parameters.max_iter * loss.outputs),
        `round ${round} of ${parameters.max_iter}`,
      ),
    );
    trees.push(...grown);
    if (validation && columns)
      grown.forEach((tree, output) => {
        const { rows } = validation.data;
        for (let row = 0; row < rows; row++) validation.values[output * rows + row] += valueOf(tree, columns, row);
      });
    if (!stops) continue;
    scores.push(scored.score(score));
    if (shouldStop(scores, parameters.n_iter_no_change, parameters.tol)) break;
  }
  const { words, covers } = valueTreeWords(trees, base);
  return {
    block: { kind: 'trees', outputs: loss.outputs, decision: loss.decision, words },
    details: { trees: trees.length, rounds: trees.length / loss.outputs },
    importances: splitImportances(trees, data.features),
    sections: { covers },
  };
}

/** What grows a tree for each output in each round. */
class Boosting {
  readonly #margins: Margins;
  readonly #loss: Loss;
  readonly #parameters: HistGradientBoostingParameters;
  readonly #kernels: Kernels;
  readonly #dispatch: Dispatch;
  readonly #grower: LeafwiseGrower;
  readonly #splitter: NewtonSplitter;
  readonly #gradients: number;
  readonly #weights: number;
  readonly #room: number;

  constructor(
    margins: Margins,
    bins: BinnedData,
    loss: Loss,
    parameters: HistGradientBoostingParameters,
    { kernels, team }: FitContext,
    rule: SplitRule & { readonly categories: readonly (readonly number[] | undefined)[] },
  ) {
    this.#margins = margins;
    this.#loss = loss;
    this.#parameters = parameters;
    this.#kernels = kernels;
    this.#dispatch = new Dispatch(kernels, team);
    const { rows } = bins;
    this.#gradients = kernels.allocate(8 * rows * loss.outputs);
    this.#weights = margins.weights ? kernels.allocate(8 * rows) : 0;
    if (margins.weights) kernels.f64(this.#weights, rows).set(margins.weights);
    this.#room = kernels.allocate(8 * loss.outputs * pieces({ from: 0, to: rows }).length);
    this.#grower = new LeafwiseGrower(
      bins,
      {
        maximumDepth: parameters.max_depth ?? Infinity,
        maximumLeaves: parameters.max_leaf_nodes ?? Infinity,
        counted: !rule.hessiansCount,
        categoriesOf: (feature) => rule.categories[feature],
        // Where none was missing, a value that is goes with most rows.
        unseenMissingLeft: (_, leftRows, rightRows) => leftRows > rightRows,
      },
      { kernels, team },
    );
    this.#splitter = new NewtonSplitter(bins, rule, kernels, this.#dispatch);
  }

  /** One round: a tree for each output, whose values are added to the margins. */
  round(report: () => void): ValueTree[] {
    report();
    const { rows } = this.#margins.data;
    this.#computeGradients();
    return Array.from({ length: this.#loss.outputs }, (_, output) => {
      const grown = this.#grower.grow(this.#gradients + 8 * output * rows, this.#splitter, report);
      this.#settle(grown, this.#margins.pointer + 8 * output * rows);
      return grown.tree;
    });
  }

  #computeGradients(): void {
    const { kernel, more, outputs } = this.#loss;
    const { data, pointer } = this.#margins;
    this.#dispatch.run(
      kernel,
      pieces({ from: 0, to: data.rows }).map(({ from, to }, piece) => [
        pointer,
        data.targetPointer,
        this.#weights,
        this.#gradients,
        from,
        to,
        ...more,
        ...(outputs > 1 ? [data.rows, 1, this.#room + 8 * outputs * piece] : []),
      ]),
      data.rows * outputs,
    );
  }

  /** Gives leaves their final values, and rows the values of their leaves. */
  #settle({ tree, leaves }: GrownTree, margins: number): void {
    const { learning_rate: rate } = this.#parameters;
    const { leafValue } = this.#loss;
    const permutation = this.#grower.rows.permutation;
    for (const { node, from, to } of leaves) {
      const best = leafValue ? this.#bestValue(leafValue, margins, from, to) : tree.value[node];
      tree.value[node] = rate * best;
    }
    this.#dispatch.run(
      'addToMargins',
      leaves.map(({ node, from, to }) => [margins, permutation, from, to, tree.value[node]]),
      this.#margins.data.rows,
    );
  }

  #bestValue(leafValue: NonNullable<Loss['leafValue']>, margins: number, from: number, to: number): number {
    const { data, weights } = this.#margins;
    const rows = this.#kernels.u32(this.#grower.rows.permutation + 4 * from, to - from);
    const current = this.#kernels.f64(margins, data.rows);
    const lacks = Float64Array.from(rows, (row) => data.target[row] - current[row]);
    return leafValue(lacks, weights && Float64Array.from(rows, (row) => weights[row]));
  }
}
