/**
 * xgboost's model files (Booster.save_model), as JSON or Universal Binary JSON: into evaluator blocks, and out of them.
 * A split of categories sends its set right in xgboost, and left in our trees: such nodes have their children exchanged.
 */
import { type BlockDescription, classesOf, type Decision, decisions, exp, HEADER_BYTES, kinds } from '@pgml/kernels';
import { readTrees, treeWords } from '../../../trees/layout.js';
import { type DecisionTree, TreeBuilder } from '../../../trees/tree.js';
import { decisionOf, marginOf } from './links.js';
import { readUbjson, type Writable, writeUbjson } from './ubjson.js';

/** What of the file is read. Numbers that are parameters are written as strings. */
interface ModelFile {
  readonly learner: {
    readonly gradient_booster: Booster & {
      /** dart: the trees, and their weights. */
      readonly gbtree?: Booster;
      readonly weight_drop?: readonly number[];
    };
    readonly learner_model_param: {
      readonly base_score: string;
      readonly num_class: string;
      readonly num_feature: string;
    };
    readonly objective: { readonly name: string };
  };
}

interface Booster {
  readonly name: string;
  readonly model: {
    readonly tree_info?: readonly number[];
    readonly trees?: readonly TreeFile[];
    /** gblinear: [features][outputs], then the biases. */
    readonly weights?: readonly number[];
  };
}

interface TreeFile {
  readonly left_children: readonly number[];
  readonly right_children: readonly number[];
  readonly split_indices: readonly number[];
  /** The threshold of a split, the value of a leaf. */
  readonly split_conditions: readonly (number | null)[];
  readonly default_left: readonly (number | boolean)[];
  /** Nodes that test categories, and where and how many among `categories` theirs are. */
  readonly categories_nodes?: readonly number[];
  readonly categories_segments?: readonly number[];
  readonly categories_sizes?: readonly number[];
  readonly categories?: readonly number[];
}

/** A model file that is damaged, or holds what evaluators cannot express. */
export class ModelFileError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'ModelFileError';
  }
}

/**
 * Reads a model file: text is JSON, bytes are Universal Binary JSON. The scores of the block are xgboost's margins
 * (`output_margin=True`), of trees bit for bit but for the logarithm of a base score other than 0.5; class values are
 * 0, 1, … Throws ModelFileError for damaged files and unknown boosters and objectives.
 */
export function importXgboost(file: string | Uint8Array): BlockDescription {
  const { learner } = typeof file === 'string' ? parseText(file) : parseBytes(file);
  const { gradient_booster: booster, learner_model_param: param } = learner;
  const objective = learner.objective.name;
  const decision = decisionOf(objective);
  if (!decision) throw new ModelFileError(`the model has the objective ${objective}, which is not known`);
  const outputs = Math.max(1, Number(param.num_class));
  const features = Number(param.num_feature);
  const classes = classesOf({ decision, outputs });
  const described = { features, outputs, decision, classValues: Array.from({ length: classes }, (_, index) => index) };
  const baseMargin = marginOf(objective, Math.fround(Number(param.base_score)));

  if (booster.name === 'gblinear') {
    const file = booster.model.weights;
    if (file?.length !== (features + 1) * outputs) throw damaged('weights');
    const weights = new Float64Array(outputs * features);
    for (let at = 0; at < weights.length; at++)
      weights[(at % outputs) * features + Math.floor(at / outputs)] = Math.fround(file[at]);
    const biases = Float64Array.from(file.slice(features * outputs), (bias) => Math.fround(bias) + baseMargin);
    return { ...described, kind: 'linear', words: [weights, biases] };
  }
  const forest = booster.name === 'dart' ? booster.gbtree : booster.name === 'gbtree' ? booster : undefined;
  if (!forest) throw new ModelFileError(`the model has the booster ${booster.name}, which is not known`);
  const { trees: files, tree_info: owners } = forest.model;
  if (!files || owners?.length !== files.length) throw damaged('trees');
  const trees = files.map((tree, index) => readTree(tree, booster.weight_drop?.[index] ?? 1));
  const base = new Float32Array(outputs).fill(baseMargin);
  return { ...described, kind: 'trees', words: treeWords(inTurn(trees, owners, outputs), base) };
}

