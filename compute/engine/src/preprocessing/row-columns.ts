/** Columns that say something about rows rather than being learned from: weights and groups. */
import type { KernelMemory } from '@pgml/kernels';
import { type Column, forEachValue } from './dataset.js';
import { InputError } from '../errors.js';

interface RowColumn {
  readonly request: { readonly name: string };
  readonly column: Column;
}

/** What each training row counts, in kernel memory. Throws InputError unless all are numbers of at least 0, one above. */
export function readWeights(
  memory: KernelMemory,
  { request: { name }, column }: RowColumn,
  rows: number,
  train: Uint32Array,
): Float32Array {
  if (column.type === 'text' || column.width !== 1)
    throw new InputError('42804', `the weights "${name}" are not numbers`, { hint: 'A weight is one number a row.' });
  const all = new Float32Array(rows);
  forEachValue(column, (value, row) => {
    all[row] = value;
  });
  const wrong = all.find((weight) => !(weight >= 0 && Number.isFinite(weight)));
  if (wrong !== undefined)
    throw new InputError('22023', `the weight "${name}" is ${Number.isNaN(wrong) ? 'NULL' : wrong} in some row`, {
      hint: 'Weights are numbers of at least 0.',
    });
  const weights = memory.f32(memory.allocate(4 * train.length), train.length);
  train.forEach((row, index) => {
    weights[index] = all[row]!;
  });
  if (!weights.some((weight) => weight > 0))
    throw new InputError('22023', `the weight "${name}" is 0 in all training rows`, { hint: 'Some row must count.' });
  return weights;
}

/** The group of each training row, in kernel memory, numbered by first appearance. Throws InputError for NULL. */
export function readGroups(
  memory: KernelMemory,
  { request: { name }, column }: RowColumn,
  rows: number,
  train: Uint32Array,
): Uint32Array {
  if (column.width !== 1)
    throw new InputError('42804', `the group "${name}" is an array`, { hint: 'A group is one number or text a row.' });
  const all = new Float64Array(rows);
  forEachValue(column, (value, row) => {
    all[row] = value;
  });
  const numbers = new Map<number, number>();
  const groups = memory.u32(memory.allocate(4 * train.length), train.length);
  train.forEach((row, index) => {
    const value = all[row];
    if (column.type === 'text' ? value === 0 : Number.isNaN(value))
      throw new InputError('22004', `the group "${name}" is NULL in some row`, { hint: 'Leave those rows out.' });
    let number = numbers.get(value);
    if (number === undefined) numbers.set(value, (number = numbers.size));
    groups[index] = number;
  });
  return groups;
}
