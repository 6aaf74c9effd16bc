/** What a snapshot records about each column, over the training rows. */

const BINS = 20;

export interface Statistics {
  /** Over the values that are not NaN; null where there is none. */
  readonly min: number | null;
  readonly max: number | null;
  readonly max_abs: number | null;
  readonly mean: number | null;
  /** The upper one of two middle values. */
  readonly median: number | null;
  /** The most frequent value; of several, the middle one. */
  readonly mode: number | null;
  /** Of the population: divided by the number of values. */
  readonly variance: number | null;
  readonly std_dev: number | null;
  /** How many values are NaN. */
  readonly missing: number;
  readonly distinct: number;
  /** How many values lie in each of 20 equal intervals from min to max, the last one closed. */
  readonly histogram: readonly number[];
  /** The 19 values that cut the sorted values into 20 parts: number k is at k/20, rounded down. */
  readonly ventiles: readonly number[];
  /** Text columns: the code of each string, and how many training rows have it. `__NULL__` stands for NULL. */
  readonly categories: Readonly<Record<string, { readonly value: number; readonly members: number }>> | null;
}

/** Statistics of numbers; sorts a copy, so memory for as many float32 again. */
export function describeValues(values: Float32Array): Omit<Statistics, 'categories'> {
  // Sorting puts NaN last.
  const sorted = values.slice().sort();
  let count = sorted.length;
  while (count > 0 && Number.isNaN(sorted[count - 1])) count--;
  const missing = sorted.length - count;
  if (count === 0) return { ...nothing, missing };

  const [min, max] = [sorted[0], sorted[count - 1]];
  let sum = 0;
  for (let i = 0; i < count; i++) sum += sorted[i];
  const mean = sum / count;
  let squares = 0;
  for (let i = 0; i < count; i++) squares += (sorted[i] - mean) ** 2;
  const variance = squares / count;
  const { distinct, mode } = countRuns(sorted, count);
  return {
    min,
    max,
    max_abs: Math.max(Math.abs(min), Math.abs(max)),
    mean,
    median: sorted[Math.floor(count / 2)],
    mode,
    variance,
    std_dev: Math.sqrt(variance),
    missing,
    distinct,
    histogram: histogramOf(sorted.subarray(0, count), min, max),
    ventiles: Array.from({ length: 19 }, (_, k) => sorted[Math.floor(((k + 1) * count) / 20)]),
  };
}

/** Counts the categories of a text column by code; code 0 is NULL. */
export function describeCategories(codes: Float32Array, categories: readonly string[]): Statistics['categories'] {
  const members = new Array<number>(categories.length + 1).fill(0);
  for (const code of codes) if (!Number.isNaN(code)) members[code]++;
  return Object.fromEntries(
    ['__NULL__', ...categories].map((name, value) => [name, { value, members: members[value] }]),
  );
}

const nothing = {
  min: null,
  max: null,
  max_abs: null,
  mean: null,
  median: null,
  mode: null,
  variance: null,
  std_dev: null,
  distinct: 0,
  histogram: new Array<number>(BINS).fill(0),
  ventiles: [],
};

function countRuns(sorted: Float32Array, count: number): { distinct: number; mode: number } {
  let distinct = 0;
  let longest = 0;
  let candidates: number[] = [];
  for (let start = 0; start < count;) {
    let end = start + 1;
    while (end < count && sorted[end] === sorted[start]) end++;
    distinct++;
    if (end - start > longest) {
      longest = end - start;
      candidates = [];
    }
    if (end - start === longest) candidates.push(sorted[start]);
    start = end;
  }
  return { distinct, mode: candidates[Math.floor(candidates.length / 2)] };
}

function histogramOf(values: Float32Array, min: number, max: number): number[] {
  const counts = new Array<number>(BINS).fill(0);
  for (const value of values)
    counts[max > min ? Math.min(BINS - 1, Math.floor(((value - min) / (max - min)) * BINS)) : 0]++;
  return counts;
}
