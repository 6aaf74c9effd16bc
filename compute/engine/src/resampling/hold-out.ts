/** Rows set aside to see how well a model does on what it does not learn from. */
import { type Kernels, RandomState } from '@pgml/kernels';
import { FitError, type TrainingData } from '../estimator.js';
import { selectRows } from './select-rows.js';

export interface HeldOut {
  readonly train: TrainingData;
  readonly held: TrainingData;
}

/**
 * Of n rows, round(fraction n) of a random permutation are held out, at least one; where rows are in groups, whole groups.
 * The order of rows stays. All are copied in kernel memory. Throws FitError if nothing would be left to learn from.
 */
export function holdOut(data: TrainingData, fraction: number, seed: number, kernels: Kernels): HeldOut {
  const { rows, groups } = data;
  const units = groups ? groups.reduce((most, group) => Math.max(most, group), 0) + 1 : rows;
  const count = Math.max(1, Math.round(fraction * units));
  if (count >= units)
    throw new FitError(
      `validation_fraction ${fraction} of ${units} ${groups ? 'groups' : 'rows'} leaves none to learn from`,
      'Give a smaller part, or more rows.',
    );
  const isHeld = new Uint8Array(units);
  for (const unit of new RandomState(seed).choice(units, count)) isHeld[unit] = 1;
  const numbers = Uint32Array.from({ length: rows }, (_, row) => row);
  const wasHeld = (row: number): boolean => isHeld[groups ? groups[row] : row] === 1;
  return {
    train: selectRows(
      data,
      numbers.filter((row) => !wasHeld(row)),
      kernels,
    ),
    held: selectRows(data, numbers.filter(wasHeld), kernels),
  };
}
