/** Positions from … to-1 of an array: the rows of a node in the permutation of all rows, or rows themselves. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
}

/** Rows of one kernel call, where the result does not depend on how rows are divided among calls. A multiple of 4. */
export const ROWS_PER_CALL = 16384;

/** Cuts a stretch into pieces of `rows`; the last may be shorter. */
export function pieces({ from, to }: Stretch, rows = ROWS_PER_CALL): Stretch[] {
  const list: Stretch[] = [];
  for (let start = from; start < to; start += rows) list.push({ from: start, to: Math.min(to, start + rows) });
  return list;
}
