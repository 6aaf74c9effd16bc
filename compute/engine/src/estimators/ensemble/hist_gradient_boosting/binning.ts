/** Where the bins of each feature lie: as scikit-learn's `_BinMapper` chooses them. */
import { type Kernels, RandomState } from '@pgml/kernels';
import type { TrainingData } from '../../../estimator.js';
import { withSortedColumn } from '../../../trees/sorted-column.js';
import { midpointPercentile } from '../../../robust/percentile.js';

/** Above so many rows, bins are chosen by so many of them. */
const MOST_ROWS = 200_000;
/** No threshold is infinite: an infinite value is above it. */
const ALMOST_INFINITE = 1e300;

/** The rows that bins are chosen by; undefined: all. */
export function binningSample(rows: number, seed: number): Uint32Array | undefined {
  return rows > MOST_ROWS ? new RandomState(seed).choice(rows, MOST_ROWS) : undefined;
}

/**
 * The cuts of one feature, ascending, at most `mostBins` - 1: bin b holds the values from cut b-1 up to, not including,
 * cut b. With few different values they lie half way between neighbours, otherwise at percentiles.
 */
export function cutsOf(
  data: TrainingData,
  feature: number,
  mostBins: number,
  sample: Uint32Array | undefined,
  kernels: Kernels,
): Float32Array {
  return withSortedColumn(data, feature, sample, kernels, (values) => {
    const few = differentValues(values, mostBins);
    const thresholds = few
      ? few.slice(1).map((value, index) => (few[index] + value) * 0.5)
      : Array.from({ length: mostBins - 1 }, (_, bin) => midpointPercentile(values, (bin + 1) * (100 / mostBins)));
    return Float32Array.from(thresholds, (threshold) => above(Math.min(ALMOST_INFINITE, threshold)));
  });
}

/** The different values, unless there are more than `most`. */
function differentValues(sorted: Float32Array, most: number): number[] | undefined {
  const different: number[] = [];
  for (const value of sorted)
    if (different.length === 0 || value !== different[different.length - 1]) {
      if (different.length === most) return undefined;
      different.push(value);
    }
  return different;
}

const bits = new Int32Array(1);
const single = new Float32Array(bits.buffer);

/** The least float32 above a number: of float32 values, those up to the number are those below it. */
export function above(value: number): number {
  single[0] = value;
  if (single[0] > value) return single[0];
  if (single[0] === 0) return 2 ** -149;
  bits[0] += single[0] > 0 ? 1 : -1;
  return single[0];
}
