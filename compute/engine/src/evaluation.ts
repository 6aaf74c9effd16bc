/** Running the evaluators on the test part, and measuring what they answer. */
import { type BlockFacts, checkBlock, type Decision, hasProbabilities, type Kernels } from '@pgml/kernels';
import type { Task } from './estimator.js';
import { FLOAT32_EPSILON, labelMetrics, logLoss, rocAuc } from './metrics/classification.js';
import { silhouette } from './metrics/clustering.js';
import { regressionMetrics } from './metrics/regression.js';

export type Metrics = Readonly<Record<string, number | null>>;

export interface TestPart {
  /** Address of f32[rows][features]. */
  readonly pointer: number;
  readonly rows: number;
  readonly features: number;
  /** Values, all those of a row together, or indices of classes; empty for unsupervised tasks. */
  readonly truth: Float32Array;
  /** What is answered for each class. */
  readonly classes: readonly number[];
}

/** Rows between two checkpoints. */
const SLICE = 8192;

/**
 * Metrics by task, over the answers of the real evaluators to the rows of `test`; null where a metric is not defined.
 * `seed` draws the rows of a sampled silhouette. Throws BlockError for a block that no evaluator could run.
 */
export function measure(
  kernels: Kernels,
  task: Task,
  block: Uint8Array,
  test: TestPart,
  seed: number,
  checkpoint: (progress: number) => void,
): Metrics {
  const mark = kernels.mark();
  const model = kernels.allocate(block.length);
  kernels.u8(model, block.length).set(block);
  const evaluator = { kernels, model, facts: checkBlock(block) };
  const vector = evaluator.facts.decision === 'vector';
  const answers = evaluate(evaluator, test, vector ? 'probabilities' : 'predict', checkpoint);
  const metrics = (): Metrics => {
    if (task === 'regression') return { ...regressionMetrics(test.truth, answers) };
    if (task === 'classification') return classificationMetrics(evaluator, test, answers, checkpoint);
    if (task === 'decomposition') return {};
    const values = kernels.f32(test.pointer, test.rows * test.features);
    return { ...silhouette(values, test.features, answers, seed, checkpoint) };
  };
  const measured = Object.entries(metrics());
  kernels.release(mark);
  // A model that diverged answers NaN or infinity, and so would its metrics.
  return Object.fromEntries(measured.map(([name, value]) => [name, Number.isFinite(value) ? value : null]));
}

interface Evaluator {
  readonly kernels: Kernels;
  readonly model: number;
  readonly facts: BlockFacts;
}

/**
 * Answers (f32[rows]), probabilities or values of a vector (f32[rows][classes]) or scores (f64[rows][outputs]) of all
 * test rows.
 */
function evaluate(
  { kernels, model, facts }: Evaluator,
  test: TestPart,
  what: 'predict' | 'probabilities' | 'scores',
  checkpoint: (progress: number) => void,
): Float32Array | Float64Array {
  const { outputs, classes } = facts;
  const perRow = what === 'predict' ? 1 : what === 'scores' ? outputs : classes;
  const all = what === 'scores' ? new Float64Array(test.rows * perRow) : new Float32Array(test.rows * perRow);
  const mark = kernels.mark();
  const out = kernels.allocate(SLICE * perRow * 8);
  const scratch = kernels.allocate(64 * outputs * 8);
  for (let start = 0; start < test.rows; start += SLICE) {
    checkpoint(start / test.rows);
    const count = Math.min(SLICE, test.rows - start);
    const rows = test.pointer + start * test.features * 4;
    if (what === 'predict') kernels.run.predict(model, rows, count, out, scratch);
    else if (what === 'scores') kernels.run.scores(model, rows, count, out);
    else kernels.run.predictProbabilities(model, rows, count, out, scratch);
    all.set(what === 'scores' ? kernels.f64(out, count * perRow) : kernels.f32(out, count * perRow), start * perRow);
  }
  kernels.release(mark);
  return all;
}

/** What the scores from `first` on of a model without probabilities say for class 1 of two. */
function speakingForSecond(decision: Decision, scores: ArrayLike<number>, first: number): number {
  if (decision === 'sign') return scores[first];
  // The score of the one pair speaks for class 0.
  if (decision === 'oneVersusOne') return -scores[first];
  return scores[first + 1] - scores[first];
}

function classificationMetrics(
  evaluator: Evaluator,
  test: TestPart,
  answers: ArrayLike<number>,
  checkpoint: (progress: number) => void,
): Metrics {
  const indexOf = new Map(test.classes.map((value, index) => [Math.fround(value), index]));
  const predicted = Uint32Array.from(answers, (answer) => indexOf.get(answer)!);
  // A third class that only test rows have makes the problem one of many classes.
  const binary = test.classes.length === 2 && test.truth.every((index) => index < 2);
  const labels = labelMetrics(test.truth, predicted, binary ? 'binary' : 'macro');
  if (!binary) return { ...labels };
  const probable = hasProbabilities(evaluator.facts.decision);
  const values = evaluate(evaluator, test, probable ? 'probabilities' : 'scores', checkpoint);
  const { decision, outputs } = evaluator.facts;
  const second = Float64Array.from({ length: test.rows }, (_, row) =>
    probable ? values[2 * row + 1] : speakingForSecond(decision, values, row * outputs),
  );
  return {
    roc_auc: rocAuc(test.truth, second),
    log_loss: probable ? logLoss(test.truth, second, FLOAT32_EPSILON) : null,
    ...labels,
  };
}
