/** The values of a column in ascending order, for choosing bins. */
import type { Kernels } from '@pgml/kernels';
import type { TrainingData } from '../estimator.js';

/**
 * Calls `use` with the values of a feature that are not missing, ascending (-0 is 0), and with how many there were with the
 * missing ones; of all rows, or of a sample of them. The array lies in kernel memory and is gone afterwards (16 bytes a row).
 */
export function withSortedColumn<Result>(
  data: TrainingData,
  feature: number,
  sample: Uint32Array | undefined,
  kernels: Kernels,
  use: (values: Float32Array, all: number) => Result,
): Result {
  const mark = kernels.mark();
  const count = sample?.length ?? data.rows;
  const out = kernels.allocate(4 * count);
  let source = data.columnPointer(feature);
  if (sample) {
    const column = data.column(feature);
    source = kernels.allocate(4 * count);
    const chosen = kernels.f32(source, count);
    for (let i = 0; i < count; i++) chosen[i] = column[sample[i]]!;
  }
  const room = kernels.allocate(kernels.run.valueSortBytes(count) as number);
  const present = kernels.run.sortValues(source, count, room, out) as number;
  const result = use(kernels.f32(out, present), count);
  kernels.release(mark);
  return result;
}
