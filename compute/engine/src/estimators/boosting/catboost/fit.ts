/** Gradient boosting of oblivious trees, as CatBoost does it. */
import { type BlockDescription, exp, type Kernels, log, RandomState } from '@pgml/kernels';
import { type FitContext, FitError, type Fitted, type TrainingData } from '../../../estimator.js';
import { holdOut } from '../../../resampling/hold-out.js';
import type { Checked } from '../../../parameters.js';
import { Dispatch } from '../../../trees/dispatch.js';
import { coversOf, treeImportances } from '../../../trees/grown-tree.js';
import { treeTableWords, treeWords } from '../../../trees/layout.js';
import { type LossArrays, weighedMean } from '../../../trees/margin-losses.js';
import { pieces } from '../../../trees/stretch.js';
import { type BootstrapRule, type BootstrapType, drawBootstrap } from './bootstrap.js';
import { SplitFeatures } from './features.js';
import { automaticRate } from './learning-rate.js';
import { chooseLoss, type EstimationMethod, type Loss } from './losses.js';
import { leafOf, type ModelTree, modelTree } from './model-tree.js';
import { ObliviousGrower, type ObliviousTree, splitKinds } from './oblivious-grower.js';
import { OrderedModels } from './ordered.js';
import type { CatboostParameters } from './parameters.js';
import { weighRows } from './weights.js';

/** The part of the progress that is shown when values have been binned. */
const BINNED = 0.05;
/** Random orders that target statistics are computed in; each tree takes one of them. */
const ORDERS = 4;
const STATISTIC_BORDERS = 15;

/** Parameters with what null stands for. */
interface Settings {
  readonly iterations: number;
  readonly rate: number;
  readonly depth: number;
  readonly lambda: number;
  readonly method: EstimationMethod;
  readonly steps: number;
  readonly randomStrength: number;
  readonly featureFraction: number;
  readonly bootstrap: BootstrapRule;
  readonly cosine: boolean;
  readonly missingLeft: boolean;
}

/**
 * Fits a model. Kernel memory beside the data:
 *   for each value, 2 bytes (bins), up to 3 with fewer than 32 features; with validation_fraction 4 more;
 *   for each row, 16 bytes (permutation, what it counts), 32 for each output, and 8 with weights; with the loss Logloss
 *   24 more; with boosting_type Ordered 32 more;
 *   for each categorical feature with target statistics and each class but one, 3 features more, and all bins four times;
 *   4 KiB per feature for each leaf of a level, but not more than 256 MiB.
 */
export function fit(all: TrainingData, checked: Checked, context: FitContext): Fitted {
  const parameters = checked as unknown as CatboostParameters;
  const { kernels, checkpoint } = context;
  checkAvailable(parameters);
  const seed = parameters.random_seed ?? context.seed;
  const random = new RandomState(seed);
  const { validation_fraction: fraction } = parameters;
  const parts = fraction === null ? undefined : holdOut(all, fraction, seed, kernels);
  const data = parts?.train ?? all;
  const loss = chooseLoss(parameters.loss_function, data);
  const weights = weighRows(parameters, data);
  const fromAverage = parameters.boost_from_average ?? loss.fromAverage;
  const base = fromAverage ? loss.best(data.target, weights) : 0;
  const settings = settle(parameters, loss, data.rows, parts !== undefined, fromAverage, weights);

  const features = new SplitFeatures(
    data,
    {
      borderCount: parameters.border_count ?? 254,
      borderType: parameters.feature_border_type ?? 'GreedyLogSum',
      oneHotMost: parameters.one_hot_max_size ?? 2,
      statisticBorders: STATISTIC_BORDERS,
      categorical: parameters.cat_features,
      ignored: parameters.ignored_features ?? [],
      missingLeft: settings.missingLeft,
    },
    random,
    kernels,
  );
  refuseMissing(parameters, data);
  const boosting = new Boosting(data, weights, loss, base, features, parameters, settings, random, context);
  const held = parts && new Held(parts.held, weighRows(parameters, parts.held), loss, base);
  const patience = parameters.early_stopping_rounds ?? Infinity;
  const keepsBest = held !== undefined && (parameters.use_best_model ?? true);
  const trees: ModelTree[] = [];
  let best = { value: Infinity, trees: 0 };
  while (trees.length < settings.iterations) {
    const tree = boosting.grow(trees.length, () =>
      checkpoint(
        BINNED + ((1 - BINNED) * trees.length) / settings.iterations,
        `tree ${trees.length + 1} of ${settings.iterations}`,
      ),
    );
    trees.push(tree);
    if (!held) continue;
    const value = held.add(tree);
    if (value < best.value) best = { value, trees: trees.length };
    else if (trees.length - best.trees >= patience) break;
  }
  if (keepsBest) trees.length = Math.max(1, best.trees);
  return {
    block: { kind: 'trees', outputs: loss.outputs, decision: loss.decision, words: wordsOf(trees, loss.outputs, base) },
    details: {
      loss_function: loss.name,
      trees: trees.length,
      learning_rate: settings.rate,
      ...(held ? { validation: best.value } : {}),
    },
    importances: treeImportances(trees, all.features),
    sections: { covers: coversOf(trees) },
  };
}

