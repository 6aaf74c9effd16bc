// k-means: assigning rows to centroids, in f64, two rows to a register. Every row's numbers come out the same
// whichever lane it stands in. Features are read through panels (panel.ts), so rows and centroids are shifted alike.
import { loadPanel, PANEL_COLUMN_BYTES, PANEL_ROWS } from '../algebra/panel';

/**
 * One half of Lloyd's step, over the rows first … last - 1: each row goes to its nearest centroid (the first of
 * equals), and is added to that centroid's sum, times its weight: f32 for every row of the data at `weights`, or 0 where
 * all weigh 1.
 *
 * `centroids` is f64[clusters][features]; `halves` f64[clusters] is half of each one's squared length. Writes
 * `labels`, i32 for every row of the data. Adds to `totals`: f64[clusters][features] sums of rows, then f64[clusters]
 * weights of rows, then the number of labels that changed. `scratch` is f64[features + 2][64].
 */
export function assignCentroids(
  columns: usize, features: usize, shifts: usize, scales: usize, first: usize, last: usize,
  centroids: usize, halves: usize, clusters: usize, labels: usize, weights: usize, scratch: usize, totals: usize,
): void {
  const best = scratch + features * PANEL_COLUMN_BYTES;
  const winners = best + PANEL_COLUMN_BYTES;
  const counts = totals + ((clusters * features) << 3);
  const changes = counts + (clusters << 3);
  for (let start = first; start < last; start += PANEL_ROWS) {
    const rows = min(PANEL_ROWS, last - start);
    loadPanel(columns, features, shifts, scales, start, rows, scratch);
    nearestCentroids(scratch, features, centroids, halves, clusters, best, winners);
    for (let r: usize = 0; r < rows; r++) {
      const label = <i32>load<f64>(winners + (r << 3));
      const at = labels + ((start + r) << 2);
      if (load<i32>(at) != label) {
        store<i32>(at, label);
        store<f64>(changes, load<f64>(changes) + 1);
      }
      const weight: f64 = weights == 0 ? 1 : <f64>load<f32>(weights + ((start + r) << 2));
      const count = counts + (<usize>label << 3);
      store<f64>(count, load<f64>(count) + weight);
      let sum = totals + ((<usize>label * features) << 3);
      let value = scratch + (r << 3);
      for (let f: usize = 0; f < features; f++) {
        store<f64>(sum, load<f64>(sum) + weight * load<f64>(value));
        sum += 8;
        value += PANEL_COLUMN_BYTES;
      }
    }
  }
}

/**
 * For all 64 rows of a panel, the least |c|²/2 - x·c (half the squared distance, less what does not depend on c) to
 * `best` and its centroid's number to `winners`, both f64[64]. Two centroids against eight rows at a time: eight sums
 * that do not wait for each other, for ten numbers loaded.
 */
