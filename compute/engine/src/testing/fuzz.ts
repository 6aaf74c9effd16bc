/**
 * Fits estimators with random parameters to random small tables. What must hold for each:
 *   - there is a model, or an InputError that says something, or too little memory; nothing else is thrown;
 *   - a model's block passes checkBlock, its answers for the rows it was fitted to are finite numbers, and evaluate.wasm
 *     gives the same bits as training.wasm;
 *   - what is kept beside the block can be written as JSON;
 *   - a second fit, by a team that works backwards, gives the same bytes.
 */
import assert from 'node:assert/strict';
import {
  checkBlock,
  classesOf,
  hasProbabilities,
  type Kernels,
  KernelMemoryError,
  loadEvaluators,
  loadKernels,
  RandomState,
} from '@pgml/kernels';
import { InputError } from '../errors.js';
import { Cancelled, type Estimator, type Fitted } from '../estimator.js';
import { requireFiniteAnswers } from '../finite-answers.js';
import { fitTargets } from '../joint.js';
import { checkParameters, type ParameterType } from '../parameters.js';
import { type Answers, backwardsTeam, blockOf, evaluate, fitContext, type Problem, trainingData } from './data.js';

/** A fit that looks more often whether it shall end is ended: some parameters ask for very many steps. */
const MOST_CHECKPOINTS = 500;

export interface FuzzTally {
  fitted: number;
  refused: number;
  /** Ended for its length. */
  cut: number;
}

interface FuzzCase {
  readonly hyperparameters: Readonly<Record<string, unknown>>;
  readonly problem: Problem;
  readonly classes: number;
}

/** What failed, so that it can be tried again: JSON has no NaN, which is null there. */
export class FuzzFailure extends Error {
  constructor({ algorithm, task }: Estimator, seed: number, found: FuzzCase, cause: unknown) {
    const { columns, target, weights, groups, categories } = found.problem;
    const table = { columns, target, weights, groups, categories };
    super(
      `${algorithm} ${task}, seed ${seed}: ${JSON.stringify(found.hyperparameters)}\n${JSON.stringify(table, lists)}\n` +
        `${(cause as Error).stack}`,
    );
    this.name = 'FuzzFailure';
  }
}

const lists = (_key: string, value: unknown) => (ArrayBuffer.isView(value) ? Array.from(value as Float64Array) : value);

/** One case for an estimator; the same seed draws the same. `onStep` hears of every checkpoint. Throws FuzzFailure. */
export function fuzzEstimator(estimator: Estimator, seed: number, tally: FuzzTally, onStep = () => {}): void {
  const found = drawCase(estimator, new RandomState(seed));
  try {
    tally[tryCase(estimator, found, onStep)]++;
  } catch (error) {
    throw new FuzzFailure(estimator, seed, found, error);
  }
}

// Memory of its own, whose growth is counted from the first case on.
let kernels: Kernels | undefined;

