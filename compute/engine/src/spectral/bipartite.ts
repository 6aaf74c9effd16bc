/** Rows and columns of a table as the two sides of a graph: normalizing the table, and its singular vectors. */
import { log } from '@pgml/kernels';
import { placeMatrix } from '../algebra/matrix.js';
import { singularValues } from '../algebra/svd.js';
import type { FitContext, TrainingData } from '../estimator.js';

/** f64[rows][columns] */
export interface NumberTable {
  readonly rows: number;
  readonly columns: number;
  readonly values: Float64Array;
}

/** The features, raised so that none is below `least` (by one amount for all). */
export function tableOf({ rows, features, column }: TrainingData, least: number): NumberTable {
  const values = new Float64Array(rows * features);
  let smallest = Infinity;
  for (let feature = 0; feature < features; feature++) {
    const own = column(feature);
    for (let row = 0; row < rows; row++) {
      values[row * features + feature] = own[row]!;
      smallest = Math.min(smallest, own[row]);
    }
  }
  const raise = smallest < least ? least - smallest : 0;
  return { rows, columns: features, values: values.map((value) => value + raise) };
}

/** Each number over the roots of the sums of its row and of its column; rows and columns of zeros stay zeros. */
export function scaleBySums({ rows, columns, values }: NumberTable): {
  table: NumberTable;
  rowFactors: Float64Array;
  columnFactors: Float64Array;
} {
  const rowSums = new Float64Array(rows);
  const columnSums = new Float64Array(columns);
  values.forEach((value, at) => {
    rowSums[Math.floor(at / columns)] += value;
    columnSums[at % columns] += value;
  });
  const factor = (sum: number) => (sum > 0 ? 1 / Math.sqrt(sum) : 0);
  const rowFactors = rowSums.map(factor);
  const columnFactors = columnSums.map(factor);
  const scaled = values.map((value, at) => value * rowFactors[Math.floor(at / columns)] * columnFactors[at % columns]);
  return { table: { rows, columns, values: scaled }, rowFactors, columnFactors };
}

const MOST_SCALINGS = 1000;
const STILL = 1e-5;

/** Scaled by sums again and again, until all rows have one sum and all columns another (Sinkhorn). */
export function bistochastic(table: NumberTable, { checkpoint }: FitContext): NumberTable {
  let current = table;
  for (let scaling = 0; scaling < MOST_SCALINGS; scaling++) {
    checkpoint(0.1, 'normalizing');
    const next = scaleBySums(current).table;
    const change = Math.sqrt(next.values.reduce((sum, value, at) => sum + (value - current.values[at]) ** 2, 0));
    current = next;
    if (change < STILL) break;
  }
  return current;
}

/** Logarithms without the means of their rows and columns. */
export function logInteractions({ rows, columns, values }: NumberTable): NumberTable {
  const logs = values.map((value) => log(value));
  const rowMeans = new Float64Array(rows);
  const columnMeans = new Float64Array(columns);
  let mean = 0;
  logs.forEach((value, at) => {
    rowMeans[Math.floor(at / columns)] += value / columns;
    columnMeans[at % columns] += value / rows;
    mean += value / (rows * columns);
  });
  const centered = logs.map(
    (value, at) => value - rowMeans[Math.floor(at / columns)] - columnMeans[at % columns] + mean,
  );
  return { rows, columns, values: centered };
}

/** Singular vectors number `from` … `to` - 1 of a table, largest first: of its rows and of its columns, each one a list. */
export function singularVectors(
  { rows, columns, values }: NumberTable,
  from: number,
  to: number,
  context: FitContext,
): { left: Float64Array[]; right: Float64Array[]; values: Float64Array } {
  const mark = context.kernels.mark();
  const found = singularValues(context, placeMatrix(context.kernels, values, rows, columns));
  context.kernels.release(mark);
  const last = Math.min(to, found.values.length);
  const vectors = (all: Float64Array, length: number) =>
    Array.from({ length: Math.max(0, last - from) }, (_, k) => all.slice((from + k) * length, (from + k + 1) * length));
  return {
    left: vectors(found.left, rows),
    right: vectors(found.right, columns),
    values: found.values.slice(from, last),
  };
}

/** f64[lists' length][lists]: the lists as columns. */
export function columnsTogether(lists: readonly Float64Array[]): Float64Array {
  const length = lists[0].length;
  const together = new Float64Array(length * lists.length);
  lists.forEach((list, k) => {
    for (let i = 0; i < length; i++) together[i * lists.length + k] = list[i]!;
  });
  return together;
}
