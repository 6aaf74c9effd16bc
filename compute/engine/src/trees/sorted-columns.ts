/** The columns of training data in the order of their values. */
import type { FitContext, TrainingData } from '../estimator.js';
import type { SortedColumn } from './bins.js';

/** Sorts all columns; 4 bytes for each value, and while it works 16 for each row and thread. */
export function sortColumns(data: TrainingData, { kernels, team, checkpoint }: FitContext): SortedColumn[] {
  const { rows, features } = data;
  const orders = Array.from({ length: features }, () => kernels.allocate(4 * rows));
  const mark = kernels.mark();
  const bytes = kernels.run.sortBytes(rows) as number;
  const spaces = Array.from({ length: Math.min(team.size, features) }, () => kernels.allocate(bytes));
  for (let first = 0; first < features; first += spaces.length) {
    checkpoint(0, 'sorting features');
    const here = spaces.slice(0, features - first);
    const calls = here.map((space, index) => [data.columnPointer(first + index), rows, orders[first + index], space]);
    team.run('sortColumn', calls);
  }
  kernels.release(mark);
  return orders.map((order, feature) => ({ order, count: countPresent(data.column(feature)) }));
}

function countPresent(values: Float32Array): number {
  let count = 0;
  for (const value of values) count += Number(!Number.isNaN(value));
  return count;
}
