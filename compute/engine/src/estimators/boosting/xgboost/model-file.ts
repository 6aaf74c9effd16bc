/** xgboost's JSON model files (Booster.save_model('….json')): into evaluator blocks, and out of them. */
import { type BlockDescription, classesOf, type Decision, decisions, exp, HEADER_BYTES, kinds } from '@pgml/kernels';
import { readTrees, treeWords } from '../../../trees/layout.js';
import { type DecisionTree, TreeBuilder } from '../../../trees/tree.js';
import { logit } from './objectives.js';

/** What of the file is read. Numbers that are parameters are written as strings. */
interface ModelFile {
  readonly learner: {
    readonly gradient_booster: {
      readonly name: string;
      readonly model: { readonly tree_info: readonly number[]; readonly trees: readonly TreeFile[] };
    };
    readonly learner_model_param: {
      readonly base_score: string;
      readonly num_class: string;
      readonly num_feature: string;
    };
    readonly objective: { readonly name: string };
  };
}

interface TreeFile {
  readonly left_children: readonly number[];
  readonly right_children: readonly number[];
  readonly split_indices: readonly number[];
  /** The threshold of a split, the value of a leaf. */
  readonly split_conditions: readonly number[];
  readonly default_left: readonly (number | boolean)[];
  readonly categories_nodes?: readonly number[];
}

const decisionOf: Readonly<Record<string, Decision>> = {
  'reg:squarederror': 'value',
  'reg:linear': 'value',
  'binary:logistic': 'logistic',
  'multi:softprob': 'softmax',
  'multi:softmax': 'softmax',
};

/** A model file that is damaged, or holds what evaluators cannot express. */
export class ModelFileError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'ModelFileError';
  }
}

/**
 * Reads a model file. The scores of the block are xgboost's margins (`output_margin=True`), bit for bit but for the
 * logarithm of a base score other than 0.5; class values are 0, 1, …
 * Throws ModelFileError for boosters, objectives and splits that are not supported.
 */
export function importXgboost(json: string): BlockDescription {
  const { learner } = parse(json);
  const { gradient_booster: booster, learner_model_param: param } = learner;
  if (booster.name !== 'gbtree')
    throw new ModelFileError(`the model has the booster ${booster.name}; only gbtree can be read`);
  const objective = learner.objective.name;
  const decision = decisionOf[objective];
  if (!decision)
    throw new ModelFileError(
      `the model has the objective ${objective}; what can be read is ${Object.keys(decisionOf).join(', ')}`,
    );
  const outputs = Math.max(1, Number(param.num_class));
  const baseScore = Math.fround(Number(param.base_score));
  const baseMargin = decision === 'logistic' ? logit(baseScore) : baseScore;
  const classes = classesOf({ decision, outputs });
  const trees = booster.model.trees.map(readTree);
  return {
    kind: 'trees',
    features: Number(param.num_feature),
    outputs,
    decision,
    classValues: Array.from({ length: classes }, (_, index) => index),
    words: treeWords(inTurn(trees, booster.model.tree_info, outputs), new Float32Array(outputs).fill(baseMargin)),
  };
}

function parse(json: string): ModelFile {
  try {
    const file = JSON.parse(json) as Partial<ModelFile>;
    if (file.learner?.gradient_booster && file.learner.learner_model_param && file.learner.objective)
      return file as ModelFile;
  } catch {
    // Told below.
  }
  throw new ModelFileError("this is not an xgboost model in JSON; write one with Booster.save_model('name.json')");
}

function readTree(file: TreeFile): DecisionTree {
  if (file.categories_nodes && file.categories_nodes.length > 0)
    throw new ModelFileError('the model has splits on categories, which cannot be read');
  const builder = new TreeBuilder();
  const queue = [{ node: 0, number: 0 }];
  // The loop sees what it pushes.
  for (const { node, number } of queue) {
    const left = file.left_children[number];
    if (left < 0) {
      builder.setValue(node, file.split_conditions[number]);
      continue;
    }
    const child = builder.split(node, {
      feature: file.split_indices[number],
      threshold: file.split_conditions[number],
      missingLeft: Boolean(file.default_left[number]),
    });
    queue.push({ node: child, number: left }, { node: child + 1, number: file.right_children[number] });
  }
  return builder.build();
}

