/** Gradient boosting of trees grown leaf by leaf on histograms, as LightGBM does it. */
import { type Kernels, RandomState } from '@pgml/kernels';
import { rowWeights } from '../../../class-weights.js';
import type { FitContext, Fitted, TrainingData } from '../../../estimator.js';
import { holdOut } from '../../../resampling/hold-out.js';
import type { Checked } from '../../../parameters.js';
import { type BinnedData, binByCuts } from '../../../trees/bins.js';
import { Dispatch } from '../../../trees/dispatch.js';
import { type GrownTree, LeafwiseGrower } from '../../../trees/leafwise-grower.js';
import { splitImportances, type ValueTree, valueOf, valueTreeWords } from '../../../trees/value-tree.js';
import { cutsOf } from './binning.js';
import { recodeCategories } from './categories.js';
import { checkCombinations, isForest } from './check.js';
import { Dropping } from './dropping.js';
import { chooseMeasure } from './measure.js';
import type { Objective } from './objective.js';
import { chooseObjective } from './objectives.js';
import type { LightgbmParameters } from './parameters.js';
import { chooseSampler, type RowSampler } from './sampling.js';
import { GainSplitter, type SplitRule } from './splitter.js';

/** The part of the progress that is shown when values have been binned. */
const BINNED = 0.05;

/** Rows with their margins, f64[outputs][rows] in kernel memory. */
class Margins {
  readonly data: TrainingData;
  readonly pointer: number;
  readonly values: Float64Array;
  readonly #columns: readonly Float32Array[];

  constructor(data: TrainingData, base: Float64Array, kernels: Kernels) {
    this.data = data;
    this.pointer = kernels.allocate(8 * data.rows * base.length);
    this.values = kernels.f64(this.pointer, data.rows * base.length);
    base.forEach((score, output) => this.values.fill(score, output * data.rows, (output + 1) * data.rows));
    this.#columns = Array.from({ length: data.features }, (_, feature) => data.column(feature));
  }

