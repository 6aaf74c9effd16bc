import { copyRows } from '../../algebra/rows.js';
import type { FitContext, TrainingData } from '../../estimator.js';

/** The features row after row in kernel memory, f32, each row padded with zeros to a multiple of four. */
export interface RowMatrix {
  readonly pointer: number;
  readonly rows: number;
  /** Numbers from one row to the next. */
  readonly width: number;
}

/** Copies the features of `data`, 4 bytes per row and (padded) feature. */
export function placeRows(data: TrainingData, { kernels, checkpoint }: FitContext): RowMatrix {
  const { rows, features } = data;
  const width = 4 * Math.ceil(features / 4);
  const pointer = kernels.allocate(4 * width * rows);
  copyRows(data, kernels.f32(pointer, width * rows), width, () => checkpoint(0));
  return { pointer, rows, width };
}
