/** Gradient boosting as xgboost does it: of trees, with or without dropout, or of a linear model. */
import type { FitContext, Fitted, TrainingData } from '../../../estimator.js';
import { FitError } from '../../../estimator.js';
import type { Checked } from '../../../parameters.js';
import { holdOut } from '../../../resampling/hold-out.js';
import { coversOf, treeImportances } from '../../../trees/grown-tree.js';
import { treeWords } from '../../../trees/layout.js';
import { boostLinear } from './boost-linear.js';
import { boostTrees } from './boost-trees.js';
import { chooseMetrics } from './metrics.js';
import { Monitor } from './monitor.js';
import type { Objective } from './objective.js';
import { chooseObjective } from './objectives.js';
import type { XgboostParameters } from './parameters.js';
import { placeWeights } from './row-weights.js';

/**
 * Fits a model. Kernel memory beside the data (and, with `validation_fraction`, a copy of it), for trees:
 *   for each value, 2 bytes (bins), up to 3 with fewer than 32 features; 4 with the methods exact and approx;
 *   for each row, 8 bytes (permutation), and 12 bytes for each output (margin, gradient, hessian);
 *   4 KiB per feature for each leaf that may still be split, but not more than 256 MiB.
 */
export function fit(data: TrainingData, checked: Checked, context: FitContext): Fitted {
  const parameters = checked as unknown as XgboostParameters;
  checkTogether(parameters);
  const { validation_fraction, random_state, early_stopping_rounds, booster } = parameters;
  const { train, held } =
    validation_fraction === null
      ? { train: data, held: undefined }
      : holdOut(data, validation_fraction, random_state ?? context.seed, context.kernels);
  const objective = chooseObjective(parameters, train);
  const metrics = chooseMetrics(parameters, objective);
  const monitor = held && new Monitor(held, objective, metrics, early_stopping_rounds, context);
  const rowWeights = objective.weighed ? 0 : placeWeights(train, objective, parameters, context);
  const isLinear = booster === 'gblinear' || booster === 'linear';
  const model = isLinear ? linear : trees;
  return model(train, objective, parameters, rowWeights, context, monitor);
}

type Arguments = readonly [
  data: TrainingData,
  objective: Objective,
  parameters: XgboostParameters,
  rowWeights: number,
  context: FitContext,
  monitor: Monitor | undefined,
];

function trees(...given: Arguments): Fitted {
  const [{ features }, objective, { num_parallel_tree }, , , monitor] = given;
  const { outputs, decision, baseMargin } = objective;
  const boosted = boostTrees(...given);
  // Tree t of a block adds to output t % outputs.
  const perRound = num_parallel_tree * outputs;
  const inTurn = boosted.map(
    (_, t) => boosted[t - (t % perRound) + (t % outputs) * num_parallel_tree + Math.floor((t % perRound) / outputs)],
  );
  return {
    block: { kind: 'trees', outputs, decision, words: treeWords(inTurn, new Float32Array(outputs).fill(baseMargin)) },
    details: { objective: objective.name, trees: inTurn.length, ...monitor?.details },
    importances: treeImportances(inTurn, features),
    sections: { covers: coversOf(inTurn) },
  };
}

function linear(...given: Arguments): Fitted {
  const [{ features }, objective, , , , monitor] = given;
  const { outputs, decision, baseMargin } = objective;
  const { weights, biases } = boostLinear(...given);
  const coefficients = Float64Array.from({ length: features }, (_, feature) => {
    let sum = 0;
    for (let output = 0; output < outputs; output++) sum += Math.abs(weights[output * features + feature]);
    return outputs === 1 ? weights[feature] : sum;
  });
  return {
    block: { kind: 'linear', outputs, decision, words: [weights, biases.map((bias) => bias + baseMargin)] },
    details: { objective: objective.name, ...monitor?.details },
    importances: { coefficients },
  };
}

/** What one parameter says about another. Throws FitError. */
function checkTogether(parameters: XgboostParameters): void {
  if (parameters.early_stopping_rounds !== null && parameters.validation_fraction === null)
    throw new FitError(
      'early_stopping_rounds needs rows to watch, but validation_fraction is null',
      'Give validation_fraction, e.g. 0.2.',
    );
  if (parameters.sampling_method !== 'uniform')
    throw new FitError('sampling_method gradient_based needs a GPU', 'Use uniform.', '0A000');
  const power = parameters.tweedie_variance_power;
  if (power === 1 || power === 2)
    throw new FitError(
      `tweedie_variance_power must be above 1 and below 2, but ${power} was given`,
      'Use count:poisson for 1, and reg:gamma for 2.',
    );
}
