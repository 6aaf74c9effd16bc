/** Gradient boosting of histogram trees, as xgboost's `gbtree` booster with `tree_method=hist` does it. */
import { RandomState } from '@pgml/kernels';
import { type FitContext, FitError, type Fitted, type TrainingData } from '../../../estimator.js';
import type { Checked } from '../../../parameters.js';
import { type BinnedData, binData } from '../../../trees/bins.js';
import { ColumnSampler } from '../../../trees/columns.js';
import { Dispatch } from '../../../trees/dispatch.js';
import { HistogramGrower } from '../../../trees/grower.js';
import { treeWords } from '../../../trees/layout.js';
import { pieces } from '../../../trees/stretch.js';
import type { DecisionTree } from '../../../trees/tree.js';
import { chooseObjective, dropRows, type Objective } from './objectives.js';
import type { XgboostParameters } from './parameters.js';

/** The part of the progress that is shown when values have been binned. */
const BINNED = 0.05;

/**
 * Fits a model. Kernel memory beside the data:
 *   for each value, 2 bytes (bins), up to 3 with fewer than 32 features;
 *   for each row, 8 bytes (permutation), and 12 bytes for each output (margin, gradient, hessian);
 *   4 KiB per feature for each leaf that may still be split, but not more than 256 MiB.
 */
export function fit(data: TrainingData, checked: Checked, context: FitContext): Fitted {
  const parameters = checked as unknown as XgboostParameters;
  if (parameters.booster !== 'gbtree')
    throw new FitError(`booster ${parameters.booster} is not available yet`, 'Available: gbtree.', '0A000');
  const objective = chooseObjective(parameters, data);
  const bins = binData(data, parameters.max_bin, context, (part) =>
    context.checkpoint(BINNED * part, 'binning features'),
  );
  const trees = boost(bins, data, objective, parameters, context);
  const { outputs, decision, baseMargin } = objective;
  return {
    block: { kind: 'trees', outputs, decision, words: treeWords(trees, new Float32Array(outputs).fill(baseMargin)) },
    details: { objective: objective.name, trees: trees.length },
  };
}

function boost(
  bins: BinnedData,
  data: TrainingData,
  objective: Objective,
  parameters: XgboostParameters,
  context: FitContext,
): DecisionTree[] {
  const { kernels, team, seed, checkpoint } = context;
  const { rows, features } = data;
  const { outputs } = objective;
  const paddedRows = Math.ceil(rows / 4) * 4;
  const margins = kernels.allocate(4 * outputs * paddedRows);
  const gradients = kernels.allocate(8 * outputs * paddedRows);
  const arrays = { margins, gradients, targets: data.targetPointer, paddedRows };
  kernels.f32(margins, outputs * paddedRows).fill(objective.baseMargin);

  const dispatch = new Dispatch(kernels, team);
  const grower = new HistogramGrower(bins, growthRule(parameters), context);
  const random = new RandomState(parameters.random_state ?? seed);
  const fractions = {
    tree: parameters.colsample_bytree,
    level: parameters.colsample_bylevel,
    node: parameters.colsample_bynode,
  };
  const total = parameters.n_estimators * outputs;
  const trees: DecisionTree[] = [];
  while (trees.length < total) {
    const round = trees.length / outputs + 1;
    dispatch.run(
      objective.gradientKernel,
      pieces({ from: 0, to: paddedRows }).map(({ from, to }) => objective.gradientArguments(arrays, from, to)),
      paddedRows * outputs,
    );
    for (let output = 0; output < outputs; output++) {
      const outputGradients = gradients + 8 * output * paddedRows;
      if (parameters.subsample < 1)
        dropRows(kernels, outputGradients, rows, () => random.double() < parameters.subsample);
      const sampler = new ColumnSampler(features, fractions, random);
      const report = () =>
        checkpoint(BINNED + ((1 - BINNED) * trees.length) / total, `round ${round} of ${parameters.n_estimators}`);
      report();
      trees.push(
        grower.grow({
          gradients: outputGradients,
          margins: margins + 4 * output * paddedRows,
          featuresOf: (depth) => sampler.forNode(depth),
          checkpoint: report,
        }),
      );
    }
  }
  return trees;
}

function growthRule(parameters: XgboostParameters) {
  return {
    maximumDepth: parameters.max_depth,
    maximumLeaves: parameters.max_leaves,
    bestFirst: parameters.grow_policy !== 'depthwise',
    minimumChildWeight: parameters.min_child_weight,
    minimumGain: parameters.gamma,
    lambda: parameters.reg_lambda,
    alpha: parameters.reg_alpha,
    maximumWeight: parameters.max_delta_step,
    learningRate: parameters.learning_rate,
  };
}
