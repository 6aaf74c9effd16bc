import { RandomState } from '@pgml/kernels';
import type { FitContext, TrainingData } from '../../../estimator.js';

/** Similarities of all pairs of rows: rows × width in kernel memory, padded with -Infinity to a multiple of 4. */
export interface Similarities {
  readonly pointer: number;
  readonly rows: number;
  readonly width: number;
  readonly values: Float64Array;
}

/** Negative squared distances, 0 on the diagonal. */
export function similaritiesOf(data: TrainingData, { kernels, checkpoint }: FitContext): Similarities {
  const { rows, features } = data;
  const width = 4 * Math.ceil(rows / 4);
  const pointer = kernels.allocate(8 * rows * width);
  const values = kernels.f64(pointer, rows * width);
  const columns = Array.from({ length: features }, (_, feature) => data.column(feature));
  for (let row = 0; row < rows; row++) {
    const own = values.subarray(row * width, (row + 1) * width);
    own.fill(-Infinity, rows).fill(0, 0, rows);
    for (const column of columns) {
      const value = column[row];
      for (let other = 0; other < row; other++) {
        const difference = column[other] - value;
        own[other] -= difference * difference;
      }
    }
    for (let other = 0; other < row; other++) values[other * width + row] = own[other];
    checkpoint(0);
  }
  return { pointer, rows, width, values };
}

/** The median of the whole matrix, its diagonal of zeros included. */
export function medianSimilarity({ rows, width, values }: Similarities): number {
  // Below the diagonal stands half of what is not on it; none of it is above 0.
  const half = new Float64Array((rows * (rows - 1)) / 2);
  for (let row = 1, at = 0; row < rows; at += row, row++) half.set(values.subarray(row * width, row * width + row), at);
  half.sort();
  const ascending = (position: number) => (position < 2 * half.length ? half[position >> 1] : 0);
  const count = rows * rows;
  return (ascending((count - 1) >> 1) + ascending(count >> 1)) / 2;
}

/** Whether all rows are equally similar to each other; two rows are. */
export function allEqual({ rows, width, values }: Similarities): boolean {
  for (let row = 1; row < rows; row++)
    for (let other = 0; other < row; other++) if (values[row * width + other] !== values[width]) return false;
  return true;
}

/** Adds noise of the size of a rounding, row by row, so that equals do not take turns for ever. */
export function addNoise({ rows, width, values }: Similarities, seed: number, checkpoint: () => void): void {
  const random = new RandomState(seed);
  const tiny = 100 * 2.2250738585072014e-308;
  for (let row = 0; row < rows; row++) {
    checkpoint();
    for (let at = row * width; at < row * width + rows; at++)
      values[at] += (Number.EPSILON * values[at] + tiny) * random.normal();
  }
}
