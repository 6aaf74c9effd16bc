/** AdaBoost.R2 (Drucker, "Improving Regressors using Boosting Techniques", 1997), with trees of three levels. */
import { exp, log, type RandomState } from '@pgml/kernels';
import { pairwiseSum } from '../../../algebra/pairwise-sum.js';
import type { FitContext, Fitted, TrainingData } from '../../../estimator.js';
import type { Checked } from '../../../parameters.js';
import { findLeaf } from '../../../trees/cart/leaves.js';
import { areSumsExact } from '../../../trees/cart/sums.js';
import { coversOf, type GrownTree, Importances, tableTree } from '../../../trees/cart/tree.js';
import { treeTableWords } from '../../../trees/layout.js';
import type { AdaBoostParameters } from './parameters.js';
import { firstWeights, liftWeights, scaleToOne, TreeSequence } from './trees.js';

const DEPTH = 3;

/**
 * Trees as scikit-learn grows them, with the same draws. Kernel memory beside the data: 20 bytes for each value, and 36
 * for each row.
 */
export function fitRegression(data: TrainingData, checked: Checked, context: FitContext): Fitted {
  const parameters = checked as unknown as AdaBoostParameters;
  const { rows, target } = data;
  const { n_estimators: rounds, learning_rate: rate, loss } = parameters;
  const options = { criterion: 'squared_error', depth: DEPTH, random_state: parameters.random_state } as const;
  const sequence = new TreeSequence(data, options, context);
  const columns = Array.from({ length: data.features }, (_, feature) => data.column(feature));
  const ordered = !areSumsExact(undefined, target, rows);
  const once = new Float64Array(rows).fill(1);
  const trees: GrownTree[] = [];
  const treeWeights: number[] = [];
  const weights = firstWeights(data);

  for (let round = 0; round < rounds; round++) {
    liftWeights(weights, data.weights);
    const seed = sequence.nextSeed();
    const samples = drawByWeight(weights, rows, sequence.random);
    const { tree } = sequence.grow(
      seed,
      once,
      ordered,
      () => context.checkpoint(round / rounds, `tree ${round + 1} of ${rounds}`),
      samples,
    );
    const losses = lossesOf(tree, columns, target, weights, loss);
    const error = pairwiseSum(weighted(weights, losses));
    if (error >= 0.5 && trees.length > 0) break;
    trees.push(tree);
    treeWeights.push(error <= 0 ? 1 : error >= 0.5 ? 0 : rate * log(1 / (error / (1 - error))));
    if (error <= 0 || error >= 0.5 || round === rounds - 1) break;

    const logBeta = log(error / (1 - error));
    for (let row = 0; row < rows; row++)
      if (weights[row] > 0) weights[row] *= exp(logBeta * ((1 - losses[row]) * rate));
    const sum = pairwiseSum(weights);
    if (!Number.isFinite(sum) || sum <= 0) break;
    scaleToOne(weights);
  }

  const all = treeWeights.reduce((sum, weight) => sum + weight, 0);
  const importances = new Importances(data.features, true);
  trees.forEach((tree, index) => {
    importances.add(tree, treeWeights[index]);
  });
  return {
    block: {
      kind: 'trees',
      outputs: trees.length,
      decision: 'weightedMedian',
      words: treeTableWords(
        trees.map((tree) => tableTree(tree, tree.values)),
        1,
        new Float64Array(trees.length),
      ),
      decisionNumbers: Float64Array.from(treeWeights),
    },
    details: { trees: trees.length },
    importances: importances.mean(all > 0 ? all : 1),
    sections: { covers: coversOf(trees) },
  };
}

/** As many rows as there are, with replacement, by their weights: `choice(rows, rows, p=weights)`. */
function drawByWeight(weights: Float64Array, rows: number, random: RandomState): Uint32Array {
  const sums = new Float64Array(rows);
  let sum = 0;
  for (let row = 0; row < rows; row++) sums[row] = sum += weights[row];
  for (let row = 0; row < rows; row++) sums[row] /= sum;
  return Uint32Array.from({ length: rows }, () => {
    const value = random.double();
    let [low, high] = [0, rows];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (sums[middle] <= value) low = middle + 1;
      else high = middle;
    }
    return low;
  });
}

/** The loss of each row, from 0 to 1: its error relative to the largest of those that count. */
function lossesOf(
  tree: GrownTree,
  columns: readonly Float32Array[],
  target: Float32Array,
  weights: Float64Array,
  loss: AdaBoostParameters['loss'],
): Float64Array {
  const errors = Float64Array.from(target, (value, row) =>
    weights[row] > 0 ? Math.abs(tree.values[findLeaf(tree, columns, row)] - value) : 0,
  );
  const largest = errors.reduce((most, error) => Math.max(most, error), 0);
  if (largest === 0) return errors;
  return errors.map((error) => {
    const relative = error / largest;
    if (loss === 'square') return relative * relative;
    return loss === 'exponential' ? 1 - exp(-relative) : relative;
  });
}

/** Products of those weights that are above 0. */
function weighted(weights: Float64Array, losses: Float64Array): Float64Array {
  return weights.map((weight, row) => weight * losses[row]).filter((_, row) => weights[row] > 0);
}