function wordsOf(trees: readonly ModelTree[], outputs: number, base: number): BlockDescription['words'] {
  return outputs === 1
    ? treeWords(trees, [base])
    : treeTableWords(trees, outputs, new Float64Array(outputs).fill(base));
}

function checkAvailable(parameters: CatboostParameters): void {
  for (const [name, words, instead] of [
    ['grow_policy', ['Depthwise', 'Lossguide'], 'Use lightgbm or xgboost for such trees.'],
    ['bootstrap_type', ['Poisson'], 'Use Bayesian, Bernoulli, MVS or No.'],
    ['score_function', ['NewtonCosine', 'NewtonL2'], 'Use Cosine or L2.'],
  ] as const) {
    const given = parameters[name];
    if (given !== null && (words as readonly string[]).includes(given))
      throw new FitError(`${name} ${given} is not available`, instead, '0A000');
  }
  if (parameters.early_stopping_rounds !== null && parameters.validation_fraction === null)
    throw new FitError(
      'early_stopping_rounds needs rows to measure with',
      'Give a validation_fraction, for example 0.1.',
    );
}

function refuseMissing({ nan_mode: mode }: CatboostParameters, data: TrainingData): void {
  if (mode !== 'Forbidden') return;
  for (let feature = 0; feature < data.features; feature++)
    for (const value of data.column(feature))
      if (Number.isNaN(value))
        throw new FitError(
          `feature ${feature} has missing values, which nan_mode Forbidden refuses`,
          'Use Min or Max.',
        );
}

function settle(
  parameters: CatboostParameters,
  loss: Loss,
  rows: number,
  validates: boolean,
  fromAverage: boolean,
  weights: Float64Array | undefined,
): Settings {
  const method = parameters.leaf_estimation_method ?? loss.method;
  if (method === 'Exact' && !loss.exact)
    throw new FitError(`leaf_estimation_method Exact does not suit ${loss.name}`, 'It is for MAE, MAPE and Quantile.');
  const iterations = parameters.iterations ?? 1000;
  const type = (parameters.bootstrap_type ?? (loss.outputs > 1 ? 'Bayesian' : 'MVS')) as BootstrapType;
  const meanWeight = weights ? weights.reduce((a, b) => a + b, 0) / rows : 1;
  return {
    iterations,
    rate: parameters.learning_rate ?? automaticRate(loss.name, rows, iterations, validates, fromAverage),
    depth: parameters.depth ?? 6,
    lambda: (parameters.l2_leaf_reg ?? 3) * meanWeight,
    method,
    steps: method === 'Exact' ? 1 : (parameters.leaf_estimation_iterations ?? loss.iterations),
    randomStrength: parameters.random_strength ?? 1,
    featureFraction: parameters.rsm ?? 1,
    bootstrap: {
      type,
      temperature: parameters.bagging_temperature ?? 1,
      subsample: parameters.subsample ?? 0.8,
      regularization: parameters.mvs_reg,
    },
    cosine: parameters.score_function !== 'L2',
    missingLeft: parameters.nan_mode !== 'Max',
  };
}

/** Rows that were held out, with their margins. */
class Held {
  readonly #data: TrainingData;
  readonly #weights: Float64Array | undefined;
  readonly #loss: Loss;
  readonly #margins: Float64Array;
  readonly #columns: readonly Float32Array[];

