/** AdaBoost for classes (Zhu, Zou, Rosset & Hastie, "Multi-class AdaBoost", 2009): SAMME.R and SAMME, with stumps. */
import { exp, log } from '@pgml/kernels';
import { pairwiseSum } from '../../../algebra/pairwise-sum.js';
import { type FitContext, FitError, type Fitted, type TrainingData } from '../../../estimator.js';
import type { Checked } from '../../../parameters.js';
import { toShares } from '../../../trees/cart/averaging.js';
import { findLeaves } from '../../../trees/cart/leaves.js';
import { coversOf, type GrownTree, Importances, leafRows, tableTree } from '../../../trees/cart/tree.js';
import { treeTableWords } from '../../../trees/layout.js';
import type { AdaBoostParameters } from './parameters.js';
import { firstWeights, liftWeights, scaleToOne, TreeSequence } from './trees.js';

/** The smallest probability of which a logarithm is taken. */
const LEAST_SHARE = 2 ** -52;

/**
 * Trees as scikit-learn grows them, with the same draws. Kernel memory beside the data: 20 bytes for each value, and 32
 * for each row.
 */
export function fitClassification(data: TrainingData, checked: Checked, context: FitContext): Fitted {
  const parameters = checked as unknown as AdaBoostParameters;
  const { classes, rows, target } = data;
  const { n_estimators: rounds, algorithm, learning_rate: rate } = parameters;
  const sequence = new TreeSequence(
    data,
    { criterion: 'gini', depth: 1, random_state: parameters.random_state },
    context,
  );
  const columns = Array.from({ length: data.features }, (_, feature) => data.column(feature));
  const leaves = new Int32Array(rows);
  const losses = new Float64Array(rows);
  const trees: GrownTree[] = [];
  const treeWeights: number[] = [];
  const weights = firstWeights(data);

  for (let round = 0; round < rounds; round++) {
    liftWeights(weights, data.weights);
    const { tree, samples } = sequence.grow(sequence.nextSeed(), weights, true, () =>
      context.checkpoint(round / rounds, `tree ${round + 1} of ${rounds}`),
    );
    findLeaves(tree, samples, columns, leaves);
    toShares(tree);
    const answers = Array.from(tree.left, (_, node) => largestShare(tree, node));
    for (let row = 0; row < rows; row++) losses[row] = answers[leaves[row]] === target[row] ? 0 : weights[row];
    const error = pairwiseSum(losses) / pairwiseSum(weights);
    if (error > 0 && algorithm === 'SAMME' && error >= 1 - 1 / classes) break;
    trees.push(tree);
    treeWeights.push(error > 0 && algorithm === 'SAMME' ? rate * (log((1 - error) / error) + log(classes - 1)) : 1);
    if (error <= 0 || round === rounds - 1) break;

    const factors =
      algorithm === 'SAMME.R'
        ? realFactors(tree, classes, rate)
        : Array.from(tree.left, (_, node) =>
            Float64Array.from({ length: classes }, (_class, k) => (k === answers[node] ? 1 : exp(treeWeights.at(-1)!))),
          );
    for (let row = 0; row < rows; row++) weights[row] *= factors[leaves[row]][target[row]];
    const sum = pairwiseSum(weights);
    if (!Number.isFinite(sum) || sum <= 0) break;
    scaleToOne(weights);
  }
  if (trees.length === 0)
    throw new FitError(
      'a tree of one split says no more about the classes than chance, so that nothing can be boosted',
      'Use the algorithm SAMME.R, or give other features.',
    );
  return modelOf(data, trees, treeWeights, algorithm);
}

/** What the weight of a row is multiplied by: for each leaf, by the row's class. */
function realFactors(tree: GrownTree, classes: number, rate: number): Float64Array[] {
  return Array.from(tree.left, (_, node) => {
    const logs = logShares(tree.values.subarray(node * classes, (node + 1) * classes));
    return Float64Array.from({ length: classes }, (_class, own) => {
      const coded = logs.reduce((sum, value, k) => sum + (k === own ? 1 : -1 / (classes - 1)) * value, 0);
      return exp(-1 * rate * ((classes - 1) / classes) * coded);
    });
  });
}

const logShares = (shares: Float64Array): Float64Array => shares.map((share) => log(Math.max(share, LEAST_SHARE)));

function largestShare({ values, width }: GrownTree, node: number): number {
  let best = 0;
  for (let k = 1; k < width; k++) if (values[node * width + k] > values[node * width + best]) best = k;
  return best;
}

/**
 * Two classes: one score, how much more the second is favoured. More: a score for each, over K - 1, so that
 * probabilities are their softmax.
 */
function modelOf(
  { classes, features }: TrainingData,
  trees: readonly GrownTree[],
  treeWeights: readonly number[],
  algorithm: string,
): Fitted {
  const outputs = classes === 2 ? 1 : classes;
  const all = treeWeights.reduce((sum, weight) => sum + weight, 0);
  const scoresOf = (shares: Float64Array, weight: number): Float64Array => {
    if (algorithm === 'SAMME') {
      let best = 0;
      shares.forEach((share, k) => {
        if (share > shares[best]) best = k;
      });
      return shares.map((_, k) => (k === best ? weight : 0));
    }
    const logs = logShares(shares);
    const mean = logs.reduce((sum, value) => sum + value, 0) / classes;
    return logs.map((value) => (classes - 1) * (value - mean));
  };
  const tables = trees.map((tree, index) =>
    tableTree(
      tree,
      leafRows(tree, outputs, (shares) => {
        const scores = scoresOf(shares, treeWeights[index]);
        return classes === 2 ? [(scores[1] - scores[0]) / all] : scores.map((score) => score / all / (classes - 1));
      }),
    ),
  );
  const importances = new Importances(features, true);
  trees.forEach((tree, index) => {
    importances.add(tree, treeWeights[index]);
  });
  return {
    block: {
      kind: 'trees',
      outputs,
      decision: classes === 2 ? 'logistic' : 'softmax',
      words: treeTableWords(tables, outputs, new Float64Array(outputs)),
    },
    details: { trees: trees.length },
    importances: importances.mean(all),
    sections: { covers: coversOf(trees) },
  };
}
