/** Rows set aside to watch how well a model does on what it does not learn from. */
import { RandomState } from '@pgml/kernels';
import { type FitContext, FitError, type TrainingData } from '../../../estimator.js';

/**
 * Divides training data: of n rows, round(fraction n) rows of a random permutation are held out, at least one. Where rows
 * are in groups whole groups are. Columns are copied: the data twice, while the fit runs.
 */
export function holdOut(
  data: TrainingData,
  fraction: number,
  seed: number,
  context: Pick<FitContext, 'kernels'>,
): { train: TrainingData; held: TrainingData } {
  const { rows, groups } = data;
  const units = groups ? groups.reduce((most, group) => Math.max(most, group), 0) + 1 : rows;
  const count = Math.max(1, Math.round(fraction * units));
  if (count >= units)
    throw new FitError(
      `validation_fraction ${fraction} of ${units} ${groups ? 'groups' : 'rows'} leaves none to learn from`,
      'Give a smaller part, or more rows.',
    );
  const isHeld = new Uint8Array(units);
  for (const unit of new RandomState(seed).permutation(units).subarray(0, count)) isHeld[unit] = 1;
  const numbers = Array.from({ length: rows }, (_, row) => row);
  const heldOf = (row: number) => isHeld[groups ? groups[row] : row] === 1;
  return {
    train: select(data, Uint32Array.from(numbers.filter((row) => !heldOf(row))), context),
    held: select(data, Uint32Array.from(numbers.filter(heldOf)), context),
  };
}

/** A copy of some rows in kernel memory. */
function select(data: TrainingData, rows: Uint32Array, { kernels }: Pick<FitContext, 'kernels'>): TrainingData {
  // Kernels read rows in fours.
  const bytes = 4 * (Math.ceil(rows.length / 4) * 4);
  const gather = (values: Float32Array): number => {
    const pointer = kernels.allocate(bytes);
    const copy = kernels.f32(pointer, rows.length);
    rows.forEach((row, index) => {
      copy[index] = values[row]!;
    });
    return pointer;
  };
  const pointers = Array.from({ length: data.features }, (_, feature) => gather(data.column(feature)));
  const targetPointer = gather(data.target);
  const target = kernels.f32(targetPointer, rows.length);
  const weights = data.weights && kernels.f32(gather(data.weights), rows.length);
  const groups = data.groups && rows.map((row) => data.groups![row]);
  return {
    ...{ rows: rows.length, features: data.features, classes: data.classes, classNames: data.classNames },
    columnPointer: (feature) => pointers[feature],
    column: (feature) => kernels.f32(pointers[feature], rows.length),
    ...{ target, targetPointer, targets: 1, targetOf: () => target },
    ...{ weights, groups, categories: (feature) => data.categories(feature) },
  };
}
