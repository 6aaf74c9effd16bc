/** Training data as bins: what histogram growers see instead of values. */
import type { FitContext, TrainingData } from '../estimator.js';
import { pieces } from './stretch.js';

/** The bin in which missing values lie, in features that have any. */
export const MISSING_BIN = 255;
/** Set in a feature's entry of `binCounts` when values are missing, and when bins are categories. */
const HAS_MISSING = 65536;
const ONE_CATEGORY = 131072;
const CATEGORIES = 262144;

/** What the kernel cutColumn writes for a feature: f32[256] cuts, u32 bins, f32 below, f32 above; padded. */
const CUT_BYTES = 1088;
const CUTS = 256;
const BIN_COUNT_OFFSET = 1024;

/** Rows that one call of a kernel works through. */
const SKETCH_ROWS = 262144;
const BIN_ROWS = 8192;
/** Values that are put into bins between two looks at whether the caller gave up. */
const VALUES_PER_CHECKPOINT = 1 << 22;

/**
 * Bytes from one row of bins to the next. Short rows are a power of two long, so that none lies across two cache lines:
 * rows are read in random order. A multiple of 4 in any case.
 */
function strideOf(features: number): number {
  return features > 32 ? Math.ceil(features / 4) * 4 : Math.max(4, 2 ** (32 - Math.clz32(features - 1)));
}

/** Addresses are in kernel memory; 2 bytes for each value, or up to 3 with fewer than 32 features. */
export interface BinnedData {
  readonly rows: number;
  readonly features: number;
  /** u8[rows][stride] */
  readonly byRow: number;
  readonly stride: number;
  /** u8[features][rows] */
  readonly byColumn: number;
  /**
   * u32[features]: bins of present values, plus 65536 if some are missing, plus what the kernels' split.ts says of
   * categories.
   */
  readonly binCounts: number;
  /** Whether values of the feature are missing. */
  hasMissing(feature: number): boolean;
  /** Bins that hold present values. */
  bins(feature: number): number;
  /** Whether some features' categories are split off several together. */
  readonly hasCategories: boolean;
  /**
   * The threshold that separates bins 0 … bin from those above. -1 and the last bin are allowed: all present values lie
   * on one side then.
   */
  threshold(feature: number, bin: number): number;
}

/** How features are cut into bins, where not all rows count 1 or not all features are numbers. */
export interface Binning {
  /** Address of f32[rows]: what rows count in choosing the cuts. */
  readonly weights?: number | undefined;
  /** How many categories a feature has, whose values are codes 0 … n then; 0 for numbers. All are numbers unless given. */
  categories?(feature: number): number;
  /** Features of so many bins and more have categories split off several together, those of fewer one by one. */
  readonly leastBinsForSets?: number;
  /** Cuts features in the order of their values (u32[rows], as sortColumn of the kernels gives it) by hessians. */
  readonly sorted?: SortedBinning;
}

export interface SortedBinning {
  readonly columns: readonly SortedColumn[];
  /** Address of f32[rows][2], gradient and hessian. */
  readonly gradients: number;
}

/** The rows in which a feature is not missing, by value: u32[count]. */
export interface SortedColumn {
  readonly order: number;
  readonly count: number;
}

/**
 * Cuts every feature into at most `maximumBins` (2 to 256) bins and puts every value into its bin. Where values are
 * missing, one of 256 bins is theirs. Every category is a bin: there may be 254. Reports progress from 0 to 1 to `report`.
 */
export function binData(
  data: TrainingData,
  maximumBins: number,
  context: Pick<FitContext, 'kernels' | 'team'>,
  report: (progress: number) => void,
  binning: Binning = {},
): BinnedData {
  const { kernels } = context;
  const { rows, features } = data;
  const stride = strideOf(features);
  const byRow = kernels.allocate(rows * stride + 32);
  const byColumn = kernels.allocate(rows * features);
  const cuts = kernels.allocate(features * CUT_BYTES);
  const binCounts = kernels.allocate(4 * features);
  const reportCuts = (part: number) => report(0.5 * part);
  if (binning.sorted) cutSortedFeatures(data, maximumBins, cuts, context, binning.sorted, binning.weights ?? 0);
  else cutFeatures(data, maximumBins, cuts, context, reportCuts, binning.weights ?? 0);
  const counts = kernels.u32(binCounts, features);
  for (let feature = 0; feature < features; feature++) {
    const count = kernels.u32(cuts + feature * CUT_BYTES + BIN_COUNT_OFFSET, 1);
    const categories = binning.categories?.(feature) ?? 0;
    if (categories > 0) {
      // Cuts between the codes, so that a code is the number of its bin.
      kernels.f32(cuts + feature * CUT_BYTES, CUTS).fill(Number.NaN);
      for (let code = 1; code <= categories; code++) kernels.f32(cuts + feature * CUT_BYTES, CUTS)[code - 1] = code;
      const together = categories + 1 >= (binning.leastBinsForSets ?? 0);
      count[0] = categories + 1 + (count[0] & HAS_MISSING) + (together ? CATEGORIES : ONE_CATEGORY);
    }
    counts[feature] = count[0];
  }
  fillBins(data, cuts, { byRow, stride, byColumn }, context, (part) => report(0.5 + 0.5 * part));
  return binned(data, { byRow, stride, byColumn, binCounts, cuts }, kernels);
}

/** Where the parts of binned data lie. */
type Places = Pick<BinnedData, 'byRow' | 'stride' | 'byColumn' | 'binCounts'> & { readonly cuts: number };