  constructor(data: TrainingData, weights: Float64Array | undefined, loss: Loss, base: number) {
    this.#data = data;
    this.#weights = weights;
    this.#loss = loss;
    this.#margins = new Float64Array(data.rows * loss.outputs).fill(base);
    this.#columns = Array.from({ length: data.features }, (_, feature) => data.column(feature));
  }

  /** Adds a tree; returns the mean loss. */
  add(tree: ModelTree): number {
    const { rows, target } = this.#data;
    const { outputs } = this.#loss;
    for (let row = 0; row < rows; row++) {
      const leaf = leafOf(tree, this.#columns, row);
      for (let output = 0; output < outputs; output++)
        this.#margins[output * rows + row] += tree.rows[leaf * outputs + output];
    }
    return weighedMean(rows, this.#weights, (row) => this.#loss.lossOf(target[row], this.#margins, row, rows));
  }
}

/** What grows the trees. */
class Boosting {
  readonly #data: TrainingData;
  readonly #weights: Float64Array | undefined;
  readonly #loss: Loss;
  readonly #features: SplitFeatures;
  readonly #settings: Settings;
  readonly #random: RandomState;
  readonly #kernels: Kernels;
  readonly #growers: readonly ObliviousGrower[];
  readonly #ordered: OrderedModels | undefined;
  /** Margins that the gradients are of, and those on the way to a tree's leaf values. */
  readonly #current: LossArrays;
  readonly #trial: LossArrays;
  /** f32[outputs][rows][2], gradients and weights: what the structure of a tree is chosen by. */
  readonly #pairs: number;
  /** f64[rows], what rows count for the structure of a tree. */
  readonly #factors: number;
  /** Numbers of the leaves that rows are in, for ordered boosting. */
  readonly #leaf: Uint32Array;
  readonly #dispatch: Dispatch;
  /** f64[leaves][outputs][2]: values, or sums of gradients and divisors. */
  readonly #leafSums: number;
  /** f64[rows + leaves][3] for a loss that steps leaf by leaf. */
  readonly #leafRoom: number;

  constructor(
    data: TrainingData,
    weights: Float64Array | undefined,
    loss: Loss,
    base: number,
    features: SplitFeatures,
    parameters: CatboostParameters,
    settings: Settings,
    random: RandomState,
    context: FitContext,
  ) {
    const { kernels, checkpoint } = context;
    const { rows } = data;
    this.#data = data;
    this.#weights = weights;
    this.#loss = loss;
    this.#features = features;
    this.#settings = settings;
    this.#random = random;
    this.#kernels = kernels;
    const inTime = parameters.has_time === true;
    const isOrdered = parameters.boosting_type === 'Ordered';
    if (isOrdered && loss.outputs > 1)
      throw new FitError(`boosting_type Ordered is not available for ${loss.name}`, 'Use Plain.', '0A000');
    const orders = Array.from({ length: features.hasStatistics && !inTime ? ORDERS : 1 }, () =>
      inTime ? Uint32Array.from({ length: rows }, (_, row) => row) : random.permutation(rows),
    );
    const rule = { ...settings, lambda: settings.lambda };
    this.#growers = orders.map((order, index) => {
      const bins = features.bin(order, context, (part) =>
        checkpoint((BINNED * (index + part)) / orders.length, 'binning features'),
      );
      const kinds = features.list.map(({ kind }) => splitKinds[kind]);
      return new ObliviousGrower(bins, kinds, rule, context);
    });
    const values = rows * loss.outputs;
    const weightsPointer = weights ? kernels.allocate(8 * rows) : 0;
    if (weights) kernels.f64(weightsPointer, rows).set(weights);
    const dispatch = new Dispatch(kernels, context.team);
    const gradients = kernels.allocate(8 * values);
    const arrays = (): LossArrays => ({
      ...{ rows, targets: data.targetPointer, weights: weightsPointer, kernels, dispatch, gradients },
      margins: kernels.allocate(8 * values),
    });
    this.#current = arrays();
    this.#trial = arrays();
    kernels.f64(this.#current.margins, values).fill(base);
    this.#pairs = kernels.allocate(8 * values);
    this.#factors = kernels.allocate(8 * rows);
    this.#leaf = new Uint32Array(isOrdered ? rows : 0);
    this.#dispatch = dispatch;
    this.#leafSums = kernels.allocate(16 * 2 ** settings.depth * loss.outputs);
    this.#leafRoom = loss.leafKernel ? kernels.allocate(24 * (rows + 2 ** settings.depth)) : 0;
    this.#ordered = isOrdered ? new OrderedModels(data, weights, orders[0], loss, base, kernels, dispatch) : undefined;
  }

  /** The next tree, whose values are added to the margins. */
  grow(before: number, report: () => void): ModelTree {
    report();
    const { outputs } = this.#loss;
    const { rows } = this.#data;
    const grower = this.#growers[this.#growers.length === 1 ? 0 : this.#random.integer(0, this.#growers.length)];
    this.#loss.setGradients(this.#current);
    const gradients = this.#kernels.f32(this.#current.gradients, 2 * rows * outputs);
    if (this.#ordered) this.#ordered.writeGradients(gradients);
    const deviation = this.#writePairs(gradients);
    // Scores are shaken in proportion to the gradients, less and less as the model grows.
    const left = exp(log(rows) - before * this.#settings.rate);
    const noise = (this.#settings.randomStrength * deviation * left) / (1 + left);
    const grown = grower.grow(
      Array.from({ length: outputs }, (_, output) => this.#pairs + 8 * output * rows),
      () => this.#drawFeatures(),
      () => (noise > 0 ? noise * this.#random.normal() : 0),
      report,
    );
    const values = this.#estimate(grown, grower.rows.permutation, report);
    const { rate, lambda, method } = this.#settings;
    if (this.#ordered) {
      this.#noteLeaves(grown, grower.rows.permutation);
      this.#ordered.step(this.#leaf, grown.leaves.length, rate, lambda, method);
    }
    this.#addValues(this.#current.margins, values, grown, grower.rows.permutation);
    const covers = Float64Array.from(grown.leaves, ({ from, to }) => to - from);
    const tests = grown.splits.map(({ feature, bin }) => this.#features.testOf(feature, bin));
    return modelTree(tests, values, outputs, covers, gainsOf(grown));
  }

  /** Gradients and weights with what is drawn for this tree; returns the root mean square of the gradients. */
  #writePairs(gradients: Float32Array): number {
    const { rows } = this.#data;
    const { outputs } = this.#loss;
    const pairs = this.#kernels.f32(this.#pairs, 2 * rows * outputs);
    const squareOf = (row: number): number => {
      let sum = 0;
      for (let output = 0; output < outputs; output++) sum += gradients[2 * (output * rows + row)] ** 2;
      return sum;
    };
    let squares = 0;
    for (let row = 0; row < rows; row++) squares += squareOf(row);
    const factors = this.#kernels.f64(this.#factors, rows);
    drawBootstrap(factors, this.#settings.bootstrap, this.#random, (row) => Math.sqrt(squareOf(row)), this.#kernels);
    for (let output = 0; output < outputs; output++)
      for (let row = 0; row < rows; row++) {
        const pair = 2 * (output * rows + row);
        pairs[pair] = factors[row] * gradients[pair];
        pairs[pair + 1] = factors[row] * (this.#weights ? this.#weights[row] : 1);
      }
    return Math.sqrt(squares / rows);
  }

  #drawFeatures(): Uint32Array {
    const count = this.#features.list.length;
    const { featureFraction } = this.#settings;
    if (featureFraction >= 1) return Uint32Array.from({ length: count }, (_, feature) => feature);
    return this.#random.choice(count, Math.max(1, Math.floor(featureFraction * count))).sort();
  }

  #noteLeaves({ leaves }: ObliviousTree, permutation: number): void {
    leaves.forEach(({ from, to }, leaf) => {
      for (const row of this.#kernels.u32(permutation + 4 * from, to - from)) this.#leaf[row] = leaf;
    });
  }

  /** The values of leaves, f64[leaves][outputs], shrunk; float32 where there is one output. */
  #estimate({ leaves }: ObliviousTree, permutation: number, report: () => void): Float64Array {
    const { outputs, exact, relative } = this.#loss;
    const { rows, target } = this.#data;
    const { rate, method, steps } = this.#settings;
    const values = new Float64Array(leaves.length * outputs);
    if (method === 'Exact') {
      const margins = this.#kernels.f64(this.#current.margins, rows);
      leaves.forEach(({ from, to }, leaf) => {
        const own = this.#kernels.u32(permutation + 4 * from, to - from);
        const weigh = (row: number): number =>
          (this.#weights ? this.#weights[row] : 1) / (relative ? Math.max(1, Math.abs(target[row])) : 1);
        if (own.length > 0)
          values[leaf] = exact!(
            Float64Array.from(own, (row) => target[row] - margins[row]),
            Float64Array.from(own, weigh),
          );
      });
    } else if (this.#loss.leafKernel) {
      this.#stepByLeaf(values, this.#loss.leafKernel, leaves, permutation);
      report();
    } else
      for (let step = 0; step < steps; step++) {
        let { gradients } = this.#current;
        // The first step's derivatives are at hand, where ordered boosting has not put others in their place.
        if (step > 0 || this.#ordered) {
          ({ gradients } = this.#trial);
          const count = rows * outputs;
          this.#kernels.f64(this.#trial.margins, count).set(this.#kernels.f64(this.#current.margins, count));
          this.#addValues(this.#trial.margins, values, { leaves }, permutation);
          this.#loss.setGradients(this.#trial);
          report();
        }
        this.#step(values, gradients, leaves, permutation);
      }
    return values.map((value) => (outputs === 1 ? Math.fround(rate * value) : rate * value));
  }

  /** Adds to margins, f64[outputs][rows], the values of the leaves that rows are in. */
  #addValues(
    margins: number,
    values: Float64Array,
    { leaves }: Pick<ObliviousTree, 'leaves'>,
    permutation: number,
  ): void {
    const { rows } = this.#data;
    const { outputs } = this.#loss;
    for (let output = 0; output < outputs; output++)
      this.#dispatch.run(
        'addToMargins',
        leaves.flatMap((leaf, index) =>
          pieces(leaf).map(({ from, to }) => [
            ...[margins + 8 * output * rows, permutation, from, to, values[index * outputs + output]],
          ]),
        ),
        rows,
      );
  }

  /** All steps of each leaf at once: none depends on another leaf. */
  #stepByLeaf(values: Float64Array, kernel: string, leaves: ObliviousTree['leaves'], permutation: number): void {
    const { margins, targets, weights } = this.#current;
    const { lambda, method, steps } = this.#settings;
    this.#dispatch.run(
      kernel,
      leaves.map(({ from, to }, leaf) => [
        ...[margins, targets, weights, permutation, from, to, steps, method === 'Newton' ? 1 : 0, lambda],
        ...[this.#leafRoom + 24 * (from + leaf), this.#leafSums + 8 * leaf],
      ]),
      4 * steps * this.#data.rows,
    );
    values.set(this.#kernels.f64(this.#leafSums, leaves.length));
  }

  #step(values: Float64Array, gradients: number, leaves: ObliviousTree['leaves'], permutation: number): void {
    const { rows } = this.#data;
    const { outputs } = this.#loss;
    const { lambda, method } = this.#settings;
    const sums = this.#kernels.f64(this.#leafSums, 2 * values.length);
    for (let slot = 0; slot < values.length; slot++) sums.set([0, lambda], 2 * slot);
    this.#dispatch.run(
      'addDerivatives',
      leaves.flatMap(({ from, to }, leaf) =>
        Array.from({ length: outputs }, (_, output) => [
          ...[gradients + 8 * output * rows, this.#current.weights, permutation, from, to],
          ...[method === 'Newton' ? 1 : 0, this.#leafSums + 16 * (leaf * outputs + output)],
        ]),
      ),
      rows * outputs,
    );
    for (let slot = 0; slot < values.length; slot++)
      if (sums[2 * slot + 1] > 0) values[slot] -= sums[2 * slot] / sums[2 * slot + 1];
  }
}

/** By how much each level made the score better. */
function gainsOf({ splits }: ObliviousTree): number[] {
  return splits.map(({ score }, level) => (level === 0 ? score : score - splits[level - 1].score));
}
