/** What the evaluator of each kind computes, as sums of expressions of SQL. */
import { type Decision, HEADER_BYTES, type Kind } from '@pgml/kernels';
import type { Artifact, ArtifactHeader } from '../artifact/artifact.js';
import { readTrees } from '../trees/layout.js';
import type { DecisionTree } from '../trees/tree.js';
import { checkRange, checkSize, notCompilable } from './limits.js';
import { double, real } from './literals.js';

export interface Scores {
  readonly type: 'real' | 'double precision';
  /** What each score begins with. */
  readonly initial: readonly string[];
  /**
   * The features, from 0, that terms read as the variables x_1, x_2, …; others they read as features[1], …, which takes
   * about as long as making a variable and reading it once.
   */
  readonly variables: readonly number[];
  /** Added in this order; the sum is rounded after every term, as the evaluators' sums are. */
  readonly terms: readonly { readonly output: number; readonly term: string }[];
}

/** Throws InputError 0A000 for the kinds that cannot be written as such sums. */
export function scoresOf(model: Artifact): Scores {
  const kinds: Partial<Record<Kind, (model: Artifact) => Scores>> = { linear, trees, centroids };
  const scores = kinds[model.facts.kind];
  if (!scores || !compilable.includes(model.facts.decision))
    throw notCompilable(`its kind is ${model.facts.kind}, its decision ${model.facts.decision}`);
  return scores(model);
}

const compilable: readonly Decision[] = [
  'value',
  'logistic',
  'sign',
  'softmax',
  'largest',
  'smallest',
  'oneVersusRest',
  'shares',
];

/** With coefficients in this range no product of a float4 underflows, and no sum of products overflows. */
const SMALLEST_WEIGHT = 1e-270;
const LARGEST_WEIGHT = 1e260;
/** The same for squares of differences to float4. */
const SMALLEST_CENTRE = 1e-150;
const LARGEST_CENTRE = 1e150;
/** Bytes of a node of a chained tree. */
const NODE_BYTES = 16;
/** Far enough from where float4 ends, that rounding on the way does not lead there. */
const LARGEST_SUM = 1e38;

function linear({ header, block, facts }: Artifact): Scores {
  refuseMissing(header);
  const { features, outputs } = facts;
  checkSize(features * outputs, 'weights');
  const weights = doubles(block, 6, features * outputs);
  const intercepts = doubles(block, 7, outputs);
  checkRange(weights, SMALLEST_WEIGHT, LARGEST_WEIGHT);
  checkRange(intercepts, 0, LARGEST_WEIGHT);
  return {
    type: 'double precision',
    initial: Array.from(intercepts, double),
    variables: [],
    terms: Array.from(weights, (weight, index) => ({
      output: Math.floor(index / features),
      term: `${double(weight)} * features[${(index % features) + 1}]`,
    })),
  };
}

function centroids({ header, block, facts }: Artifact): Scores {
  refuseMissing(header);
  const { features, outputs } = facts;
  checkSize(features * outputs, 'coordinates of centroids');
  const centres = doubles(block, 6, features * outputs);
  checkRange(centres, SMALLEST_CENTRE, LARGEST_CENTRE);
  return {
    type: 'double precision',
    initial: Array.from({ length: outputs }, () => double(0)),
    variables: Array.from({ length: features }, (_, feature) => feature),
    terms: Array.from(centres, (centre, index) => {
      const difference = `(x_${(index % features) + 1} - ${double(centre)})`;
      return { output: Math.floor(index / features), term: `${difference} * ${difference}` };
    }),
  };
}

function trees({ block, facts }: Artifact): Scores {
  if (hasMoreThanNumbers(block)) throw notCompilable('its trees test categories, or have several values in a leaf');
  checkSize(facts.outputs, 'outputs');
  checkSize(leastLeaves(block), 'leaves');
  const { trees, baseScores } = readTrees(block);
  const leaves = trees.map((tree) => tree.value.filter((_, node) => tree.left[node] < 0));
  checkSize(
    leaves.reduce((sum, { length }) => sum + length, 0),
    'leaves',
  );
  const largest = [baseScores, ...leaves].reduce((sum, values) => sum + Math.max(...values.map(Math.abs)), 0);
  if (!(largest <= LARGEST_SUM)) throw notCompilable('sums of its leaves may be out of range for PostgreSQL');
  return {
    type: 'real',
    initial: Array.from(baseScores, real),
    variables: [...testedBy(trees)].sort((one, other) => one - other),
    terms: trees.map((tree, index) => ({ output: index % facts.outputs, term: branches(tree, 0) })),
  };
}

/** The features that some tree tests. */
const testedBy = (trees: readonly DecisionTree[]): ReadonlySet<number> =>
  new Set(trees.flatMap((tree) => [...tree.feature].filter((_, node) => tree.left[node] >= 0)));

/**
 * What a tree adds from this node on. A missing value is NULL, of which every comparison is NULL, which is not true. So
 * the test that asks for the way that missing values do not go has them in its ELSE.
 */
function branches(tree: DecisionTree, node: number): string {
  if (tree.left[node] < 0) return real(tree.value[node]);
  const left = branches(tree, tree.left[node]);
  const right = branches(tree, tree.right[node]);
  const value = `x_${tree.feature[node] + 1}`;
  const threshold = real(tree.threshold[node]);
  return tree.missingLeft[node]
    ? `CASE WHEN ${value} >= ${threshold} THEN ${right} ELSE ${left} END`
    : `CASE WHEN ${value} < ${threshold} THEN ${left} ELSE ${right} END`;
}

const wordsOf = (block: Uint8Array): Uint32Array => new Uint32Array(block.slice(0, HEADER_BYTES).buffer);

function doubles(block: Uint8Array, word: number, length: number): Float64Array {
  const start = wordsOf(block)[word];
  return new Float64Array(block.slice(start, start + 8 * length).buffer);
}

/** Whether chained trees have a leaf table or sets of categories. */
function hasMoreThanNumbers(block: Uint8Array): boolean {
  const header = wordsOf(block);
  return header[8] === 0 && (header[11] > 0 || header[14] > 0);
}

/** A number of leaves that there are at least, found without reading the trees. */
function leastLeaves(block: Uint8Array): number {
  const [, , , , , , trees, , levels, nodes, roots] = wordsOf(block);
  if (levels > 0) return trees;
  // Chained trees of n nodes have (n + 1) / 2 leaves.
  return Math.max(trees, Math.floor((Math.abs(roots - nodes) / NODE_BYTES + trees) / 2));
}

function refuseMissing({ missing }: ArtifactHeader): void {
  if (missing === 'learn') throw notCompilable('only trees can say in SQL what a missing value means');
}
