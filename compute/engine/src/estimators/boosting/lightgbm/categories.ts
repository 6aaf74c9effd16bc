/** Categorical features: which they are, and which of their categories have bins. */
import type { Kernels } from '@pgml/kernels';
import { FitError, type TrainingData } from '../../../estimator.js';

/** The most categories of a feature that have bins; the others are treated as missing. */
const MOST_CATEGORIES = 254;

export interface Recoded {
  /** The data with rare and impossible categories made missing. */
  readonly data: TrainingData;
  /** By feature its categories in ascending order; undefined for numeric features. */
  readonly categories: readonly (readonly number[] | undefined)[];
}

/**
 * `given` are numbers of features; null takes the text columns. Of the categories of a feature the most frequent ones with
 * at least `minimumRows` rows are kept, the two most frequent ones in any case. Copies categorical columns: 4 bytes a value.
 */
export function recodeCategories(
  data: TrainingData,
  given: readonly number[] | null,
  minimumRows: number,
  kernels: Kernels,
): Recoded {
  for (const feature of given ?? [])
    if (feature >= data.features)
      throw new FitError(
        `categorical_feature names feature ${feature}, but there are only ${data.features}`,
        'Features are numbered from 0.',
      );
  const chosen = new Set(given);
  const features = Array.from({ length: data.features }, (_, feature) => feature);
  const pointers = features.map((feature) => data.columnPointer(feature));
  const categories = features.map((feature) => {
    if (!(given === null ? data.categories(feature) > 0 : chosen.has(feature))) return undefined;
    const column = data.column(feature);
    const kept = frequentCategories(column, minimumRows);
    const known = new Set(kept);
    const pointer = kernels.allocate(4 * data.rows);
    kernels.f32(pointer, data.rows).set(column.map((value) => (known.has(value) ? value : Number.NaN)));
    pointers[feature] = pointer;
    return kept;
  });
  return {
    data: {
      ...data,
      columnPointer: (feature) => pointers[feature],
      column: (feature) => kernels.f32(pointers[feature], data.rows),
      categories: (feature) => data.categories(feature),
    },
    categories,
  };
}

/** Categories are integers of at least 0 (and of at most 2^24, as float32 holds them). */
function frequentCategories(column: Float32Array, minimumRows: number): number[] {
  const counts = new Map<number, number>();
  for (const value of column)
    if (Number.isInteger(value) && value >= 0 && value <= 2 ** 24) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts]
    .sort(([a, countOfA], [b, countOfB]) => countOfB - countOfA || a - b)
    .filter(([, count], rank) => rank < 2 || count >= minimumRows)
    .slice(0, MOST_CATEGORIES)
    .map(([category]) => category)
    .sort((a, b) => a - b);
}
