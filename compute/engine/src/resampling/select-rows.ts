/** Some rows of training data as training data of their own. */
import type { Kernels } from '@pgml/kernels';
import type { TrainingData } from '../estimator.js';

/** Copies the rows, in the order given, in kernel memory: 4 bytes for each value, target, weight and group. */
export function selectRows(data: TrainingData, rows: Uint32Array, kernels: Kernels): TrainingData {
  const count = rows.length;
  const copy = (source: Float32Array | Uint32Array): number => {
    const pointer = kernels.allocate(4 * count + 16);
    const target = source instanceof Float32Array ? kernels.f32(pointer, count) : kernels.u32(pointer, count);
    for (let i = 0; i < count; i++) target[i] = source[rows[i]]!;
    return pointer;
  };
  const columns = Array.from({ length: data.features }, (_, feature) => copy(data.column(feature)));
  const targets = Array.from({ length: data.targets }, (_, target) => copy(data.targetOf(target)));
  return {
    ...data,
    rows: count,
    columnPointer: (feature) => columns[feature],
    column: (feature) => kernels.f32(columns[feature], count),
    target: kernels.f32(targets[0], count),
    targetPointer: targets[0],
    targetOf: (target) => kernels.f32(targets[target], count),
    weights: data.weights && kernels.f32(copy(data.weights), count),
    groups: data.groups && kernels.u32(copy(data.groups), count),
    categories: (feature) => data.categories(feature),
  };
}
