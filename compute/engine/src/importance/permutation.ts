/**
 * Permutation importance (Breiman, "Random forests", 2001): how much worse a model predicts when the values of one feature
 * are dealt out anew among the rows. Serves every model, whatever it is made of.
 */
import { type Kernels, kinds, RandomState } from '@pgml/kernels';
import type { Task } from '../estimator.js';
import { measure, type TestPart } from '../evaluation.js';

/** Bytes of models that all evaluations together may read: about a second's work. */
const BUDGET = 2e9;
/** What an evaluation costs besides, in the same measure. */
const BYTES_PER_EVALUATION = 4000;
const MOST_ROWS = 1000;
const LEAST_ROWS = 20;

/** The metric that falls; unsupervised tasks have none. */
const metricOf: Partial<Record<Task, string>> = { regression: 'r2', classification: 'accuracy' };

/**
 * For each feature, by how much r² or accuracy on (the first of) the test rows is lower when its values are permuted.
 * Undefined where there are too few rows to tell, or the task has no truth to compare with.
 */
export function permutationImportance(
  kernels: Kernels,
  task: Task,
  block: Uint8Array,
  test: TestPart,
  seed: number,
  checkpoint: (progress: number) => void,
): Float64Array | undefined {
  const metric = metricOf[task];
  const { features } = test;
  const affordable = Math.floor(BUDGET / (BYTES_PER_EVALUATION + costOf(block)) / (features + 1));
  const rows = Math.min(test.rows, MOST_ROWS, affordable);
  if (metric === undefined || rows < LEAST_ROWS) return undefined;
  const targets = test.truth.length / test.rows;
  const mark = kernels.mark();
  const pointer = kernels.allocate(4 * rows * features);
  const values = kernels.f32(pointer, rows * features);
  const original = kernels.f32(test.pointer, rows * features);
  const part = { ...test, pointer, rows, truth: test.truth.subarray(0, rows * targets) };
  const score = (): number => measure(kernels, task, block, part, seed, () => {})[metric] ?? 0;
  values.set(original);
  const intact = score();
  const random = new RandomState(seed);
  const importance = Float64Array.from({ length: features }, (_, feature) => {
    checkpoint(feature / features);
    const order = random.permutation(rows);
    for (let row = 0; row < rows; row++) values[row * features + feature] = original[order[row] * features + feature]!;
    const permuted = score();
    for (let row = 0; row < rows; row++) values[row * features + feature] = original[row * features + feature]!;
    return intact - permuted;
  });
  kernels.release(mark);
  return importance;
}

/** Kernel models and neighbours are read whole for every row, trees and weights only in part. */
const WHOLE_KINDS: readonly number[] = [kinds.kernel, kinds.neighbours, kinds.joint];
const costOf = (block: Uint8Array): number => (WHOLE_KINDS.includes(block[0]) ? block.length : 0);
