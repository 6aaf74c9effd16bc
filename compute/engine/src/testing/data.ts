/** What tests of estimators share: training data from plain arrays, a context for a fit, and the fitted model's answers. */
import { hasProbabilities, type Kernels, writeBlock } from '@pgml/kernels';
import type { FitContext, Fitted, TrainingData } from '../estimator.js';
import { soloTeam, type Team } from '../team.js';

/** Puts columns (and, for supervised tasks, the target) into kernel memory. `classes` is 0 unless classifying. */
export function trainingData(
  kernels: Kernels,
  columns: readonly ArrayLike<number>[],
  target: ArrayLike<number> = [],
  classes = 0,
): TrainingData {
  const rows = columns[0].length;
  const place = (values: ArrayLike<number>): number => {
    const pointer = kernels.allocate(4 * values.length);
    kernels.f32(pointer, values.length).set(values);
    return pointer;
  };
  const pointers = columns.map(place);
  const targetPointer = place(target);
  return {
    rows,
    features: columns.length,
    columnPointer: (feature) => pointers[feature],
    column: (feature) => kernels.f32(pointers[feature], rows),
    target: kernels.f32(targetPointer, target.length),
    targetPointer,
    classes,
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

/** Runs a fitted model over the rows of `data`; class values are 0, 1, … */
export function evaluate(kernels: Kernels, { block }: Fitted, data: TrainingData): Answers {
  const { decision, outputs } = block;
  const { rows, features } = data;
  const classes = decision === 'value' ? 0 : decision === 'logistic' ? 2 : outputs;
  const bytes = writeBlock({ ...block, features, classValues: Array.from({ length: classes }, (_, i) => i) });
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
