/** Where the bins of each feature lie: LightGBM's greedy choice of bins with about as many rows each. */
import type { Kernels } from '@pgml/kernels';
import type { TrainingData } from '../../../estimator.js';
import { withSortedColumn } from '../../../trees/sorted-column.js';

export interface BinningRule {
  /** Bins of a feature, that of missing values included. */
  readonly maximumBins: number;
  readonly minimumRows: number;
}

/** Values this close to 0 are 0, which has a bin of its own. */
const ZERO = Math.fround(1e-35);

/** Different values, ascending, from `from` to `to` - 1, and how many rows have each. */
interface Runs {
  readonly values: Float32Array;
  readonly counts: Uint32Array;
  readonly from: number;
  readonly to: number;
}

/**
 * The cuts of one feature, ascending: bin b holds the values from cut b-1 up to, not including, cut b. Chosen by the rows of
 * `sample`, or by all.
 */
export function cutsOf(
  data: TrainingData,
  feature: number,
  rule: BinningRule,
  sample: Uint32Array | undefined,
  kernels: Kernels,
): Float32Array {
  return withSortedColumn(data, feature, sample, kernels, (sorted, all) => chooseCuts(sorted, all, rule));
}

/** The cuts for ascending values; with more rows in `all`, the others are missing. */
export function chooseCuts(sorted: Float32Array, all: number, { maximumBins, minimumRows }: BinningRule): Float32Array {
  const runs = runsOf(sorted);
  const bins = maximumBins - (sorted.length < all ? 1 : 0);
  const zero = firstFrom(runs, (value) => value > -ZERO);
  const positive = firstFrom(runs, (value) => value > ZERO);
  const below = { ...runs, to: zero };
  const above = { ...runs, from: positive };
  const [rowsBelow, rowsAbove] = [rowsOf(below), rowsOf(above)];
  const cuts: number[] = [];
  if (rowsBelow > 0 && bins > 1) {
    const share = Math.max(1, Math.trunc((rowsBelow / (rowsBelow + rowsAbove)) * (bins - 1)));
    cuts.push(...greedyCuts(below, share, minimumRows), -ZERO);
  }
  const left = bins - 1 - cuts.length;
  if (rowsAbove > 0 && left > 0) cuts.push(ZERO, ...greedyCuts(above, left, minimumRows));
  return Float32Array.from(withoutEmpty(cuts, runs));
}

function runsOf(sorted: Float32Array): Runs {
  const values = new Float32Array(sorted.length);
  const counts = new Uint32Array(sorted.length);
  let to = 0;
  for (let i = 0; i < sorted.length; i++) {
    const value = sorted[i];
    if (to === 0 || values[to - 1] !== value) values[to++] = value;
    counts[to - 1]++;
  }
  return { values, counts, from: 0, to };
}

function firstFrom({ values, from, to }: Runs, is: (value: number) => boolean): number {
  let index = from;
  while (index < to && !is(values[index])) index++;
  return index;
}

function rowsOf({ counts, from, to }: Runs): number {
  let rows = 0;
  for (let index = from; index < to; index++) rows += counts[index];
  return rows;
}

/** Cuts between runs into at most `mostBins` bins of at least `minimumRows` rows, where values allow it. */
function greedyCuts(runs: Runs, mostBins: number, minimumRows: number): number[] {
  const { values, counts, from, to } = runs;
  const cuts: number[] = [];
  const cutAfter = (index: number): void => {
    const cut = firstAbove((values[index] + values[index + 1]) / 2);
    if (cuts.length === 0 || cut > cuts[cuts.length - 1]) cuts.push(cut);
  };
  let rows = 0;
  if (to - from <= mostBins) {
    for (let index = from; index + 1 < to; index++) {
      rows += counts[index];
      if (rows < minimumRows) continue;
      cutAfter(index);
      rows = 0;
    }
    return cuts;
  }
  const all = rowsOf(runs);
  const bins = Math.max(1, Math.min(mostBins, Math.floor(all / minimumRows)));
  // A value with as many rows as a bin has on average gets a bin of its own; the others share what is left.
  const isBig = (index: number): boolean => counts[index] >= all / bins;
  let binsLeft = bins;
  let rowsLeft = all;
  for (let index = from; index < to; index++)
    if (isBig(index)) {
      binsLeft--;
      rowsLeft -= counts[index];
    }
  let mean = rowsLeft / binsLeft;
  for (let index = from; index + 1 < to; index++) {
    const big = isBig(index);
    if (!big) rowsLeft -= counts[index];
    rows += counts[index];
    if (!(big || rows >= mean || (isBig(index + 1) && rows >= Math.max(1, mean / 2)))) continue;
    cutAfter(index);
    if (cuts.length >= bins - 1) break;
    rows = 0;
    if (big) continue;
    binsLeft--;
    mean = rowsLeft / binsLeft;
  }
  return cuts;
}

/** Cuts that have values on both sides, and no two of which have no value between them. */
function withoutEmpty(cuts: readonly number[], { values, to }: Runs): number[] {
  const kept: number[] = [];
  let run = 0;
  for (const cut of cuts) {
    const before = run;
    while (run < to && values[run] < cut) run++;
    if (run > before && run < to) kept.push(cut);
  }
  return kept;
}

/** The least float32 not below a number: the cut for which the values below it are the values below the number. */
function firstAbove(value: number): number {
  const rounded = Math.fround(value);
  if (rounded >= value) return rounded;
  const words = new Int32Array(Float32Array.of(rounded).buffer);
  if (rounded === 0) return 2 ** -149;
  words[0] += rounded > 0 ? 1 : -1;
  return new Float32Array(words.buffer)[0];
}
