/**
 * What each feature adds to the scores of a row: Shapley values, exact. Base and contributions of an output add up to its
 * score: a regression's value, a margin, a forest's share of a class.
 */
import { HEADER_BYTES } from '@pgml/kernels';
import type { Artifact } from '../artifact/artifact.js';
import { InputError } from '../errors.js';
import { readTrees, readTreeTable } from '../trees/layout.js';
import type { TreeTests } from '../trees/tree.js';
import { type ExplainableTree, leafShares, TreeShap } from './tree-shap.js';

export interface Explanation {
  /** For each output, the score of a row of which nothing is known: the mean over the training rows. */
  readonly base: Float64Array;
  /** outputs × features. */
  readonly contributions: Float64Array;
}

export type Explainer = (row: ArrayLike<number>) => Explanation;

/** Makes ready what explaining one row after the other needs. Throws InputError 0A000 for models that cannot be explained. */
export function explainer({ facts, block, sections }: Pick<Artifact, 'facts' | 'block' | 'sections'>): Explainer {
  const { kind, features, outputs } = facts;
  if (kind === 'linear' && sections.means) return linearExplainer(block, features, outputs, sections.means);
  if (kind === 'trees' && sections.covers) return treeExplainer(block, features, outputs, sections.covers);
  throw new InputError('0A000', `the contributions of features cannot be told for this model (${kind})`, {
    hint: 'They can for linear models and for trees. The importance of features over all rows is stored with every model.',
  });
}

/** For independent features the Shapley value of a weighted sum is the weight times the distance from the mean. */
function linearExplainer(block: Uint8Array, features: number, outputs: number, means: Float64Array): Explainer {
  const bytes = Uint8Array.from(block).buffer;
  const header = new Uint32Array(bytes, 0, HEADER_BYTES / 4);
  const weights = new Float64Array(bytes, header[6], outputs * features);
  const intercepts = new Float64Array(bytes, header[7], outputs);
  const base = intercepts.map((intercept, output) =>
    means.reduce((sum, mean, feature) => sum + weights[output * features + feature] * mean, intercept),
  );
  return (row) => ({
    base,
    contributions: weights.map((weight, index) => weight * (row[index % features] - means[index % features])),
  });
}

/** One tree of an ensemble: to which outputs its leaves add what. */
interface Part {
  readonly tree: ExplainableTree;
  readonly outputs: readonly number[];
  value(leaf: number, index: number): number;
}

function treeExplainer(block: Uint8Array, features: number, outputs: number, covers: Float32Array): Explainer {
  const { parts, base } = readParts(block, outputs, covers);
  for (const { tree, outputs: own, value } of parts)
    leafShares(tree).forEach((share, leaf) => {
      if (share > 0)
        own.forEach((output, index) => {
          base[output] += share * value(leaf, index);
        });
    });
  const shap = new TreeShap();
  return (row) => {
    const contributions = new Float64Array(outputs * features);
    for (const { tree, outputs: own, value } of parts)
      shap.explain(tree, row, (feature, share, leaf) => {
        for (let index = 0; index < own.length; index++)
          contributions[own[index] * features + feature] += share * value(leaf, index);
      });
    return { base, contributions };
  };
}

function readParts(block: Uint8Array, outputs: number, covers: Float32Array): { parts: Part[]; base: Float64Array } {
  const width = new Uint32Array(Uint8Array.from(block.subarray(0, HEADER_BYTES)).buffer)[11];
  let next = 0;
  const coverOf = (tree: TreeTests) => {
    next += tree.left.length;
    return covers.subarray(next - tree.left.length, next);
  };
  if (width === 0) {
    const { trees, baseScores } = readTrees(block);
    const parts = trees.map((tree, t) => ({
      tree: explainable(tree, coverOf(tree)),
      outputs: [t % outputs],
      value: (leaf: number) => tree.value[leaf],
    }));
    return { parts, base: Float64Array.from(baseScores) };
  }
  const { trees, baseScores } = readTreeTable(block);
  const groups = outputs / width;
  const parts = trees.map((tree, t) => ({
    tree: explainable(tree, coverOf(tree)),
    outputs: Array.from({ length: width }, (_, index) => width * (t % groups) + index),
    value: (leaf: number, index: number) => tree.rows[leaf * width + index],
  }));
  return { parts, base: baseScores };
}

function explainable(tree: TreeTests, cover: Float32Array): ExplainableTree {
  const { left, right, feature, threshold, missingLeft, categories } = tree;
  return {
    left,
    right,
    feature,
    cover,
    goesLeft: (node, row) => {
      const value = row[feature[node]];
      if (Number.isNaN(value)) return missingLeft[node] === 1;
      const bits = categories?.get(node);
      if (!bits) return value < threshold[node];
      return (
        Number.isInteger(value) &&
        value >= 0 &&
        value < 32 * bits.length &&
        ((bits[value >> 5] >>> (value & 31)) & 1) === 1
      );
    },
  };
}