function nearestCentroids(
  panel: usize, features: usize, centroids: usize, halves: usize, clusters: usize, best: usize, winners: usize,
): void {
  const centroidBytes = features << 3;
  for (let r: usize = 0; r < PANEL_COLUMN_BYTES; r += 64) {
    const bestHere = best + r;
    const winnersHere = winners + r;
    for (let at: usize = 0; at < 64; at += 16) v128.store(bestHere + at, f64x2.splat(Infinity));
    memory.fill(winnersHere, 0, 64);
    for (let k: usize = 0; k < clusters; k += 2) {
      // An odd last centroid is its own partner: an equal sum does not win.
      const partner = min(k + 1, clusters - 1);
      let a = centroids + k * centroidBytes;
      let b = centroids + partner * centroidBytes;
      let a0 = v128.load64_splat(halves + (k << 3));
      let a1 = a0;
      let a2 = a0;
      let a3 = a0;
      let b0 = v128.load64_splat(halves + (partner << 3));
      let b1 = b0;
      let b2 = b0;
      let b3 = b0;
      let values = panel + r;
      for (const end = values + features * PANEL_COLUMN_BYTES; values < end; values += PANEL_COLUMN_BYTES) {
        const x0 = v128.load(values);
        const x1 = v128.load(values, 16);
        const x2 = v128.load(values, 32);
        const x3 = v128.load(values, 48);
        const ca = v128.load64_splat(a);
        const cb = v128.load64_splat(b);
        a0 = f64x2.sub(a0, f64x2.mul(ca, x0));
        a1 = f64x2.sub(a1, f64x2.mul(ca, x1));
        a2 = f64x2.sub(a2, f64x2.mul(ca, x2));
        a3 = f64x2.sub(a3, f64x2.mul(ca, x3));
        b0 = f64x2.sub(b0, f64x2.mul(cb, x0));
        b1 = f64x2.sub(b1, f64x2.mul(cb, x1));
        b2 = f64x2.sub(b2, f64x2.mul(cb, x2));
        b3 = f64x2.sub(b3, f64x2.mul(cb, x3));
        a += 8;
        b += 8;
      }
      const first = f64x2.splat(<f64>k);
      const second = f64x2.splat(<f64>partner);
      keepLess(bestHere, winnersHere, a0, first, b0, second);
      keepLess(bestHere + 16, winnersHere + 16, a1, first, b1, second);
      keepLess(bestHere + 32, winnersHere + 32, a2, first, b2, second);
      keepLess(bestHere + 48, winnersHere + 48, a3, first, b3, second);
    }
  }
}

/** Lets the scores `a` and then `b` replace what is larger at `best`, with the numbers they belong to at `winners`. */
// @ts-ignore: decorator
@inline
function keepLess(best: usize, winners: usize, a: v128, aNumber: v128, b: v128, bNumber: v128): void {
  const least = v128.load(best);
  const aLess = f64x2.lt(a, least);
  const withA = v128.bitselect(a, least, aLess);
  const bLess = f64x2.lt(b, withA);
  v128.store(best, v128.bitselect(b, withA, bLess));
  v128.store(winners, v128.bitselect(bNumber, v128.bitselect(aNumber, v128.load(winners), aLess), bLess));
}

/**
 * Squared distances of the rows first … last - 1 to each of `count` points, f64[count][features], none larger than what
 * stands in `limits` (f64 for every row of the data). Those to point k are written to `out` + k * `stride` (the same
 * shape as `limits`; it may be that itself for a single point), and their sum added to the k-th total. `scratch` is
 * f64[features + 1][64].
 */
export function limitedDistances(
  columns: usize, features: usize, shifts: usize, scales: usize, first: usize, last: usize,
  count: usize, points: usize, limits: usize, out: usize, stride: usize, scratch: usize, totals: usize,
): void {
  const distances = scratch + features * PANEL_COLUMN_BYTES;
  for (let start = first; start < last; start += PANEL_ROWS) {
    const rows = min(PANEL_ROWS, last - start);
    loadPanel(columns, features, shifts, scales, start, rows, scratch);
    for (let k: usize = 0; k < count; k++) {
      distancesInPanel(scratch, features, points + ((k * features) << 3), distances);
      let sum = load<f64>(totals + (k << 3));
      for (let r: usize = 0; r < rows; r++) {
        const at = (start + r) << 3;
        const distance = min(load<f64>(limits + at), load<f64>(distances + (r << 3)));
        store<f64>(out + k * stride + at, distance);
        sum += distance;
      }
      store<f64>(totals + (k << 3), sum);
    }
  }
}