  /** Adds `factor` times what a tree says to the margins of an output; of some rows, or of all. */
  add(tree: ValueTree, output: number, factor: number, rows?: Iterable<number>): void {
    const start = output * this.data.rows;
    if (rows) for (const row of rows) this.values[start + row] += factor * valueOf(tree, this.#columns, row);
    else
      for (let row = 0; row < this.data.rows; row++)
        this.values[start + row] += factor * valueOf(tree, this.#columns, row);
  }
}

/**
 * Fits a model. Kernel memory beside the data:
 *   for each value, 2 bytes (bins), up to 3 with fewer than 32 features; 4 more for categories, or with validation_fraction;
 *   for each row, 8 bytes (permutation), 16 for each output (margin, gradient, hessian), and 8 with weights;
 *   4 KiB per feature for each leaf that may still be split, but not more than 256 MiB.
 */
export function fit(given: TrainingData, checked: Checked, context: FitContext): Fitted {
  const parameters = checked as unknown as LightgbmParameters;
  const { kernels, checkpoint } = context;
  checkCombinations(parameters, given);
  const seed = parameters.random_state ?? context.seed;
  const { data: all, categories } = recodeCategories(
    given,
    parameters.categorical_feature,
    parameters.min_data_in_bin,
    kernels,
  );
  const parts =
    parameters.validation_fraction === null ? undefined : holdOut(all, parameters.validation_fraction, seed, kernels);
  const data = parts?.train ?? all;
  const classWeight = data.classes > 0 ? parameters.class_weight : null;
  const weights = rowWeights(data, classWeight);
  const objective = chooseObjective(parameters, data, seed);
  const base = parameters.boost_from_average
    ? objective.baseScores({ target: data.target, weights })
    : new Float64Array(objective.outputs);

  const random = new RandomState(seed);
  const sample =
    data.rows > parameters.subsample_for_bin ? random.choice(data.rows, parameters.subsample_for_bin) : undefined;
  const rule = { maximumBins: parameters.max_bin, minimumRows: parameters.min_data_in_bin };
  const bins = binByCuts(
    data,
    (feature) => {
      const codes = categories[feature];
      return codes ? Float32Array.from(codes.slice(1)) : cutsOf(data, feature, rule, sample, kernels);
    },
    context,
    (part) => checkpoint(BINNED * part, 'binning features'),
  );
  const margins = new Margins(data, base, kernels);
  const rounds = new Rounds(margins, bins, objective, weights, categories, parameters, random, context);
  const held = parts && new Margins(parts.held, base, kernels);
  const measure = held && chooseMeasure(parameters.metric, objective, held.data, rowWeights(held.data, classWeight));
  const patience = parameters.early_stopping_round ?? 0;
  const stops = patience > 0;

  const forest = isForest(parameters.boosting_type);
  let best = { value: Infinity, rounds: 0 };
  let done = 0;
  for (; done < parameters.n_estimators;) {
    rounds.run((part) =>
      checkpoint(
        BINNED + ((1 - BINNED) * (done + part)) / parameters.n_estimators,
        `round ${done + 1} of ${parameters.n_estimators}`,
      ),
    );
    done++;
    if (!held || !measure || !stops) continue;
    rounds.latest().forEach((tree, output) => {
      held.add(tree, output, 1);
    });
    const scores = forest
      ? held.values.map((value, index) => {
          const start = base[Math.floor(index / held.data.rows)];
          return start + (value - start) / done;
        })
      : held.values;
    const value = measure(scores);
    if (value < best.value - parameters.early_stopping_min_delta) best = { value, rounds: done };
    else if (done - best.rounds >= patience) break;
  }
  const { outputs, decision, scale } = objective;
  const kept = stops && best.rounds > 0 ? best.rounds : done;
  const trees = rounds.trees.slice(0, kept * outputs);
  for (const tree of trees) for (const node of tree.value.keys()) tree.value[node] *= forest ? scale / kept : scale;
  const { words, covers } = valueTreeWords(
    trees,
    base.map((score) => score * scale),
  );
  return {
    block: { kind: 'trees', outputs, decision, words },
    details: {
      objective: objective.name,
      trees: trees.length,
      rounds: kept,
      ...(stops ? { validation: best.value } : {}),
    },
    importances: splitImportances(trees, data.features),
    sections: { covers },
  };
}

/** What grows a tree for each output in each round. */
class Rounds {
  readonly trees: ValueTree[] = [];
  readonly #margins: Margins;
  readonly #objective: Objective;
  readonly #parameters: LightgbmParameters;
  readonly #kernels: Kernels;
  readonly #dispatch: Dispatch;
  readonly #grower: LeafwiseGrower;
  readonly #splitter: GainSplitter;
  readonly #sampler: RowSampler;
  readonly #dropping: Dropping | undefined;
  readonly #gradients: number;
  readonly #weights: { readonly pointer: number; readonly values: Float64Array | undefined };
  #round = 0;

  constructor(
    margins: Margins,
    bins: BinnedData,
    objective: Objective,
    weights: Float64Array | undefined,
    categories: readonly (readonly number[] | undefined)[],
    parameters: LightgbmParameters,
    random: RandomState,
    { kernels, team }: FitContext,
  ) {
    const { data } = margins;
    this.#margins = margins;
    this.#objective = objective;
    this.#parameters = parameters;
    this.#kernels = kernels;
    this.#dispatch = new Dispatch(kernels, team);
    this.#gradients = kernels.allocate(8 * data.rows * objective.outputs);
    const values = objective.reweigh ? objective.reweigh({ target: data.target, weights }) : weights;
    this.#weights = { pointer: values ? kernels.allocate(8 * data.rows) : 0, values };
    if (values) kernels.f64(this.#weights.pointer, data.rows).set(values);
    this.#grower = new LeafwiseGrower(
      bins,
      {
        maximumDepth: parameters.max_depth > 0 ? parameters.max_depth : Infinity,
        maximumLeaves: parameters.num_leaves,
        counted: false,
        categoriesOf: (feature) => categories[feature],
        // Where no value was missing, one that is counts as 0; it is in no set of categories.
        unseenMissingLeft: (threshold) => 0 < threshold,
      },
      { kernels, team },
    );
    const isCategorical = (feature: number): boolean => categories[feature] !== undefined;
    this.#splitter = new GainSplitter(bins, splitRule(parameters, isCategorical), random, kernels, this.#dispatch);
    this.#sampler = chooseSampler(parameters, data, random, kernels);
    this.#dropping = parameters.boosting_type === 'dart' ? new Dropping(parameters, random) : undefined;
  }

  /** The trees of the last round. */
  latest(): readonly ValueTree[] {
    return this.trees.slice(-this.#objective.outputs);
  }

  /** One round. `report` is told which part of it is done. */
  run(report: (part: number) => void): void {
    report(0);
    const { outputs } = this.#objective;
    const { data, pointer } = this.#margins;
    const dropped = this.#dropping?.choose() ?? [];
    this.#addRounds(dropped, -1);
    const forest = isForest(this.#parameters.boosting_type);
    // Trees of a forest all learn the same.
    if (!forest || this.#round === 0 || this.#parameters.data_sample_strategy === 'goss')
      this.#objective.setGradients({
        rows: data.rows,
        margins: pointer,
        targets: data.targetPointer,
        weights: this.#weights.pointer,
        gradients: this.#gradients,
        kernels: this.#kernels,
        dispatch: this.#dispatch,
      });
    const sample = this.#sampler(this.#round, this.#gradients, outputs);
    const rate = this.#dropping?.rateOfNew(dropped.length) ?? (forest ? 1 : this.#parameters.learning_rate);
    for (let output = 0; output < outputs; output++) {
      this.#splitter.startTree();
      const grown = this.#grower.grow(
        this.#gradients + 8 * output * data.rows,
        this.#splitter,
        () => report(output / outputs),
        sample,
      );
      this.#setValues(grown, output, rate);
      if (!forest) this.#addTree(grown, output, sample);
      this.trees.push(grown.tree);
    }
    if (this.#dropping) {
      const back = this.#dropping.rateOfDropped(dropped.length);
      for (const round of dropped)
        for (const tree of this.#treesOf(round)) for (const node of tree.value.keys()) tree.value[node] *= back;
      this.#addRounds(dropped, 1);
      this.#dropping.add(dropped);
    }
    this.#round++;
  }

  #treesOf(round: number): readonly ValueTree[] {
    const { outputs } = this.#objective;
    return this.trees.slice(round * outputs, (round + 1) * outputs);
  }

  #addRounds(rounds: readonly number[], factor: number): void {
    for (const round of rounds)
      this.#treesOf(round).forEach((tree, output) => {
        this.#margins.add(tree, output, factor);
      });
  }

  #setValues({ tree, leaves }: GrownTree, output: number, rate: number): void {
    const { leafValue } = this.#objective;
    const { data, values } = this.#margins;
    for (const { node, from, to } of leaves) {
      let value = tree.left.length === 1 ? 0 : tree.value[node];
      if (leafValue) {
        const rows = this.#kernels.u32(this.#grower.rows.permutation + 4 * from, to - from);
        const margins = values.subarray(output * data.rows);
        const weights = this.#weights.values;
        value = leafValue(
          Float64Array.from(rows, (row) => data.target[row] - margins[row]),
          weights && Float64Array.from(rows, (row) => weights[row]),
        );
      }
      tree.value[node] = rate * value;
    }
  }

  #addTree({ tree, leaves }: GrownTree, output: number, sample: Uint32Array | undefined): void {
    const { data, pointer } = this.#margins;
    const { permutation } = this.#grower.rows;
    this.#dispatch.run(
      'addToMargins',
      leaves.map(({ node, from, to }) => [pointer + 8 * output * data.rows, permutation, from, to, tree.value[node]]),
      data.rows,
    );
    if (sample) this.#margins.add(tree, output, 1, others(sample, data.rows));
  }
}

