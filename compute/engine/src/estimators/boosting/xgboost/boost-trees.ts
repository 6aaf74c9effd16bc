/**
 * Boosting of trees: gbtree, and dart (Rashmi & Gilad-Bachrach, "DART: Dropouts meet Multiple Additive Regression
 * Trees", 2015).
 */
import { RandomState } from '@pgml/kernels';
import { type FitContext, FitError, type TrainingData } from '../../../estimator.js';
import { type BinnedData, binData } from '../../../trees/bins.js';
import { Dispatch } from '../../../trees/dispatch.js';
import { ExactGrower } from '../../../trees/exact-grower.js';
import { type GrowthRule, HistogramGrower, type TreeTask } from '../../../trees/grower.js';
import type { GrownTree } from '../../../trees/grown-tree.js';
import { InteractionConstraints } from '../../../trees/interactions.js';
import { sortColumns } from '../../../trees/sorted-columns.js';
import { pieces } from '../../../trees/stretch.js';
import { placeTree, type PlacedTree, TreeWalker } from '../../../trees/walker.js';
import { interactionsOf, monotoneOf } from './constraints.js';
import { Dropout } from './dropout.js';
import { median } from './median.js';
import type { Monitor } from './monitor.js';
import type { LossArrays, Objective } from './objective.js';
import { stepOf } from './objectives.js';
import type { XgboostParameters } from './parameters.js';
import { Sampling } from './sampling.js';

/** The part of the progress that is shown when values have been binned. */
const PREPARED = 0.05;

type Grow = (task: TreeTask) => GrownTree;

/**
 * Rounds of trees, `num_parallel_tree` for each output; in a round, those of one output follow one another. `rowWeights`
 * is the address of what rows count, f32[rows], or 0 if all count 1.
 */
export function boostTrees(
  data: TrainingData,
  objective: Objective,
  parameters: XgboostParameters,
  rowWeights: number,
  context: FitContext,
  monitor: Monitor | undefined,
): GrownTree[] {
  const { kernels, team, seed, checkpoint } = context;
  const { rows, features } = data;
  const { outputs } = objective;
  const dispatch = new Dispatch(kernels, team);
  const paddedRows = Math.ceil(rows / 4) * 4;
  const grow = growerOf(data, objective, parameters, context);
  const arrays: LossArrays = {
    ...{ rows, paddedRows, targets: data.targetPointer },
    margins: kernels.allocate(4 * outputs * paddedRows),
    gradients: kernels.allocate(8 * outputs * paddedRows),
  };
  const sampled = parameters.subsample < 1 ? kernels.allocate(8 * paddedRows) : 0;
  const margins = kernels.f32(arrays.margins, outputs * paddedRows).fill(objective.baseMargin);
  const random = new RandomState(parameters.random_state ?? seed);
  const sampling = new Sampling(parameters, features, random);
  const dropout = parameters.booster === 'dart' ? new Dropout(parameters, random) : undefined;
  const walker = dropout ? new TreeWalker(data, context) : undefined;
  const watched = monitor ? new TreeWalker(monitor.rows, context) : undefined;
  const total = parameters.n_estimators * outputs * parameters.num_parallel_tree;
  const isExact = isExactMethod(parameters);
  const placed: PlacedTree[] = [];
  const trees: GrownTree[] = [];
  const outputOf = (tree: number): number => Math.floor(tree / parameters.num_parallel_tree) % outputs;

  for (let round = 0; round < parameters.n_estimators; round++) {
    const report = () =>
      checkpoint(
        PREPARED + ((1 - PREPARED) * trees.length) / total,
        `round ${round + 1} of ${parameters.n_estimators}`,
      );
    report();
    if (dropout && walker) {
      dropout.drop();
      margins.fill(objective.baseMargin);
      placed.forEach((tree, t) => {
        if (dropout.isDropped(t)) return;
        walker.add(tree, arrays.margins + 4 * outputOf(t) * paddedRows, dropout.weights[t]);
        report();
      });
    }
    objective.setGradients(arrays, { kernels, dispatch }, round);
    if (rowWeights !== 0) weigh(arrays, outputs, rowWeights, dispatch);
    const first = trees.length;
    for (let output = 0; output < outputs; output++) {
      const outputGradients = arrays.gradients + 8 * output * paddedRows;
      const outputMargins = arrays.margins + 4 * output * paddedRows;
      // xgboost refreshes leaves only where the method says which rows are in which.
      const residuals =
        objective.medianLeaves && !isExact ? residualsOf(data, kernels.f32(outputMargins, rows)) : undefined;
      for (let parallel = 0; parallel < parameters.num_parallel_tree; parallel++) {
        sampling.next();
        if (sampled !== 0) sampling.copyRows(kernels, outputGradients, sampled, rows);
        const gradients = sampled === 0 ? outputGradients : sampled;
        report();
        const task: TreeTask = {
          gradients,
          margins: outputMargins,
          featuresOf: (depth) => sampling.featuresOf(depth),
          checkpoint: report,
          ...(residuals ? { leafValue: medianLeaf(residuals, data, kernels.f32(gradients, 2 * rows)) } : {}),
        };
        trees.push(grow(task));
      }
    }
    dropout?.add(trees.length - first, rateOf(parameters));
    if (dropout || monitor) for (const tree of trees.slice(first)) placed.push(placeTree(tree, context));
    if (monitor && watched) {
      if (dropout) monitor.reset();
      for (let t = dropout ? 0 : first; t < trees.length; t++)
        watched.add(placed[t], monitor.marginsOf(outputOf(t)), dropout?.weights[t] ?? 1);
      if (monitor.isOver()) break;
    }
  }
  const kept = monitor ? trees.slice(0, monitor.roundsToKeep * outputs * parameters.num_parallel_tree) : trees;
  return dropout ? kept.map((tree, t) => scaled(tree, dropout.weights[t])) : kept;
}

