/** From feature columns to kernel memory: the training part column-wise, the test part row-wise. */
import type { KernelMemory } from '@pgml/kernels';
import type { FeatureDescription } from '../artifact/artifact.js';
import { type Column, forEachValue } from './dataset.js';
import { InputError } from '../errors.js';
import type { Estimator, TrainingData } from '../estimator.js';
import { trainingCategories } from './labels.js';
import type { Split } from './split.js';

export interface FeatureColumn {
  readonly name: string;
  readonly pg_type: string;
  readonly column: Column;
}

export interface LoadedFeatures {
  readonly descriptions: readonly FeatureDescription[];
  /** Arrays count by their elements. */
  readonly count: number;
  readonly columns: Pick<TrainingData, 'columnPointer' | 'column' | 'categories'>;
  /** Address of f32[test rows][features]. */
  readonly testPointer: number;
  /** The training values of feature column `index`, all elements of an array together. */
  trainingValues(index: number): Float32Array;
}

/**
 * Loads one column after the other, and empties its chunks: what is needed at a time is the table once and one column.
 * Throws InputError for values that the estimator cannot use.
 */
export function loadFeatures(
  memory: KernelMemory,
  columns: readonly FeatureColumn[],
  split: Split,
  estimator: Estimator,
): LoadedFeatures {
  const rows = split.train.length;
  const count = columns.reduce((sum, { column }) => sum + column.width, 0);
  const stride = Math.ceil((rows * 4) / 64) * 64;
  const start = memory.allocate(stride * count);
  const testPointer = memory.allocate(split.test.length * count * 4);
  const columnOf = (feature: number) => memory.f32(start + feature * stride, rows);
  const test = memory.f32(testPointer, split.test.length * count);

  // Where each row goes: its place in the training part, or the complement of its place in the test part.
  const place = new Int32Array(rows + split.test.length);
  split.train.forEach((row, index) => {
    place[row] = index;
  });
  split.test.forEach((row, index) => {
    place[row] = ~index;
  });

  const firstFeature: number[] = [];
  let feature = 0;
  const categoryCounts: number[] = [];
  const descriptions = columns.map((source): FeatureDescription => {
    const { name, pg_type, column } = source;
    const first = feature;
    firstFeature.push(first);
    feature += column.width;
    const { names, codes } = column.type === 'text' ? codeCategories(column, split) : noCategories;
    for (let element = 0; element < column.width; element++) categoryCounts.push(names ? names.length : 0);
    const targets = Array.from({ length: column.width }, (_, element) => columnOf(first + element));
    const faults = { missing: 0, infinite: 0, unseen: 0 };
    forEachValue(column, (given, position) => {
      const row = column.width === 1 ? position : Math.floor(position / column.width);
      const element = position - row * column.width;
      const value = codes ? codes[given] : given;
      if (Number.isNaN(value)) faults[codes ? 'unseen' : 'missing']++;
      else if (!Number.isFinite(value)) faults.infinite++;
      const to = place[row];
      if (to >= 0) targets[element][to] = value;
      else test[~to * count + first + element] = value;
    });
    column.chunks.length = 0;
    refuseFaults(estimator, name, faults);
    return { name, pg_type, width: column.width, ...(names ? { categories: names } : {}) };
  });

  return {
    descriptions,
    count,
    columns: {
      columnPointer: (index) => start + index * stride,
      column: columnOf,
      categories: (index) => categoryCounts[index],
    },
    testPointer,
    trainingValues: (index) => {
      const width = columns[index].column.width;
      if (width === 1) return columnOf(firstFeature[index]);
      const all = new Float32Array(width * rows);
      for (let element = 0; element < width; element++)
        all.set(columnOf(firstFeature[index] + element), element * rows);
      return all;
    },
  };
}

const noCategories = { names: undefined, codes: undefined };

/** The categories of the training rows, and the code of each number in the dictionary: NaN if no training row has it. */
function codeCategories(column: Column & { readonly type: 'text' }, split: Split) {
  const values = new Uint32Array(split.train.length + split.test.length);
  forEachValue(column, (value, row) => {
    values[row] = value;
  });
  const { names, codes: known } = trainingCategories(column.dictionary, values, split.train);
  const codes = new Float32Array(column.dictionary.length + 1).fill(Number.NaN);
  codes[0] = 0;
  known.forEach((number, index) => {
    codes[number] = index + 1;
  });
  return { names, codes };
}

function refuseFaults(
  { algorithm, missing: policy }: Estimator,
  name: string,
  { missing, infinite, unseen }: { missing: number; infinite: number; unseen: number },
): void {
  if (infinite > 0)
    throw new InputError('22023', `feature "${name}" has ${infinite} infinite values`, {
      hint: 'Leave those rows out or bound the values, by a view for example.',
    });
  if (policy === 'learn') return;
  if (missing > 0)
    throw new InputError('22023', `${missing} missing values for ${name}, which ${algorithm} cannot learn from`, {
      hint: 'Leave those rows out or fill the gaps with COALESCE in a view, or train xgboost, which learns from missing values.',
    });
  if (unseen > 0)
    throw new InputError('22023', `${unseen} test rows have a value of "${name}" that no training row has`, {
      hint: `${algorithm} cannot predict for unknown categories; group the rare ones in a view.`,
    });
}
