/** From a label column to what a fit learns: values, or classes by index. */
import type { LabelDescription } from '../artifact/artifact.js';
import { type Column, forEachValue } from './dataset.js';
import { InputError } from '../errors.js';
import type { Split } from './split.js';

export interface LabelColumn {
  readonly name: string;
  readonly pg_type: string;
}

/** The label of every row: its number, or for text its number in the dictionary from 1. Throws InputError. */
export function readLabel({ name }: LabelColumn, column: Column, rows: number): Float32Array {
  if (column.width !== 1)
    throw new InputError('42804', `the label "${name}" is an array`, { hint: 'A label is one number or text a row.' });
  const values = new Float32Array(rows);
  let missing = 0;
  let infinite = 0;
  forEachValue(column, (value, row) => {
    values[row] = value;
    if (column.type === 'text' ? value === 0 : Number.isNaN(value)) missing++;
    else if (!Number.isFinite(value)) infinite++;
  });
  if (missing > 0)
    throw new InputError(
      '22004',
      `The training data labels in "${name}" contain ${missing} NULL values. Consider filtering these values from the training data by creating a VIEW that includes a SQL filter like \`WHERE ${name} IS NOT NULL\`.`,
    );
  if (infinite > 0)
    throw new InputError('22023', `the label "${name}" is infinite in ${infinite} rows`, {
      hint: 'Leave them out, by a view for example.',
    });
  return values;
}

/** More are names or measurements, not classes: fitting so many would take days and more memory than there is. */
const MOST_CLASSES = 10_000;

export interface Labels {
  readonly description: LabelDescription;
  /** By training row: the value, or the index of the class. */
  readonly train: Float32Array;
  /** By test row. A class that no training row has gets an index above those of the training classes. */
  readonly test: Float32Array;
  /** What is answered for each class; empty for regression. */
  readonly classes: readonly number[];
}

export function regressionLabels(
  { name, pg_type }: LabelColumn,
  column: Column,
  values: Float32Array,
  split: Split,
): Labels {
  if (column.type === 'text')
    throw new InputError('22023', `the label "${name}" is text, but regression needs a number`, {
      hint: "Cast the column in a view, or train with task => 'classification'.",
    });
  const numberOf = (row: number) => values[row];
  return {
    description: { name, pg_type },
    train: gather(split.train, numberOf),
    test: gather(split.test, numberOf),
    classes: [],
  };
}

/**
 * Classes are what the training rows have: numbers in ascending order, or texts by first appearance in the table,
 * which are answered as 1, 2, … Throws InputError where there are fewer than two or too many.
 */
export function classLabels(
  { name, pg_type }: LabelColumn,
  column: Column,
  values: Float32Array,
  split: Split,
): Labels {
  const categories = column.type === 'text' ? trainingCategories(column.dictionary, values, split.train) : undefined;
  const known = categories ? categories.codes : distinct(values, split.train).sort((one, other) => one - other);
  if (known.length < 2)
    throw new InputError('22023', `the label "${name}" has the same value in all ${split.train.length} training rows`, {
      hint: 'Classification needs rows of at least two classes.',
    });
  if (known.length > MOST_CLASSES)
    throw new InputError('22023', `the label "${name}" has ${known.length} classes, the most are ${MOST_CLASSES}`, {
      hint: column.type === 'text' ? 'Group the rare ones in a view.' : 'Group them in a view, or use regression.',
    });
  const index = new Map(known.map((value, position) => [value, position]));
  const indexOf = (row: number) => {
    const value = values[row];
    if (!index.has(value)) index.set(value, index.size);
    return index.get(value)!;
  };
  const classes = categories ? known.map((_, position) => position + 1) : known;
  return {
    description: { name, pg_type, classes, ...(categories ? { categories: categories.names } : {}) },
    train: gather(split.train, indexOf),
    test: gather(split.test, indexOf),
    classes,
  };
}

/** The classes as a user writes them: text as it is, truth values as true and false, numbers in digits. */
export function classNames({ description: { pg_type, categories }, classes }: Labels): string[] {
  if (categories) return classes.map((code) => categories[code - 1]);
  return classes.map((value) => (pg_type === 'bool' ? String(value !== 0) : String(value)));
}

/** Float32Array.from(rows, numberOf), which is many times slower. */
function gather(rows: Uint32Array, numberOf: (row: number) => number): Float32Array {
  const values = new Float32Array(rows.length);
  rows.forEach((row, index) => {
    values[index] = numberOf(row);
  });
  return values;
}

function distinct(values: Float32Array, rows: Uint32Array): number[] {
  const seen = new Set<number>();
  for (const row of rows) seen.add(values[row]);
  return [...seen];
}

/**
 * The strings that training rows have, by first appearance in the table, and each one's number in the dictionary.
 * `values` are numbers in the dictionary from 1, 0 for NULL, by row.
 */
export function trainingCategories(
  dictionary: readonly string[],
  values: ArrayLike<number>,
  train: Uint32Array,
): { names: string[]; codes: number[] } {
  const firstRow = new Array<number>(dictionary.length + 1).fill(Number.POSITIVE_INFINITY);
  for (const row of train) firstRow[values[row]] = Math.min(firstRow[values[row]], row);
  const codes = dictionary
    .map((_, position) => position + 1)
    .filter((code) => firstRow[code] < Number.POSITIVE_INFINITY)
    .sort((one, other) => firstRow[one] - firstRow[other]);
  return { names: codes.map((code) => dictionary[code - 1]), codes };
}