const isExactMethod = ({ tree_method }: XgboostParameters): boolean => tree_method.endsWith('exact');
const rateOf = ({ learning_rate }: XgboostParameters): number => learning_rate ?? 0.3;

function scaled(tree: GrownTree, weight: number): GrownTree {
  return { ...tree, value: tree.value.map((value) => value * weight) };
}

function weigh({ rows, paddedRows, gradients }: LossArrays, outputs: number, weights: number, dispatch: Dispatch) {
  const calls = Array.from({ length: outputs }, (_, output) =>
    pieces({ from: 0, to: rows }).map(({ from, to }) => [gradients + 8 * output * paddedRows, weights, from, to]),
  );
  dispatch.run('weighGradients', calls.flat(), outputs * rows);
}

function residualsOf({ target }: TrainingData, margins: Float32Array): Float32Array {
  return target.map((value, row) => value - margins[row]);
}

/** The leaf is worth the median of the residuals of its rows that were drawn, whatever the learning rate. */
function medianLeaf(residuals: Float32Array, { weights }: TrainingData, gradients: Float32Array) {
  return (rows: Uint32Array): number => {
    const drawn = rows.filter((row) => gradients[2 * row + 1] !== 0);
    return median(
      Float32Array.from(drawn, (row) => residuals[row]),
      weights && Float32Array.from(drawn, (row) => weights[row]),
    );
  };
}

/** How the trees of a fit are grown. */
function growerOf(data: TrainingData, objective: Objective, parameters: XgboostParameters, context: FitContext): Grow {
  const { kernels } = context;
  const { max_bin, tree_method } = parameters;
  const rule = growthRule(parameters, objective, data.features);
  const categories = parameters.enable_categorical ? (feature: number) => data.categories(feature) : () => 0;
  checkCategories(data.features, categories, parameters);
  if (isExactMethod(parameters)) {
    const grower = new ExactGrower(data, sortColumns(data, context), rule, context);
    return (task) => grower.grow(task);
  }
  const binning = { categories, leastBinsForSets: parameters.max_cat_to_onehot };
  const grow = (bins: BinnedData) => new HistogramGrower(bins, rule, context);
  if (tree_method === 'approx' && objective.constantHessian) {
    // Cut once, by the rows that the first tree learns from.
    let grower: HistogramGrower | undefined;
    return (task) => {
      grower ??= grow(
        binData(data, max_bin, context, () => task.checkpoint(), {
          ...binning,
          weights: placeHessians(data, task.gradients, context),
        }),
      );
      return grower.grow(task);
    };
  }
  const weights = data.weights?.byteOffset;
  if (tree_method === 'approx') {
    const columns = sortColumns(data, context);
    return (task) => {
      const mark = kernels.mark();
      const sorted = { columns, gradients: task.gradients };
      const bins = binData(data, max_bin, context, () => task.checkpoint(), { ...binning, weights, sorted });
      const tree = grow(bins).grow(task);
      kernels.release(mark);
      return tree;
    };
  }
  const report = (part: number) => context.checkpoint(PREPARED * part, 'binning features');
  const grower = grow(binData(data, max_bin, context, report, { ...binning, weights }));
  return (task) => grower.grow(task);
}

/** Address of f32[rows], hessians times weights: hessians have been weighed, and xgboost weighs them once more. */
function placeHessians({ rows, weights }: TrainingData, gradients: number, { kernels }: FitContext): number {
  const pointer = kernels.allocate(4 * rows);
  const hessians = kernels.f32(pointer, rows);
  const pairs = kernels.f32(gradients, 2 * rows);
  for (let row = 0; row < rows; row++) hessians[row] = pairs[2 * row + 1] * (weights ? weights[row] : 1);
  return pointer;
}

/** Codes are bins, of which one is for missing values, and code 0 is NULL. */
const MOST_CATEGORIES = 254;

function checkCategories(
  features: number,
  categories: (feature: number) => number,
  parameters: XgboostParameters,
): void {
  for (let feature = 0; feature < features; feature++) {
    const count = categories(feature);
    if (count === 0) continue;
    if (isExactMethod(parameters))
      throw new FitError(
        `tree_method ${parameters.tree_method} cannot split categories`,
        'Use hist or approx, or leave enable_categorical out.',
      );
    if (count > MOST_CATEGORIES)
      throw new FitError(
        `feature ${feature} has ${count} categories, but with enable_categorical at most ${MOST_CATEGORIES} are possible`,
        'Group the rare ones in a view, or leave enable_categorical out.',
      );
  }
}

function growthRule(parameters: XgboostParameters, { name }: Objective, features: number): GrowthRule {
  const monotone = monotoneOf(parameters, features);
  const groups = interactionsOf(parameters, features);
  return {
    maximumDepth: parameters.max_depth,
    maximumLeaves: parameters.max_leaves,
    bestFirst: parameters.grow_policy !== 'depthwise',
    minimumChildWeight: parameters.min_child_weight,
    minimumGain: parameters.gamma,
    lambda: parameters.reg_lambda ?? 1,
    alpha: parameters.reg_alpha,
    maximumWeight: stepOf(parameters, name),
    learningRate: Math.fround(rateOf(parameters)) / parameters.num_parallel_tree,
    maximumCategories: parameters.max_cat_threshold,
    ...(monotone ? { monotone } : {}),
    ...(groups ? { interactions: new InteractionConstraints(groups) } : {}),
  };
}