function tryCase(estimator: Estimator, found: FuzzCase, onStep: () => void): keyof FuzzTally {
  kernels ??= loadKernels();
  const mark = kernels.mark();
  try {
    const first = fitOnce(kernels, estimator, found, false, onStep);
    if (!first) return 'cut';
    checkModel(estimator, first);
    const again = fitOnce(kernels, estimator, found, true, onStep);
    assert.ok(again);
    assert.deepEqual(again.block, first.block, 'the same bytes twice');
    assert.deepEqual(beside(again.fitted), beside(first.fitted), 'the same facts twice');
    return 'fitted';
  } catch (error) {
    if (error instanceof KernelMemoryError) return 'refused';
    if (!(error instanceof InputError)) throw error;
    assert.ok(error.message.length > 10, error.message);
    assert.doesNotMatch(error.message, /undefined|\[object|NaN/);
    return 'refused';
  } finally {
    kernels.release(mark);
  }
}

interface Outcome {
  readonly fitted: Fitted;
  readonly block: Uint8Array;
  readonly answers: Answers;
  /** The rows, row by row. */
  readonly matrix: Float32Array;
}

/** Undefined if it took too many steps. */
function fitOnce(
  kernels: Kernels,
  estimator: Estimator,
  { hyperparameters, problem, classes }: FuzzCase,
  backwards: boolean,
  onStep: () => void,
): Outcome | undefined {
  const { columns, target = [], ...more } = problem;
  const mark = kernels.mark();
  try {
    const data = trainingData(kernels, columns, target, classes, more);
    const context = fitContext(kernels, {
      ...(backwards ? { team: backwardsTeam(kernels) } : {}),
      beforeEach: (count) => {
        onStep();
        if (count > MOST_CHECKPOINTS) throw new Cancelled();
      },
    });
    const fitted = fitTargets(estimator, data, checkParameters(estimator, hyperparameters), {
      ...context,
      checkpoint: (progress, detail) => {
        assert.ok(progress >= 0 && progress <= 1, `progress ${progress}`);
        context.checkpoint(progress, detail);
      },
    });
    const matrix = new Float32Array(data.rows * data.features);
    for (let feature = 0; feature < data.features; feature++)
      data.column(feature).forEach((value, row) => (matrix[row * data.features + feature] = value));
    const block = blockOf(fitted, data.features);
    checkBlock(block);
    requireFiniteAnswers(kernels, fitted, block, data);
    return { fitted, block, answers: evaluate(kernels, fitted, data), matrix };
  } catch (error) {
    if (error instanceof Cancelled) return undefined;
    throw error;
  } finally {
    kernels.release(mark);
  }
}

const beside = ({ block: _, ...rest }: Fitted): unknown => JSON.parse(JSON.stringify(rest, lists));

function checkModel(estimator: Estimator, { fitted, block, answers, matrix }: Outcome): void {
  const finite = (values: ArrayLike<number>, what: string) => {
    const at = Array.from(values).findIndex((value) => !Number.isFinite(value));
    assert.equal(at, -1, `${what} ${at} is ${values[at]}`);
  };
  finite(answers.predictions, 'prediction');
  finite(answers.probabilities, 'probability');
  for (const part of answers.probabilities) assert.ok(part >= 0 && part <= 1 + 1e-6, `probability ${part}`);
  const { decision, outputs } = fitted.block;
  const rows = answers.predictions.length;
  const classes = classesOf(fitted.block);
  if (hasProbabilities(decision))
    for (let row = 0; row < rows; row++) {
      const sum = answers.probabilities.subarray(row * classes, (row + 1) * classes).reduce((a, b) => a + b, 0);
      assert.ok(Math.abs(sum - 1) < 1e-5, `probabilities of row ${row} sum to ${sum}`);
    }
  for (const [kind, values] of Object.entries(fitted.importances ?? {})) finite(values, `importance ${kind}`);
  for (const [name, value] of Object.entries(fitted.metrics ?? {})) finite([value], `metric ${name}`);
  // JSON says null for what is no number, which is what it should say.
  const details = JSON.stringify(fitted.details ?? {});
  assert.doesNotMatch(details, /"0":/, 'lists are lists');
  if (estimator.task === 'classification') assert.ok(answers.predictions.every((answer) => answer < classes));
  sameBits(block, matrix, rows, outputs, hasProbabilities(decision) ? classes : 0, answers);
}

/** evaluate.wasm over a memory of its own says what training.wasm said. */
function sameBits(
  block: Uint8Array,
  matrix: Float32Array,
  rows: number,
  outputs: number,
  classes: number,
  answers: Answers,
): void {
  let end = 65536;
  const place = (bytes: number) => {
    const at = end;
    end += Math.ceil(bytes / 64) * 64;
    return at;
  };
  const model = place(block.length);
  const input = place(matrix.byteLength);
  const scores = place(8 * rows * outputs);
  const predictions = place(4 * rows);
  const probabilities = place(4 * rows * classes);
  const scratch = place(8 * 64 * outputs);
  const memory = new WebAssembly.Memory({ initial: Math.ceil(end / 65536) });
  const run = loadEvaluators(memory);
  new Uint8Array(memory.buffer, model, block.length).set(block);
  new Float32Array(memory.buffer, input, matrix.length).set(matrix);
  const marks = place(0);
  memory.grow(Math.ceil((block.length + 65536) / 65536));
  assert.equal(run.check(model, block.length, marks), 0, 'check of evaluate.wasm');
  run.scores(model, input, rows, scores);
  run.predict(model, input, rows, predictions, scratch);
  if (classes > 0) run.predictProbabilities(model, input, rows, probabilities, scratch);
  assert.deepEqual(new Float64Array(memory.buffer, scores, rows * outputs), answers.scores, 'scores of both modules');
  assert.deepEqual(new Float32Array(memory.buffer, predictions, rows), answers.predictions, 'predictions of both');
  assert.deepEqual(new Float32Array(memory.buffer, probabilities, rows * classes), answers.probabilities);
}

/** Draws from a list. */
const oneOf = <Value>(random: RandomState, values: readonly Value[]): Value => values[random.integer(0, values.length)];

const happens = (random: RandomState, probability: number) => random.doubles(1)[0] < probability;

/** Few show as much as many, sooner. */
const rounds = ['n_estimators', 'iterations', 'max_iter'];

function drawCase(estimator: Estimator, random: RandomState): FuzzCase {
  const hyperparameters: Record<string, unknown> = {};
  const eagerness = oneOf(random, [0.05, 0.15, 0.4]);
  for (const { name, type } of estimator.parameters)
    if (happens(random, eagerness)) hyperparameters[name] = drawValue(type, random);
    else if (rounds.includes(name)) hyperparameters[name] = random.integer(1, 20);
  const classes = estimator.task === 'classification' ? random.integer(2, 5) : 0;
  return { hyperparameters, classes, problem: drawProblem(estimator, classes, random) };
}

const numbers = [0, 1e-300, 1e-12, 1e-4, 0.01, 0.1, 0.3, 0.5, 0.9, 1, 1.5, 2, 3, 5, 10, 100, 1e4, 1e12, 1e300];
const words = ['rbf', 'RBF(1.0)', 'auc', 'logloss', 'auto', 'a', ''];

/** A value that the type accepts. */
function drawValue(type: ParameterType, random: RandomState): unknown {
  switch (type.kind) {
    case 'number': {
      const { minimum = -Infinity, maximum = Infinity, exclusive = false } = type;
      const candidates = [...numbers, ...numbers.map((value) => -value), minimum, maximum, random.doubles(1)[0]];
      const allowed = candidates.filter(
        (value) => Number.isFinite(value) && value >= minimum && value <= maximum && !(exclusive && value === minimum),
      );
      // Of moderate size more often than not.
      const moderate = allowed.filter((value) => Math.abs(value) <= 100 && Math.abs(value) >= 1e-4);
      return oneOf(random, moderate.length > 0 && happens(random, 0.7) ? moderate : allowed);
    }
    case 'integer': {
      const { minimum = -3, maximum = Number.MAX_SAFE_INTEGER } = type;
      const candidates = [0, 1, 2, 3, 4, 5, 8, 20, 60, 61].map((value) => minimum + value);
      if (happens(random, 0.05)) candidates.push(maximum, 1000, 2 ** 31);
      return oneOf(
        random,
        candidates.filter((value) => value >= minimum && value <= maximum),
      );
    }
    case 'boolean':
      return happens(random, 0.5);
    case 'choice':
      return oneOf(random, type.values);
    case 'text':
      return oneOf(random, words);
    case 'null':
      return null;
    case 'array':
      return Array.from({ length: random.integer(0, 7) }, () => drawValue(type.of, random));
    case 'map':
      return Object.fromEntries(
        Array.from({ length: random.integer(0, 4) }, (_, key) => [String(key), drawValue(type.of, random)]),
      );
    case 'any':
      return drawValue(oneOf(random, type.of), random);
  }
}

/** Columns of one kind each. */
const columnKinds: readonly ((random: RandomState, rows: number) => number[])[] = [
  (random, rows) => normals(random, rows),
  (random, rows) => normals(random, rows),
  (random, rows) => Array.from({ length: rows }, () => random.integer(0, 3)),
  (random, rows) => Array.from({ length: rows }, () => random.integer(-1, 1)),
  (random, rows) => Array.from({ length: rows }, () => Math.abs(random.normal())),
  (random, rows) => Array.from({ length: rows }).fill(oneOf(random, [0, 1, -7.5])) as number[],
  (random, rows) => normals(random, rows).map((value) => 1e6 + value),
  (random, rows) => normals(random, rows).map((value) => 1e15 * value),
  (random, rows) => normals(random, rows).map((value) => 1e-20 * value),
  (random, rows) => normals(random, rows).map((value) => value ** 15),
  (_random, rows) => Array.from({ length: rows }, (_, row) => row),
];

const normals = (random: RandomState, count: number) => Array.from({ length: count }, () => random.normal());

function drawProblem({ task, missing, weights: weighted }: Estimator, classes: number, random: RandomState): Problem {
  const rows = Math.max(1, classes, random.integer(1, happens(random, 0.3) ? 8 : 61));
  const features = random.integer(1, 7);
  const plain = happens(random, 0.4);
  const categories: number[] = [];
  const columns = Array.from({ length: features }, (_, feature) => {
    const column = plain ? normals(random, rows) : oneOf(random, columnKinds)(random, rows);
    categories.push(0);
    if (happens(random, 0.1)) {
      categories[feature] = random.integer(1, 6);
      return column.map(() => random.integer(missing === 'learn' ? 0 : 1, categories[feature] + 1));
    }
    if (missing === 'learn' && happens(random, 0.2))
      return column.map((value) => (happens(random, 0.3) ? Number.NaN : value));
    return column;
  }).map((column) => Float32Array.from(column));
  return {
    columns,
    categories,
    ...(task === 'regression' ? { target: drawTargets(columns, rows, random) } : {}),
    ...(task === 'classification' ? { target: drawLabels(rows, classes, random) } : {}),
    ...(weighted && happens(random, 0.3) ? { weights: drawWeights(rows, random) } : {}),
    ...(task === 'regression' && happens(random, 0.1)
      ? { groups: Array.from({ length: rows }, (_, row) => Math.floor(row / 7)) }
      : {}),
  };
}

function drawTargets(columns: readonly Float32Array[], rows: number, random: RandomState): number[] {
  const targets = happens(random, 0.1) ? 2 : 1;
  return Array.from({ length: targets }, () => {
    if (happens(random, 0.3)) return oneOf(random, columnKinds)(random, rows);
    const first = columns[0];
    return Array.from({ length: rows }, (_, row) => (Number.isNaN(first[row]) ? 0 : Math.fround(Math.abs(first[row]))));
  })
    .flat()
    .map((value) => Math.fround(value));
}

/** Every class has a row, and some may have few more. */
function drawLabels(rows: number, classes: number, random: RandomState): number[] {
  const rare = happens(random, 0.4);
  const labels = Array.from({ length: rows }, (_, row) => {
    if (row < classes) return row;
    return rare && happens(random, 0.9) ? 0 : random.integer(0, classes);
  });
  return Array.from(random.permutation(rows), (row) => labels[row]);
}

function drawWeights(rows: number, random: RandomState): Float32Array {
  const kind = random.integer(0, 4);
  const weights = Float32Array.from({ length: rows }, () => {
    if (kind === 0) return random.integer(0, 3);
    if (kind === 1) return happens(random, 0.8) ? 0 : 1;
    return (kind === 2 ? 1e6 : 1) * random.doubles(1)[0];
  });
  if (weights.every((weight) => weight === 0)) weights[0] = 1;
  return weights;
}
