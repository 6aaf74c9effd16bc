/** Training data turned: row after row instead of column after column. */
import type { TrainingData } from '../estimator.js';

/** So many rows are turned at a time: their numbers of one feature, and one feature of theirs, fit a near cache. */
const BLOCK = 256;

/**
 * Copies the features into `matrix`, f32[rows][width], whose numbers beyond the features are left as they are. `every`
 * is called after each 16384 rows.
 */
export function copyRows(
  { rows, features, column }: Pick<TrainingData, 'rows' | 'features' | 'column'>,
  matrix: Float32Array,
  width: number,
  every: () => void = () => {},
): void {
  const columns = Array.from({ length: features }, (_, feature) => column(feature));
  for (let start = 0; start < rows; start += BLOCK) {
    const end = Math.min(rows, start + BLOCK);
    for (let feature = 0; feature < features; feature++) {
      const values = columns[feature];
      for (let row = start, at = start * width + feature; row < end; row++, at += width) matrix[at] = values[row]!;
    }
    if (start % (64 * BLOCK) === 0) every();
  }
}