/** The row numbers that are not among some, which are ascending. */
function* others(some: Uint32Array, rows: number): Generator<number> {
  let next = 0;
  for (let row = 0; row < rows; row++)
    if (next < some.length && some[next] === row) next++;
    else yield row;
}

function splitRule(parameters: LightgbmParameters, isCategorical: (feature: number) => boolean): SplitRule {
  return {
    lambda: parameters.reg_lambda,
    alpha: parameters.reg_alpha,
    minimumHessian: parameters.min_child_weight,
    minimumRows: parameters.min_child_samples,
    maximumValue: Math.max(0, parameters.max_delta_step),
    smoothing: parameters.path_smooth,
    minimumGain: parameters.min_split_gain,
    monotone: parameters.monotone_constraints ?? undefined,
    interactions: parameters.interaction_constraints ?? undefined,
    penalties: parameters.feature_contri ?? undefined,
    fractions: { tree: parameters.colsample_bytree, level: 1, node: parameters.feature_fraction_bynode },
    randomThresholds: parameters.extra_trees,
    categorical: {
      oneHotMost: parameters.max_cat_to_onehot,
      setMost: parameters.max_cat_threshold,
      smoothing: parameters.cat_smooth,
      lambda: parameters.cat_l2,
      minimumGroup: parameters.min_data_per_group,
    },
    isCategorical,
  };
}
