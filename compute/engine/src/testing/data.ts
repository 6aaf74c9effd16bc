/** What tests of estimators share: training data from plain arrays, a context for a fit, and the fitted model's answers. */
import assert from 'node:assert/strict';
import { classesOf, hasProbabilities, type Kernels, writeBlock } from '@pgml/kernels';
import { Cancelled, type Estimator, type FitContext, type Fitted, type TrainingData } from '../estimator.js';
import { checkParameters } from '../parameters.js';
import { soloTeam, type Team } from '../team.js';

/** What training data may have beside columns and a target. */
export interface MoreData {
  readonly weights?: ArrayLike<number> | undefined;
  readonly groups?: ArrayLike<number> | undefined;
  /** By feature: how many categories it has, 0 if it is numeric. */
  readonly categories?: readonly number[] | undefined;
}

/**
 * Puts columns (and, for supervised tasks, the target) into kernel memory. `classes` is 0 unless classifying. Several
 * targets follow one another in `target`.
 */
export function trainingData(
  kernels: Kernels,
  columns: readonly ArrayLike<number>[],
  target: ArrayLike<number> = [],
  classes = 0,
  { weights, groups, categories = [] }: MoreData = {},
): TrainingData {
  const rows = columns[0].length;
  const place = (values: ArrayLike<number>): number => {
    const pointer = kernels.allocate(4 * values.length);
    kernels.f32(pointer, values.length).set(values);
    return pointer;
  };
  const placeIntegers = (values: ArrayLike<number>): Uint32Array => {
    const view = kernels.u32(kernels.allocate(4 * values.length), values.length);
    view.set(values);
    return view;
  };
  const pointers = columns.map(place);
  const targetPointer = place(target);
  return {
    rows,
    features: columns.length,
    columnPointer: (feature) => pointers[feature],
    column: (feature) => kernels.f32(pointers[feature], rows),
    target: kernels.f32(targetPointer, Math.min(rows, target.length)),
    targetPointer,
    targets: Math.max(1, target.length / rows),
    targetOf: (index) => kernels.f32(targetPointer + 4 * rows * index, rows),
    classes,
    classNames: Array.from({ length: classes }, (_, index) => String(index)),
    weights: weights && kernels.f32(place(weights), rows),
    groups: groups && placeIntegers(groups),
    categories: (feature) => categories[feature] ?? 0,
  };
}

/** Rows as columns. */
export function columnsOf(rows: readonly (readonly number[])[]): number[][] {
  return rows[0].map((_, feature) => rows.map((row) => row[feature]));
}

/** A context of one thread. */
export function fitContext(
  kernels: Kernels,
  { seed = 42, team = soloTeam(kernels.run), checkpoints = [], beforeEach = () => {} }: FitContextOptions = {},
): FitContext {
  return {
    kernels,
    team,
    seed,
    checkpoint: (progress) => {
      checkpoints.push(progress);
      beforeEach(checkpoints.length);
    },
  };
}

export interface FitContextOptions {
  readonly seed?: number;
  readonly team?: Team;
  readonly checkpoints?: number[];
  /** Called with the number of checkpoints so far; throw to cancel. */
  readonly beforeEach?: (count: number) => void;
}

/** A team of four that does the last call first, as threads might. */
export function backwardsTeam(kernels: Kernels): Team {
  const solo = soloTeam(kernels.run);
  return { size: 4, run: (name, calls) => solo.run(name, calls.toReversed()) };
}

/** What the evaluators say of every row of `data`, through the block as it would be stored. */
export interface Answers {
  /** rows × outputs. */
  readonly scores: Float64Array;
  readonly predictions: Float32Array;
  /** rows × classes, where the decision yields probabilities. */
  readonly probabilities: Float32Array;
}

/** The block of a fitted model as it would be stored; class values are 0, 1, … */
export function blockOf({ block }: Pick<Fitted, 'block'>, features: number): Uint8Array {
  const classes = classesOf(block);
  return writeBlock({ ...block, features, classValues: Array.from({ length: classes }, (_, index) => index) });
}

