import type { FitContext, TrainingData } from '../../estimator.js';

/** The features row after row in kernel memory, f32, each row padded with zeros to a multiple of four. */
export interface RowMatrix {
  readonly pointer: number;
  readonly rows: number;
  /** Numbers from one row to the next. */
  readonly width: number;
}

/** So many rows are turned at a time: their numbers of one feature, and one feature of theirs, fit a near cache. */
const BLOCK = 256;

/** Copies the features of `data`, 4 bytes per row and (padded) feature. */
export function placeRows(data: TrainingData, { kernels, checkpoint }: FitContext): RowMatrix {
  const { rows, features } = data;
  const width = 4 * Math.ceil(features / 4);
  const pointer = kernels.allocate(4 * width * rows);
  const matrix = kernels.f32(pointer, width * rows);
  const columns = Array.from({ length: features }, (_, feature) => data.column(feature));
  for (let start = 0; start < rows; start += BLOCK) {
    const end = Math.min(rows, start + BLOCK);
    for (let feature = 0; feature < features; feature++) {
      const column = columns[feature];
      for (let row = start, at = start * width + feature; row < end; row++, at += width) matrix[at] = column[row];
    }
    if (start % (64 * BLOCK) === 0) checkpoint(0);
  }
  return { pointer, rows, width };
}
