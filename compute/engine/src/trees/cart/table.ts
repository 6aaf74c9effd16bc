/** A table made ready for exact trees: for each feature the ranks of its values, and the rows in their order. */
import type { Kernels } from '@pgml/kernels';
import type { FitContext, TrainingData } from '../../estimator.js';

/** Values no further apart than this count as one, as in scikit-learn. */
const CLOSENESS = Math.fround(1e-7);
const TIES = 1;
const CLOSE = 2;
const COUNT_BYTES = 4 * 2048;

/** Addresses in kernel memory, and facts, for each feature. What they are is said in the kernels' cart/growth.ts. */
export interface ExactTable {
  readonly rows: number;
  readonly features: number;
  readonly columns: Uint32Array;
  readonly ranks: Uint32Array;
  readonly values: Uint32Array;
  readonly distinct: Uint32Array;
  readonly traits: Uint32Array;
  readonly orders: Uint32Array;
  /** Row by row: values where thresholds are drawn, else ranks. */
  readonly matrix: number;
}

export type Columns = Pick<TrainingData, 'rows' | 'features' | 'columnPointer'>;

/** For trees whose thresholds are drawn: the values, a second time row by row (4 bytes for each). */
export function plainTable(columns: Columns, kernels: Kernels): ExactTable {
  const table = valuesOf(columns);
  return { ...table, matrix: placeRows(table.columns, table, kernels) };
}

function valuesOf({ rows, features, columnPointer }: Columns): Omit<ExactTable, 'matrix'> {
  const none = new Uint32Array(features);
  const columns = none.map((_, feature) => columnPointer(feature));
  return { rows, features, columns, ranks: none, values: none, distinct: none, traits: none, orders: none };
}

/** The numbers of 4 bytes that lie in columns, row by row. */
function placeRows(
  columns: Uint32Array,
  { rows, features }: { rows: number; features: number },
  kernels: Kernels,
): number {
  const pointer = kernels.allocate(4 * rows * features);
  const matrix = kernels.u32(pointer, rows * features);
  columns.forEach((address, feature) => {
    const column = kernels.u32(address, rows);
    for (let row = 0, place = feature; row < rows; row++, place += features) matrix[place] = column[row];
  });
  return pointer;
}

/**
 * Ranks and orders all features. Stays in kernel memory: 12 bytes for each value (rank by column and by row,
 * distinct value), and 8 more if `sorted` (row and rank in order), which makes nodes that hold many of the rows faster.
 */
export function rankTable(
  columns: Columns,
  { kernels, team, checkpoint }: Pick<FitContext, 'kernels' | 'team' | 'checkpoint'>,
  sorted = true,
): ExactTable {
  const table = valuesOf(columns);
  const { rows, features } = table;
  const allocateAll = (bytes: number) => Uint32Array.from({ length: features }, () => kernels.allocate(bytes));
  const ranks = allocateAll(4 * rows);
  const values = allocateAll(4 * rows);
  const orders = sorted ? allocateAll(8 * rows) : new Uint32Array(features);
  const found = kernels.allocate(8 * features);
  const mark = kernels.mark();
  const slots = Array.from({ length: Math.min(features, team.size) }, () => ({
    keys: kernels.allocate(16 * rows),
    counts: kernels.allocate(COUNT_BYTES),
    ordered: kernels.allocate(4 * rows),
  }));
  for (let first = 0; first < features; first += slots.length) {
    checkpoint(0, 'sorting features');
    const here = slots.slice(0, features - first);
    team.run(
      'orderColumn',
      here.map(({ keys, counts, ordered }, i) => [table.columns[first + i], rows, keys, counts, ordered]),
    );
    team.run(
      'rankColumn',
      here.map(({ ordered }, i) => {
        const feature = first + i;
        const out = [ranks[feature], values[feature], orders[feature], found + 8 * feature];
        return [table.columns[feature], ordered, rows, CLOSENESS, ...out];
      }),
    );
  }
  const facts = factsOf(kernels, found, table);
  kernels.release(mark);
  return { ...table, ranks, values, orders, ...facts, matrix: placeRows(ranks, table, kernels) };
}

function factsOf(kernels: Kernels, found: number, { rows, features }: Pick<Columns, 'rows' | 'features'>) {
  const facts = kernels.u32(found, 2 * features);
  const distinct = new Uint32Array(features).map((_, feature) => facts[2 * feature]);
  const traits = distinct.map((count, feature) => (count < rows ? TIES : 0) + (facts[2 * feature + 1] ? CLOSE : 0));
  return { distinct, traits };
}
