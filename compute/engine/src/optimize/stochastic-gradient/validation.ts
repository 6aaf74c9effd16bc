import { type Kernels, RandomState } from '@pgml/kernels';
import { FitError, type TrainingData } from '../../estimator.js';
import { trainTestSplit } from '../../resampling/shuffle-split.js';
import type { Validation } from './descent.js';

/** Rows set aside, and the mask that keeps them from a descent. */
export interface HeldRows {
  /** Address of a byte per row, 1 for those set aside. */
  readonly mask: number;
  readonly rows: Uint32Array;
}

/** Sets rows aside, classes in proportion. Throws FitError where that cannot be done, or none of them counts anything. */
export function holdRows(data: TrainingData, fraction: number, seed: number, kernels: Kernels): HeldRows {
  const { test } = trainTestSplit(data, Math.ceil(fraction * data.rows), new RandomState(seed));
  const rows = test.sort();
  if (data.weights && rows.every((row) => data.weights![row] === 0))
    throw new FitError(
      'the rows set aside for validation all have the weight 0',
      'Choose another random_state, a larger validation_fraction, or train without early_stopping.',
    );
  const mask = kernels.allocate(data.rows);
  const bytes = kernels.u8(mask, data.rows);
  for (const row of rows) bytes[row] = 1;
  return { mask, rows };
}

/** Scores by the share of rows whose side is right. A row is on the side of `positive` or not. */
export function accuracyOn(held: HeldRows, data: TrainingData, positive: number): Validation {
  const score = (weights: Float64Array, intercept: number): number => {
    const margins = marginsOf(held, data, weights, intercept);
    let right = 0;
    let total = 0;
    for (const [i, row] of held.rows.entries()) {
      const counts = data.weights?.[row] ?? 1;
      total += counts;
      if (margins[i] > 0 === (data.target[row] === positive)) right += counts;
    }
    return right / total;
  };
  return { held: held.mask, rows: held.rows.length, score };
}

/** Scores by the coefficient of determination. */
export function determinationOn(held: HeldRows, data: TrainingData): Validation {
  const score = (weights: Float64Array, intercept: number): number => {
    const predictions = marginsOf(held, data, weights, intercept);
    let [total, sum] = [0, 0];
    for (const row of held.rows) {
      const counts = data.weights?.[row] ?? 1;
      total += counts;
      sum += counts * data.target[row];
    }
    const mean = sum / total;
    let [squares, errors] = [0, 0];
    for (const [i, row] of held.rows.entries()) {
      const counts = data.weights?.[row] ?? 1;
      squares += counts * (data.target[row] - mean) ** 2;
      errors += counts * (data.target[row] - predictions[i]) ** 2;
    }
    if (squares === 0) return errors === 0 ? 1 : 0;
    return 1 - errors / squares;
  };
  return { held: held.mask, rows: held.rows.length, score };
}

function marginsOf(held: HeldRows, data: TrainingData, weights: Float64Array, intercept: number): Float64Array {
  const margins = new Float64Array(held.rows.length).fill(intercept);
  for (let feature = 0; feature < data.features; feature++) {
    const column = data.column(feature);
    const weight = weights[feature];
    for (let i = 0; i < margins.length; i++) margins[i] += weight * column[held.rows[i]];
  }
  return margins;
}