function binned(
  { rows, features }: Pick<TrainingData, 'rows' | 'features'>,
  { cuts, ...places }: Places,
  kernels: FitContext['kernels'],
): BinnedData {
  const counts = kernels.u32(places.binCounts, features);
  return {
    rows,
    features,
    ...places,
    hasMissing: (feature) => (counts[feature] & HAS_MISSING) !== 0,
    bins: (feature) => counts[feature] % HAS_MISSING,
    hasCategories: counts.some((count) => count >= CATEGORIES),
    threshold: (feature, bin) => {
      const record = kernels.f32(cuts + feature * CUT_BYTES, CUTS + 3);
      if (bin < 0) return record[CUTS + 1];
      return bin === (counts[feature] % HAS_MISSING) - 1 ? record[CUTS + 2] : record[bin];
    },
  };
}

/**
 * Puts every value into its bin between given cuts, ascending: a feature with n of them has n + 1 bins, at most 256, or
 * 255 where values are missing. Reports progress from 0 to 1 to `report`.
 */
export function binByCuts(
  data: TrainingData,
  cutsOf: (feature: number) => Float32Array,
  context: Pick<FitContext, 'kernels' | 'team'>,
  report: (progress: number) => void,
): BinnedData {
  const { kernels } = context;
  const { rows, features } = data;
  const stride = strideOf(features);
  const places = {
    byRow: kernels.allocate(rows * stride + 32),
    stride,
    byColumn: kernels.allocate(rows * features),
    cuts: kernels.allocate(features * CUT_BYTES),
    binCounts: kernels.allocate(4 * features),
  };
  for (let feature = 0; feature < features; feature++) {
    report((0.5 * feature) / features);
    const chosen = cutsOf(feature);
    const record = places.cuts + feature * CUT_BYTES;
    kernels.f32(record, CUTS).fill(Number.NaN).set(chosen);
    // Everything present lies below NaN, and above -Infinity or at it.
    kernels.f32(record, CUTS + 3).set([-Infinity, Number.NaN], CUTS + 1);
    const missing = hasMissing(data.column(feature)) ? HAS_MISSING : 0;
    kernels.u32(places.binCounts, features)[feature] = chosen.length + 1 + missing;
  }
  fillBins(data, places.cuts, places, context, (part) => report(0.5 + 0.5 * part));
  return binned(data, places, kernels);
}

function hasMissing(values: Float32Array): boolean {
  for (const value of values) if (Number.isNaN(value)) return true;
  return false;
}

/** Finds the cuts of every feature in the order of its values, for rows that count what their hessians say. */
function cutSortedFeatures(
  data: TrainingData,
  maximumBins: number,
  cuts: number,
  { kernels, team }: Pick<FitContext, 'kernels' | 'team'>,
  { columns, gradients }: SortedBinning,
  weights: number,
): void {
  const mark = kernels.mark();
  const bytes = 4 * (maximumBins + 1);
  const values = kernels.allocate(bytes * data.features);
  team.run(
    'cutSorted',
    columns.map(({ order, count }, feature) => [
      ...[order, count, data.columnPointer(feature), data.rows, gradients, weights, maximumBins],
      ...[values + bytes * feature, cuts + feature * CUT_BYTES],
    ]),
  );
  kernels.release(mark);
}

/** Finds the cuts of every feature, as many features at once as there are threads. */
function cutFeatures(
  data: TrainingData,
  maximumBins: number,
  cuts: number,
  { kernels, team }: Pick<FitContext, 'kernels' | 'team'>,
  report: (progress: number) => void,
  weights: number,
): void {
  const { rows, features } = data;
  const mark = kernels.mark();
  const bytes = kernels.run.sketchBytes(rows, maximumBins) as number;
  const sketches = Array.from({ length: Math.min(team.size, features) }, () => kernels.allocate(bytes));
  for (let first = 0; first < features; first += sketches.length) {
    const here = sketches.slice(0, features - first).map((sketch, index) => ({
      sketch,
      column: data.columnPointer(first + index),
      cut: cuts + (first + index) * CUT_BYTES,
    }));
    const runEach = (kernel: string, argumentsOf: (one: (typeof here)[number]) => number[]) =>
      team.run(kernel, here.map(argumentsOf));
    runEach('startSketch', ({ sketch, column }) => [sketch, column, rows, maximumBins]);
    for (let from = 0; from < rows; from += SKETCH_ROWS) {
      report(first / features);
      const to = Math.min(rows, from + SKETCH_ROWS);
      runEach('sketchRows', ({ sketch, column }) => [sketch, column, weights, from, to]);
    }
    runEach('cutColumn', ({ sketch, cut }) => [sketch, rows, cut]);
  }
  kernels.release(mark);
}

/** Puts every value into its bin, in both layouts. */
function fillBins(
  data: TrainingData,
  cuts: number,
  { byRow, stride, byColumn }: Pick<BinnedData, 'byRow' | 'stride' | 'byColumn'>,
  { kernels, team }: Pick<FitContext, 'kernels' | 'team'>,
  report: (progress: number) => void,
): void {
  const { rows, features } = data;
  const mark = kernels.mark();
  const columns = kernels.allocate(4 * features);
  kernels.u32(columns, features).set(Array.from({ length: features }, (_, feature) => data.columnPointer(feature)));
  const common = [columns, features, cuts, CUT_BYTES, byRow, stride, byColumn, rows];
  const calls = pieces({ from: 0, to: rows }, BIN_ROWS).map(({ from, to }) => [...common, from, to]);
  const callsAtOnce = Math.max(1, Math.floor(VALUES_PER_CHECKPOINT / (BIN_ROWS * features)));
  for (let next = 0; next < calls.length; next += callsAtOnce) {
    report(next / calls.length);
    team.run('binRows', calls.slice(next, next + callsAtOnce));
  }
  kernels.release(mark);
}
