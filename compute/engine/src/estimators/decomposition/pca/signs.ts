import { allocateMatrix, type Matrix, placeMatrix, rowOf } from '../../../algebra/matrix.js';
import { multiply } from '../../../algebra/product.js';
import type { FitContext, TrainingData } from '../../../estimator.js';

/** Rows that are projected at a time. */
const ROWS = 1024;

/**
 * Turns components (count × features, by rows) so that of all rows, the one farthest along a component (the first of
 * equals) is on its positive side. Kernel memory: 8 KiB per feature and per component.
 */
export function turnComponents(
  data: TrainingData,
  means: Float64Array,
  components: Float64Array,
  count: number,
  context: FitContext,
): void {
  const { kernels } = context;
  const { rows, features } = data;
  const mark = kernels.mark();
  const directions = placeMatrix(kernels, components, count, features);
  const centered = allocateMatrix(kernels, features, Math.min(ROWS, rows));
  const projected = allocateMatrix(kernels, count, Math.min(ROWS, rows));
  const farthest = new Float64Array(count);
  for (let first = 0; first < rows; first += ROWS) {
    const present = Math.min(ROWS, rows - first);
    const chunk = (matrix: Matrix): Matrix => ({ ...matrix, columns: present });
    for (let feature = 0; feature < features; feature++) {
      const out = rowOf(kernels, chunk(centered), feature);
      const column = data.column(feature);
      for (let row = 0; row < present; row++) out[row] = column[first + row] - means[feature];
    }
    multiply(context, directions, chunk(centered), chunk(projected));
    for (let i = 0; i < count; i++)
      for (const value of rowOf(kernels, chunk(projected), i))
        if (Math.abs(value) > Math.abs(farthest[i])) farthest[i] = value;
  }
  for (let i = 0; i < count; i++)
    if (farthest[i] < 0) for (let feature = 0; feature < features; feature++) components[i * features + feature] *= -1;
  kernels.release(mark);
}
