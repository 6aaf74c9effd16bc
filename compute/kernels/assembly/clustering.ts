// k-means: assigning rows to centroids, in f64, two rows to a register. Every row's numbers come out the same
// whichever lane it stands in. Features are read through panels (panel.ts), so rows and centroids are shifted alike.
import { loadPanel, PANEL_COLUMN_BYTES, PANEL_ROWS } from './panel';

/**
 * One half of Lloyd's step, over the rows first … last - 1: each row goes to its nearest centroid (the first of
 * equals), and is added to that centroid's sum.
 *
 * `centroids` is f64[clusters][features]; `halves` f64[clusters] is half of each one's squared length. Writes
 * `labels`, i32 for every row of the data. Adds to `totals`: f64[clusters][features] sums of rows, then f64[clusters]
 * counts of rows, then the number of labels that changed. `scratch` is f64[features + 2][64].
 */
export function assignCentroids(
  columns: usize, features: usize, shifts: usize, scales: usize, first: usize, last: usize,
  centroids: usize, halves: usize, clusters: usize, labels: usize, scratch: usize, totals: usize,
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
      const count = counts + (<usize>label << 3);
      store<f64>(count, load<f64>(count) + 1);
      let sum = totals + ((<usize>label * features) << 3);
      let value = scratch + (r << 3);
      for (let f: usize = 0; f < features; f++) {
        store<f64>(sum, load<f64>(sum) + load<f64>(value));
        sum += 8;
        value += PANEL_COLUMN_BYTES;
      }
    }
  }
}

/**
 * For all 64 rows of a panel, the least |c|²/2 - x·c (half the squared distance, less what does not depend on c) to
 * `best` and its centroid's number to `winners`, both f64[64].
 */
function nearestCentroids(
  panel: usize, features: usize, centroids: usize, halves: usize, clusters: usize, best: usize, winners: usize,
): void {
  for (let r: usize = 0; r < PANEL_COLUMN_BYTES; r += 64) {
    let best0 = f64x2.splat(Infinity);
    let best1 = best0;
    let best2 = best0;
    let best3 = best0;
    let winner0 = f64x2.splat(0);
    let winner1 = winner0;
    let winner2 = winner0;
    let winner3 = winner0;
    let centroid = centroids;
    for (let k: usize = 0; k < clusters; k++) {
      let s0 = v128.load64_splat(halves + (k << 3));
      let s1 = s0;
      let s2 = s0;
      let s3 = s0;
      let values = panel + r;
      for (let f: usize = 0; f < features; f++) {
        const c = v128.load64_splat(centroid);
        s0 = f64x2.sub(s0, f64x2.mul(c, v128.load(values)));
        s1 = f64x2.sub(s1, f64x2.mul(c, v128.load(values, 16)));
        s2 = f64x2.sub(s2, f64x2.mul(c, v128.load(values, 32)));
        s3 = f64x2.sub(s3, f64x2.mul(c, v128.load(values, 48)));
        centroid += 8;
        values += PANEL_COLUMN_BYTES;
      }
      const number = f64x2.splat(<f64>k);
      const less0 = f64x2.lt(s0, best0);
      const less1 = f64x2.lt(s1, best1);
      const less2 = f64x2.lt(s2, best2);
      const less3 = f64x2.lt(s3, best3);
      best0 = v128.bitselect(s0, best0, less0);
      best1 = v128.bitselect(s1, best1, less1);
      best2 = v128.bitselect(s2, best2, less2);
      best3 = v128.bitselect(s3, best3, less3);
      winner0 = v128.bitselect(number, winner0, less0);
      winner1 = v128.bitselect(number, winner1, less1);
      winner2 = v128.bitselect(number, winner2, less2);
      winner3 = v128.bitselect(number, winner3, less3);
    }
    v128.store(best + r, best0);
    v128.store(best + r, best1, 16);
    v128.store(best + r, best2, 32);
    v128.store(best + r, best3, 48);
    v128.store(winners + r, winner0);
    v128.store(winners + r, winner1, 16);
    v128.store(winners + r, winner2, 32);
    v128.store(winners + r, winner3, 48);
  }
}

/**
 * Squared distances of the rows first … last - 1 to `centroid`, f64[features], each no larger than what stands in
 * `limits` (f64 for every row of the data); written to `out` (the same shape, may be `limits` itself), and their sum
 * added to `total`. `scratch` is f64[features + 1][64].
 */
export function limitedDistances(
  columns: usize, features: usize, shifts: usize, scales: usize, first: usize, last: usize,
  centroid: usize, limits: usize, out: usize, scratch: usize, total: usize,
): void {
  const distances = scratch + features * PANEL_COLUMN_BYTES;
  let sum: f64 = 0;
  for (let start = first; start < last; start += PANEL_ROWS) {
    const rows = min(PANEL_ROWS, last - start);
    loadPanel(columns, features, shifts, scales, start, rows, scratch);
    for (let r: usize = 0; r < PANEL_COLUMN_BYTES; r += 32) {
      let d0 = f64x2.splat(0);
      let d1 = d0;
      let values = scratch + r;
      for (let f: usize = 0; f < features; f++) {
        const c = v128.load64_splat(centroid + (f << 3));
        const difference0 = f64x2.sub(v128.load(values), c);
        const difference1 = f64x2.sub(v128.load(values, 16), c);
        d0 = f64x2.add(d0, f64x2.mul(difference0, difference0));
        d1 = f64x2.add(d1, f64x2.mul(difference1, difference1));
        values += PANEL_COLUMN_BYTES;
      }
      v128.store(distances + r, d0);
      v128.store(distances + r, d1, 16);
    }
    for (let r: usize = 0; r < rows; r++) {
      const at = (start + r) << 3;
      const distance = min(load<f64>(limits + at), load<f64>(distances + (r << 3)));
      store<f64>(out + at, distance);
      sum += distance;
    }
  }
  store<f64>(total, load<f64>(total) + sum);
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