/** Runs a fitted model over the rows of `data`; class values are 0, 1, … */
export function evaluate(kernels: Kernels, fitted: Pick<Fitted, 'block'>, data: TrainingData): Answers {
  const { decision, outputs } = fitted.block;
  const { rows, features } = data;
  const classes = classesOf(fitted.block);
  const bytes = blockOf(fitted, features);
  const mark = kernels.mark();
  try {
    const model = kernels.allocate(bytes.length);
    kernels.u8(model, bytes.length).set(bytes);
    const input = kernels.allocate(4 * rows * features);
    const matrix = kernels.f32(input, rows * features);
    for (let feature = 0; feature < features; feature++) {
      const column = data.column(feature);
      for (let row = 0; row < rows; row++) matrix[row * features + feature] = column[row]!;
    }
    const scratch = kernels.allocate(8 * 64 * outputs);
    const scores = kernels.allocate(8 * rows * outputs);
    const predictions = kernels.allocate(4 * rows);
    const probabilities = kernels.allocate(4 * rows * classes);
    kernels.run.scores(model, input, rows, scores);
    kernels.run.predict(model, input, rows, predictions, scratch);
    if (hasProbabilities(decision)) kernels.run.predictProbabilities(model, input, rows, probabilities, scratch);
    return {
      scores: kernels.f64(scores, rows * outputs).slice(),
      predictions: kernels.f32(predictions, rows).slice(),
      probabilities: kernels.f32(probabilities, hasProbabilities(decision) ? rows * classes : 0).slice(),
    };
  } finally {
    kernels.release(mark);
  }
}

/** A problem for an estimator: columns, and the target of supervised tasks. Classes are 0, 1, … */
export interface Problem extends MoreData {
  readonly columns: readonly ArrayLike<number>[];
  readonly target?: ArrayLike<number>;
}

const targetClasses = ({ task }: Estimator, target: ArrayLike<number>): number =>
  task === 'classification' ? 1 + Array.from(target).reduce((a, b) => Math.max(a, b), 1) : 0;

/** Fits with hyperparameters as SQL would give them, and evaluates the model on the rows it was fitted to. */
export function fitAndEvaluate(
  kernels: Kernels,
  estimator: Estimator,
  { columns, target = [], ...more }: Problem,
  hyperparameters: object = {},
  options: FitContextOptions = {},
): { fitted: Fitted; answers: Answers } {
  const mark = kernels.mark();
  try {
    const data = trainingData(kernels, columns, target, targetClasses(estimator, target), more);
    const fitted = estimator.fit(data, checkParameters(estimator, hyperparameters), fitContext(kernels, options));
    return { fitted, answers: evaluate(kernels, fitted, data) };
  } finally {
    kernels.release(mark);
  }
}

/**
 * Cancels a fit at each of its checkpoints in turn (every `step`-th), and asserts that it ends there, and that the same
 * memory serves the next fit with the same result. The fit must have at least `least` checkpoints.
 */
export function assertCancellable(
  kernels: Kernels,
  estimator: Estimator,
  problem: Problem,
  { hyperparameters = {}, least = 1, step = 1 }: { hyperparameters?: object; least?: number; step?: number } = {},
): void {
  const checkpoints: number[] = [];
  const { fitted } = fitAndEvaluate(kernels, estimator, problem, hyperparameters, { checkpoints });
  assert.ok(checkpoints.length >= least, `${checkpoints.length} checkpoints`);
  for (let stopAt = 1; stopAt <= checkpoints.length; stopAt += step) {
    const seen: number[] = [];
    const beforeEach = (count: number) => {
      if (count === stopAt) throw new Cancelled();
    };
    const cancelled = () =>
      fitAndEvaluate(kernels, estimator, problem, hyperparameters, { checkpoints: seen, beforeEach });
    assert.throws(cancelled, Cancelled);
    assert.equal(seen.length, stopAt);
  }
  assert.deepEqual(fitAndEvaluate(kernels, estimator, problem, hyperparameters).fitted, fitted);
}

/** Asserts that numbers agree within `tolerance` times the largest of them, or times 1 if all are smaller. */
export function assertClose(
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  tolerance: number,
  what = 'value',
): void {
  assert.equal(actual.length, expected.length);
  const allowed = tolerance * Array.from(expected).reduce((largest, value) => Math.max(largest, Math.abs(value)), 1);
  for (let i = 0; i < expected.length; i++)
    assert.ok(Math.abs(actual[i] - expected[i]) <= allowed, `${what} ${i}: ${actual[i]} is not ${expected[i]}`);
}