const damaged = (what: string) => new ModelFileError(`the model file is damaged: its ${what} do not fit`);

function parseText(text: string): ModelFile {
  try {
    return checked(JSON.parse(text));
  } catch (error) {
    if (error instanceof ModelFileError) throw error;
  }
  try {
    // Thresholds of splits of categories are NaN, which JSON does not have.
    const numbers = { NaN: 'null', Infinity: '1e999', '-Infinity': '-1e999' } as const;
    return checked(
      JSON.parse(
        text.replace(
          /([[,:]\s*)(NaN|-?Infinity)\b/g,
          (_, before: string, word: keyof typeof numbers) => before + numbers[word],
        ),
      ),
    );
  } catch {
    throw unknownFile();
  }
}

function parseBytes(bytes: Uint8Array): ModelFile {
  try {
    return checked(readUbjson(bytes));
  } catch {
    throw unknownFile();
  }
}

const unknownFile = () =>
  new ModelFileError("this is no model of xgboost; write one with Booster.save_model('name.json') or ('name.ubj')");

function checked(file: unknown): ModelFile {
  const { learner } = (file ?? {}) as Partial<ModelFile>;
  if (!learner?.gradient_booster || !learner.learner_model_param || !learner.objective) throw unknownFile();
  return file as ModelFile;
}

function readTree(file: TreeFile, weight: number): DecisionTree {
  const builder = new TreeBuilder();
  const sets = categorySets(file);
  const nodes = file.left_children.length;
  const queue = [{ node: 0, number: 0 }];
  // The loop sees what it pushes.
  for (const { node, number } of queue) {
    const left = file.left_children[number];
    if (left < 0) {
      builder.setValue(node, Math.fround(Number(file.split_conditions[number])) * Math.fround(weight));
      continue;
    }
    if (queue.length > nodes) throw damaged('trees');
    const categories = sets.get(number);
    const defaultLeft = Boolean(file.default_left[number]);
    const child = builder.split(node, {
      feature: file.split_indices[number],
      threshold: categories ? Number.NaN : Number(file.split_conditions[number]),
      missingLeft: categories ? !defaultLeft : defaultLeft,
      categories,
    });
    const children = [left, file.right_children[number]];
    if (categories) children.reverse();
    queue.push({ node: child, number: children[0] }, { node: child + 1, number: children[1] });
  }
  return builder.build();
}

/** By node, the bits of the categories that xgboost sends right. */
function categorySets({
  categories_nodes: nodes = [],
  categories_segments: starts = [],
  categories_sizes: sizes = [],
  categories = [],
}: TreeFile): Map<number, Uint32Array> {
  return new Map(
    nodes.map((node, index) => {
      const chosen = categories.slice(starts[index], starts[index] + sizes[index]);
      const bits = new Uint32Array(Math.floor(chosen.reduce((most, code) => Math.max(most, code), 0) / 32) + 1);
      for (const code of chosen) bits[code >> 5] |= 1 << (code & 31);
      return [node, bits];
    }),
  );
}

/** Trees so that tree t is of output t % outputs; the order of each output's trees stays. */
function inTurn(trees: readonly DecisionTree[], owners: readonly number[], outputs: number): DecisionTree[] {
  const byOutput = Array.from({ length: outputs }, (_, output) => trees.filter((_tree, t) => owners[t] === output));
  const rounds = trees.length / outputs;
  if (byOutput.some((list) => list.length !== rounds))
    throw new ModelFileError('the classes of the model have different numbers of trees');
  return Array.from({ length: trees.length }, (_, t) => byOutput[t % outputs][Math.floor(t / outputs)]);
}

/** What is known of a model beside its block. */
export interface Known {
  /** The objective it was fitted with; one whose predictions have the same meaning unless given. */
  readonly objective?: string;
  /** The section `covers` of its artifact; 0 unless given. */
  readonly covers?: ArrayLike<number>;
}

/**
 * Writes the block of a model (trees or linear) as a model file in JSON for xgboost 1.7 and later, which predicts the
 * same. Gains and weights of inner nodes, which prediction does not need, are 0 in it. Throws ModelFileError.
 */
export function exportXgboost(block: Uint8Array, known: Known = {}): string {
  return write(describe(block, known));
}

/** The same in Universal Binary JSON. */
export function exportXgboostBinary(block: Uint8Array, known: Known = {}): Uint8Array<ArrayBuffer> {
  return writeUbjson(describe(block, known));
}

function describe(block: Uint8Array, { objective: given, covers }: Known): Writable {
  // A copy that begins at 0 of its buffer, whatever the block is a view of.
  const header = new Uint32Array(Uint8Array.from(block.subarray(0, HEADER_BYTES)).buffer);
  const [kind, features, outputs, decision] = header as unknown as number[];
  const name = given ?? objectiveOf(decision);
  if (decisions[decisionOf(name) ?? 'vector'] !== decision)
    throw new ModelFileError(`the objective ${name} does not suit what the model answers`);
  const { booster, base } =
    kind === kinds.trees
      ? treesFile(block, outputs, features, covers)
      : kind === kinds.linear
        ? { booster: linearFile(block, outputs, features), base: 0 }
        : { booster: undefined, base: 0 };
  if (!booster) throw new ModelFileError('only trees and linear models can be written for xgboost');
  return {
    learner: {
      ...{ attributes: {}, feature_names: [], feature_types: [] },
      gradient_booster: booster,
      learner_model_param: {
        base_score: writeFloat(predictionOf(name, base)),
        boost_from_average: '1',
        num_class: decision === decisions.softmax ? String(outputs) : '0',
        num_feature: String(features),
        num_target: '1',
      },
      objective: { name, ...objectiveParameters(name, outputs) },
    },
    version: [1, 7, 4],
  };
}

function objectiveOf(decision: number): string {
  const usual: Partial<Record<Decision, string>> = {
    value: 'reg:squarederror',
    logistic: 'binary:logistic',
    softmax: 'multi:softprob',
    sign: 'binary:hinge',
    exponential: 'count:poisson',
    sigmoid: 'reg:logistic',
  };
  const known = Object.entries(usual).find(([name]) => decisions[name as Decision] === decision);
  if (!known) throw new ModelFileError('scores that are no margins cannot be written for xgboost');
  return known[1];
}

function objectiveParameters(name: string, outputs: number): { readonly [key: string]: Writable } {
  if (name.startsWith('multi:')) return { softmax_multiclass_param: { num_class: String(outputs) } };
  if (name.startsWith('rank:')) return { lambda_rank_param: { fix_list_weight: '0', num_pairsample: '1' } };
  switch (name) {
    case 'reg:squarederror':
    case 'reg:squaredlogerror':
    case 'reg:logistic':
    case 'binary:logistic':
    case 'binary:logitraw':
      return { reg_loss_param: { scale_pos_weight: '1' } };
    case 'reg:pseudohubererror':
      return { pseudo_huber_param: { huber_slope: '1' } };
    case 'count:poisson':
      return { poisson_regression_param: { max_delta_step: '0.7' } };
    case 'reg:tweedie':
      return { tweedie_regression_param: { tweedie_variance_power: '1.5' } };
    case 'survival:aft':
      return { aft_loss_param: { aft_loss_distribution: 'normal', aft_loss_distribution_scale: '1' } };
    default:
      return {};
  }
}

/** The inverse of `marginOf`. */
function predictionOf(objective: string, margin: number): number {
  if (objective === 'binary:logistic' || objective === 'reg:logistic') return Math.fround(1 / (1 + exp(-margin)));
  return decisionOf(objective) === 'exponential' ? Math.fround(exp(margin)) : margin;
}

function linearFile(block: Uint8Array, outputs: number, features: number): Writable {
  const { buffer } = Uint8Array.from(block);
  const words = new Uint32Array(buffer, 0, HEADER_BYTES / 4);
  const weights = new Float64Array(buffer, words[6], outputs * features);
  const biases = new Float64Array(buffer, words[7], outputs);
  const all = Float32Array.from({ length: (features + 1) * outputs }, (_, at) => {
    const feature = Math.floor(at / outputs);
    return feature < features ? weights[(at % outputs) * features + feature] : biases[at % outputs];
  });
  return { name: 'gblinear', model: { boosted_rounds: 1, weights: all } };
}

function treesFile(
  block: Uint8Array,
  outputs: number,
  features: number,
  covers: ArrayLike<number> | undefined,
): { booster: Writable; base: number } {
  const { trees, baseScores } = readTrees(block);
  const base = baseScores[0];
  if (baseScores.some((score) => score !== base))
    throw new ModelFileError('the outputs begin at different scores, which xgboost cannot express');
  let first = 0;
  const files = trees.map((tree, id) => {
    const from = first;
    first += tree.left.length;
    return treeFile(tree, id, features, (node) => covers?.[from + node] ?? 0);
  });
  const booster = {
    name: 'gbtree',
    model: {
      gbtree_model_param: { num_parallel_tree: '1', num_trees: String(trees.length), size_leaf_vector: '0' },
      tree_info: trees.map((_, t) => t % outputs),
      trees: files,
    },
  };
  return { booster, base };
}

/** The parent of the root. */
const NO_PARENT = 2147483647;

function treeFile(tree: DecisionTree, id: number, features: number, coverOf: (node: number) => number): Writable {
  const { length } = tree.left;
  const parents = new Int32Array(length).fill(NO_PARENT);
  const leftChildren = Int32Array.from(tree.left);
  const rightChildren = Int32Array.from(tree.right);
  const defaultLeft = Uint8Array.from(tree.missingLeft);
  const splitType = new Uint8Array(length);
  const chosen: { readonly node: number; readonly codes: readonly number[] }[] = [];
  for (let node = 0; node < length; node++) {
    if (tree.left[node] < 0) continue;
    parents[tree.left[node]] = node;
    parents[tree.right[node]] = node;
    const bits = tree.categories?.get(node);
    if (!bits) continue;
    const codes = Array.from({ length: 32 * bits.length }, (_, code) => code);
    chosen.push({ node, codes: codes.filter((code) => ((bits[code >> 5] >>> (code & 31)) & 1) === 1) });
    [leftChildren[node], rightChildren[node]] = [tree.right[node], tree.left[node]];
    defaultLeft[node] = 1 - tree.missingLeft[node];
    splitType[node] = 1;
  }
  let start = 0;
  const starts = chosen.map(({ codes }) => (start += codes.length) - codes.length);
  return {
    id,
    left_children: leftChildren,
    right_children: rightChildren,
    parents,
    split_indices: Int32Array.from(tree.feature),
    split_conditions: Float32Array.from(tree.left, (left, node) =>
      left < 0 ? tree.value[node] : splitType[node] === 1 ? 0 : tree.threshold[node],
    ),
    split_type: splitType,
    default_left: defaultLeft,
    base_weights: new Float32Array(length),
    loss_changes: new Float32Array(length),
    sum_hessian: Float32Array.from({ length }, (_, node) => coverOf(node)),
    categories: Int32Array.from(chosen.flatMap(({ codes }) => codes)),
    categories_nodes: Int32Array.from(chosen, ({ node }) => node),
    categories_segments: BigInt64Array.from(starts, BigInt),
    categories_sizes: BigInt64Array.from(chosen, ({ codes }) => BigInt(codes.length)),
    tree_param: {
      num_deleted: '0',
      num_feature: String(features),
      num_nodes: String(length),
      size_leaf_vector: '0',
    },
  };
}

/** JSON as xgboost reads it: what is a float there must not look like an integer. Floats stand in a Float32Array. */
function write(value: Writable): string {
  if (value instanceof Float32Array) return `[${Array.from(value, writeFloat).join()}]`;
  if (ArrayBuffer.isView(value)) return `[${(value as Int32Array).join()}]`;
  if (Array.isArray(value)) return `[${(value as Writable[]).map(write).join()}]`;
  if (typeof value !== 'object') return JSON.stringify(value);
  return `{${Object.entries(value)
    .map(([name, entry]) => `${JSON.stringify(name)}:${write(entry)}`)
    .join()}}`;
}

/** With the fewest digits that identify the f32: xgboost reads at most 9. */
function writeFloat(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  let digits = 1;
  while (digits < 9 && Math.fround(Number(value.toPrecision(digits))) !== value) digits++;
  const text = value.toPrecision(digits);
  return text.includes('e') ? text : `${text}E0`;
}