/** Writes f64[64]: the squared distances of a panel's rows to `point`, f64[features]. */
function distancesInPanel(panel: usize, features: usize, point: usize, distances: usize): void {
  for (let r: usize = 0; r < PANEL_COLUMN_BYTES; r += 64) {
    let d0 = f64x2.splat(0);
    let d1 = d0;
    let d2 = d0;
    let d3 = d0;
    let values = panel + r;
    for (let f: usize = 0; f < features; f++) {
      const c = v128.load64_splat(point + (f << 3));
      const difference0 = f64x2.sub(v128.load(values), c);
      const difference1 = f64x2.sub(v128.load(values, 16), c);
      const difference2 = f64x2.sub(v128.load(values, 32), c);
      const difference3 = f64x2.sub(v128.load(values, 48), c);
      d0 = f64x2.add(d0, f64x2.mul(difference0, difference0));
      d1 = f64x2.add(d1, f64x2.mul(difference1, difference1));
      d2 = f64x2.add(d2, f64x2.mul(difference2, difference2));
      d3 = f64x2.add(d3, f64x2.mul(difference3, difference3));
      values += PANEL_COLUMN_BYTES;
    }
    v128.store(distances + r, d0);
    v128.store(distances + r, d1, 16);
    v128.store(distances + r, d2, 32);
    v128.store(distances + r, d3, 48);
  }
}

/**
 * Squared distances of the rows first … last - 1 to the centroids that `labels` names: written to `out`, f64 for
 * every row of the data, and their sum added to `total`. `scratch` is f64[features][64].
 */
export function labelledDistances(
  columns: usize, features: usize, shifts: usize, scales: usize, first: usize, last: usize,
  centroids: usize, labels: usize, out: usize, scratch: usize, total: usize,
): void {
  let sum: f64 = 0;
  for (let start = first; start < last; start += PANEL_ROWS) {
    const rows = min(PANEL_ROWS, last - start);
    loadPanel(columns, features, shifts, scales, start, rows, scratch);
    for (let r: usize = 0; r < rows; r++) {
      const row = start + r;
      const centroid = centroids + ((<usize>load<i32>(labels + (row << 2)) * features) << 3);
      let distance: f64 = 0;
      for (let f: usize = 0; f < features; f++) {
        const difference = load<f64>(scratch + f * PANEL_COLUMN_BYTES + (r << 3)) - load<f64>(centroid + (f << 3));
        distance += difference * difference;
      }
      store<f64>(out + (row << 3), distance);
      sum += distance;
    }
  }
  store<f64>(total, load<f64>(total) + sum);
}

/**
 * The nearest centroid, the first of equals, of rows of f32[][features] by number: for each of `chosen`, u32[count], its
 * label goes to `labels`, u32[count], and its squared distance to `distances`, f64[count]. `centroids` is
 * f64[features][stride], a column for each cluster and whatever else fills it up to `stride`, a multiple of 4.
 */
export function nearestCentroidsOf(
  rows: usize, features: usize, chosen: usize, count: usize, centroids: usize, clusters: usize, stride: usize, labels: usize,
  distances: usize,
): void {
  const strideBytes = stride << 3;
  for (let i: usize = 0; i < count; i++) {
    const row = rows + ((<usize>load<u32>(chosen + (i << 2)) * features) << 2);
    let best: f64 = Infinity;
    let label: usize = 0;
    for (let c: usize = 0; c < clusters; c += 4) {
      let low = f64x2.splat(0);
      let high = low;
      let column = centroids + (c << 3);
      for (let f: usize = 0; f < features; f++) {
        const value = f64x2.splat(<f64>load<f32>(row + (f << 2)));
        const lowDifference = f64x2.sub(value, v128.load(column));
        const highDifference = f64x2.sub(value, v128.load(column, 16));
        low = f64x2.add(low, f64x2.mul(lowDifference, lowDifference));
        high = f64x2.add(high, f64x2.mul(highDifference, highDifference));
        column += strideBytes;
      }
      for (let k: usize = 0; k < 4 && c + k < clusters; k++) {
        const pair = k < 2 ? low : high;
        const distance = (k & 1) == 0 ? f64x2.extract_lane(pair, 0) : f64x2.extract_lane(pair, 1);
        if (distance < best) {
          best = distance;
          label = c + k;
        }
      }
    }
    store<u32>(labels + (i << 2), <u32>label);
    store<f64>(distances + (i << 3), best);
  }
}