/** Trees so that tree t is of output t % outputs; the order of each output's trees stays. */
function inTurn(trees: readonly DecisionTree[], owners: readonly number[], outputs: number): DecisionTree[] {
  const byOutput = Array.from({ length: outputs }, (_, output) => trees.filter((_, t) => owners[t] === output));
  const rounds = trees.length / outputs;
  if (byOutput.some((list) => list.length !== rounds))
    throw new ModelFileError('the classes of the model have different numbers of trees');
  return Array.from({ length: trees.length }, (_, t) => byOutput[t % outputs][Math.floor(t / outputs)]);
}

/**
 * Writes the block of a model (kind `trees`) as a model file for xgboost 1.7 and later, which predicts the same.
 * Gains, hessians and weights of inner nodes, which prediction does not need, are 0 in it.
 */
export function exportXgboost(block: Uint8Array): string {
  // A copy that begins at 0 of its buffer, whatever the block is a view of.
  const header = new Uint32Array(Uint8Array.from(block.subarray(0, HEADER_BYTES)).buffer);
  const [kind, features, outputs, decision] = header as unknown as number[];
  if (kind !== kinds.trees) throw new ModelFileError('only models made of trees can be written for xgboost');
  const { trees, baseScores } = readTrees(block);
  const name = objectiveOf(decision);
  const base = baseScores[0];
  if (baseScores.some((score) => score !== base))
    throw new ModelFileError('the outputs begin at different scores, which xgboost cannot express');
  return write({
    learner: {
      attributes: {},
      feature_names: [],
      feature_types: [],
      gradient_booster: {
        name: 'gbtree',
        model: {
          gbtree_model_param: { num_parallel_tree: '1', num_trees: String(trees.length), size_leaf_vector: '0' },
          tree_info: trees.map((_, t) => t % outputs),
          trees: trees.map((tree, id) => treeFile(tree, id, features)),
        },
      },
      learner_model_param: {
        base_score: writeFloat(decision === decisions.logistic ? probabilityOf(base) : base),
        boost_from_average: '1',
        num_class: decision === decisions.softmax ? String(outputs) : '0',
        num_feature: String(features),
        num_target: '1',
      },
      objective: {
        name,
        ...(name === 'multi:softprob'
          ? { softmax_multiclass_param: { num_class: String(outputs) } }
          : { reg_loss_param: { scale_pos_weight: '1' } }),
      },
    },
    version: [1, 7, 4],
  });
}

function objectiveOf(decision: number): string {
  if (decision === decisions.value) return 'reg:squarederror';
  if (decision === decisions.logistic) return 'binary:logistic';
  if (decision === decisions.softmax) return 'multi:softprob';
  throw new ModelFileError('scores that are no margins cannot be written for xgboost');
}

/** The inverse of `logit`. */
function probabilityOf(margin: number): number {
  return Math.fround(1 / (1 + exp(-margin)));
}

/** The parent of the root. */
const NO_PARENT = 2147483647;

function treeFile(tree: DecisionTree, id: number, features: number) {
  const nodes = Array.from(tree.left, (_, node) => node);
  const parents = nodes.map(() => NO_PARENT);
  const zeros = new Float32Array(nodes.length);
  for (const node of nodes) {
    if (tree.left[node] < 0) continue;
    parents[tree.left[node]] = node;
    parents[tree.right[node]] = node;
  }
  return {
    id,
    left_children: [...tree.left],
    right_children: [...tree.right],
    parents,
    split_indices: [...tree.feature],
    split_conditions: Float32Array.from(nodes, (node) =>
      tree.left[node] < 0 ? tree.value[node] : tree.threshold[node],
    ),
    split_type: nodes.map(() => 0),
    default_left: [...tree.missingLeft],
    base_weights: zeros,
    loss_changes: zeros,
    sum_hessian: zeros,
    categories: [],
    categories_nodes: [],
    categories_segments: [],
    categories_sizes: [],
    tree_param: {
      num_deleted: '0',
      num_feature: String(features),
      num_nodes: String(nodes.length),
      size_leaf_vector: '0',
    },
  };
}

/** JSON as xgboost reads it: what is a float there must not look like an integer. Floats stand in a Float32Array. */
function write(value: unknown): string {
  if (value instanceof Float32Array) return `[${Array.from(value, writeFloat).join()}]`;
  if (Array.isArray(value)) return `[${value.map(write).join()}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  return `{${Object.entries(value)
    .map(([name, entry]) => `${JSON.stringify(name)}:${write(entry)}`)
    .join()}}`;
}

/** With the fewest digits that identify the f32: xgboost reads at most 9. */
function writeFloat(value: number): string {
  let digits = 1;
  while (digits < 9 && Math.fround(Number(value.toPrecision(digits))) !== value) digits++;
  const text = value.toPrecision(digits);
  return text.includes('e') ? text : `${text}E0`;
}
