// From values to bins: where the cuts lie, and which bin a value falls into.
//
// The cuts are those of xgboost's `hist` method: a weighted quantile sketch of each column (Chen & Guestrin, "XGBoost: A
// Scalable Tree Boosting System", 2016, appendix; after Zhang & Wang, "A Fast Algorithm for Approximate Quantiles in
// High Speed Data Streams", 2007) with its sizes, its order of merges and its f32 ranks, so that the same data give the
// same cuts. A column with no more different values than bins gets a bin for each value.
//
// A summary is f32[size][4]: for one value the least and the greatest rank it can have, its weight, and the value.
// Ranks count rows, or weigh them; the rank of a value is the number (the weight) of rows before it.

import { COUNTERS_BYTES, countKey, keyOf, sortPairs, valueOf } from './sort';

export const HAS_MISSING: u32 = 65536;

// The state of one column's sketch; offsets in bytes from its start.
//   0    u32 limit: entries of a summary
//   4    u32 entries in the queue, at most 2 limit
//   8    u32 levels in use
//   12   u32 values (rows that are not missing)
//   16   u32 most bins that values may have
//   64   u32[32] entries of each level
//   192  counters of the radix sort, u32[3][2048]
//   then queue and spare of the sort, {u32 key, f32 weight}[2 limit] each; two working summaries of 2 limit entries; and
//   the summary of each level, limit entries each.
const LEVEL_SIZES: usize = 64;
const COUNTERS: usize = 192;
const QUEUE: usize = COUNTERS + COUNTERS_BYTES;

// @ts-ignore: decorator
@inline
function limitOf(sketch: usize): usize {
  return load<u32>(sketch);
}
function spareOf(sketch: usize): usize {
  return sketch + QUEUE + (limitOf(sketch) << 4);
}
function firstSummary(sketch: usize): usize {
  return sketch + QUEUE + (limitOf(sketch) << 5);
}
function secondSummary(sketch: usize): usize {
  return firstSummary(sketch) + (limitOf(sketch) << 5);
}
function levelSummary(sketch: usize, level: usize): usize {
  return secondSummary(sketch) + (limitOf(sketch) << 5) + level * (limitOf(sketch) << 4);
}

/** The accuracy is eight times finer than the bins; a summary grows with the number of levels that errors add up over. */
function summaryLimit(values: usize, bins: usize): usize {
  return limitAndLevels(values, bins) >> 8;
}
function levelCount(values: usize, bins: usize): usize {
  return limitAndLevels(values, bins) & 255;
}
function limitAndLevels(values: usize, bins: usize): usize {
  const epsilon = <f64>1 / <f64>(<f32>max<usize>(1, min(bins, values)) * 8);
  let levels: usize = 0;
  let limit: usize = 0;
  do {
    levels++;
    limit = min(max<usize>(values, 1), <usize>ceil<f64>(<f64>levels / epsilon) + 1);
  } while (limit << levels < values);
  return (limit << 8) | levels;
}

/** Bytes of working space for the sketch of a column of so many rows. */
export function sketchBytes(rows: usize, bins: usize): usize {
  return QUEUE + summaryLimit(rows, bins) * (32 + 64 + 16 * (levelCount(rows, bins) + 3));
}

/** Begins the sketch of a column with at most `bins` bins; one fewer where values are missing, whose bin is the 255th. */
export function startSketch(sketch: usize, column: usize, rows: usize, bins: usize): void {
  let values: usize = 0;
  for (let i: usize = 0; i < rows; i++) {
    const value = load<f32>(column + (i << 2));
    values += <usize>(value == value);
  }
  if (values < rows) bins = min<usize>(bins, 255);
  memory.fill(sketch, 0, COUNTERS);
  store<u32>(sketch, <u32>summaryLimit(values, bins));
  store<u32>(sketch, <u32>values, 12);
  store<u32>(sketch, <u32>bins, 16);
}

/** Adds rows from … to-1 of the column, each with its weight (f32[rows]), or with 1 if `weights` is 0. */
export function sketchRows(sketch: usize, column: usize, weights: usize, from: usize, to: usize): void {
  const capacity = limitOf(sketch) << 1;
  const queue = sketch + QUEUE;
  let tail: usize = load<u32>(sketch, 4);
  for (let i = from; i < to; i++) {
    const value = load<f32>(column + (i << 2));
    const weight: f32 = weights == 0 ? 1 : load<f32>(weights + (i << 2));
    if (value != value || weight == 0) continue;
    const key = keyOf(value);
    const last = queue + (tail << 3) - 8;
    if (tail > 0 && load<u32>(last) == key) {
      store<f32>(last, load<f32>(last, 4) + weight, 4);
      continue;
    }
    if (tail == capacity) {
      const size = summarizeQueue(sketch, tail, firstSummary(sketch));
      pushSummary(sketch, size);
      tail = 0;
    }
    const entry = queue + (tail++ << 3);
    store<u32>(entry, key);
    store<f32>(entry, weight, 4);
  }
  store<u32>(sketch, <u32>tail, 4);
}

// @ts-ignore: decorator
@inline
function storeEntry(entry: usize, least: f32, greatest: f32, weight: f32, value: f32): void {
  store<f32>(entry, least);
  store<f32>(entry, greatest, 4);
  store<f32>(entry, weight, 8);
  store<f32>(entry, value, 12);
}
/** The least rank of anything above the value of this entry. */
// @ts-ignore: decorator
@inline
function rankAfter(entry: usize): f32 {
  return load<f32>(entry) + load<f32>(entry, 8);
}
/** The greatest rank of anything below the value of this entry. */
// @ts-ignore: decorator
@inline
function rankBefore(entry: usize): f32 {
  return load<f32>(entry, 4) - load<f32>(entry, 8);
}
// @ts-ignore: decorator
@inline
function copyEntry(target: usize, source: usize): void {
  v128.store(target, v128.load(source));
}

/** Sorts the queue and makes the exact summary of it; returns its size. */
function summarizeQueue(sketch: usize, tail: usize, out: usize): usize {
  const sorted = sortQueue(sketch, tail);
  let size: usize = 0;
  let before: f32 = 0;
  for (let i: usize = 0; i < tail; ) {
    const key = load<u32>(sorted + (i << 3));
    let weight: f32 = 0;
    for (; i < tail && load<u32>(sorted + (i << 3)) == key; i++) weight += load<f32>(sorted + (i << 3), 4);
    storeEntry(out + (size << 4), before, before + weight, weight, valueOf(key));
    before += weight;
    size++;
  }
  return size;
}

/** Sorts by key; returns where the sorted queue lies. */
function sortQueue(sketch: usize, tail: usize): usize {
  const counters = sketch + COUNTERS;
  const queue = sketch + QUEUE;
  memory.fill(counters, 0, COUNTERS_BYTES);
  for (let i: usize = 0; i < tail; i++) countKey(counters, load<u32>(queue + (i << 3)));
  return sortPairs(queue, spareOf(sketch), tail, counters);
}

/** Takes the first working summary into the levels: a binary counter, where two of one level are merged into the next. */
function pushSummary(sketch: usize, size: usize): void {
  const limit = limitOf(sketch);
  const temporary = firstSummary(sketch);
  for (let level: usize = 1; ; level++) {
    if (load<u32>(sketch, 8) < <u32>level + 1) store<u32>(sketch, <u32>level + 1, 8);
    const levelSize = sketch + LEVEL_SIZES + (level << 2);
    const entries = levelSummary(sketch, level);
    if (load<u32>(levelSize) == 0) {
      store<u32>(levelSize, <u32>prune(temporary, size, limit, entries));
      return;
    }
    const zero = levelSummary(sketch, 0);
    const pruned = prune(temporary, size, limit, zero);
    size = combine(zero, pruned, entries, load<u32>(levelSize), temporary);
    if (size <= limit) {
      memory.copy(entries, temporary, size << 4);
      store<u32>(levelSize, <u32>size);
      return;
    }
    store<u32>(levelSize, 0);
  }
}

/** Keeps at most `limit` of the entries, those whose ranks lie nearest to an even grid; returns how many. */
function prune(source: usize, size: usize, limit: usize, target: usize): usize {
  if (size <= limit) {
    memory.copy(target, source, size << 4);
    return size;
  }
  const final = source + ((size - 1) << 4);
  const begin = load<f32>(source, 4);
  const range = load<f32>(final) - begin;
  const steps = limit - 1;
  copyEntry(target, source);
  let kept: usize = 1;
  let newest = source;
  let entry = source + 16;
  for (let k: usize = 1; k < steps; k++) {
    const doubleRank: f32 = 2 * ((<f32>k * range) / <f32>steps + begin);
    while (entry < final && doubleRank >= load<f32>(entry, 20) + load<f32>(entry, 16)) entry += 16;
    if (entry == final) break;
    const nearest = doubleRank < rankAfter(entry) + rankBefore(entry + 16) ? entry : entry + 16;
    if (nearest == newest) continue;
    copyEntry(target + (kept++ << 4), nearest);
    newest = nearest;
  }
  if (newest != final) copyEntry(target + (kept++ << 4), final);
  return kept;
}

/** Merges two summaries; returns the size. */
function combine(a: usize, aSize: usize, b: usize, bSize: usize, target: usize): usize {
  if (aSize == 0 || bSize == 0) {
    const size = aSize + bSize;
    memory.copy(target, aSize == 0 ? b : a, size << 4);
    return size;
  }
  const aEnd = a + (aSize << 4);
  const bEnd = b + (bSize << 4);
  let aBefore: f32 = 0;
  let bBefore: f32 = 0;
  let out = target;
  while (a < aEnd && b < bEnd) {
    const aValue = load<f32>(a, 12);
    const bValue = load<f32>(b, 12);
    if (aValue == bValue) {
      // All four numbers are sums, but the value; that is put right afterwards.
      v128.store(out, f32x4.add(v128.load(a), v128.load(b)));
      store<f32>(out, aValue, 12);
      aBefore = rankAfter(a);
      bBefore = rankAfter(b);
      a += 16;
      b += 16;
    } else if (aValue < bValue) {
      storeEntry(out, load<f32>(a) + bBefore, load<f32>(a, 4) + rankBefore(b), load<f32>(a, 8), aValue);
      aBefore = rankAfter(a);
      a += 16;
    } else {
      storeEntry(out, load<f32>(b) + aBefore, load<f32>(b, 4) + rankBefore(a), load<f32>(b, 8), bValue);
      bBefore = rankAfter(b);
      b += 16;
    }
    out += 16;
  }
  const bAll = load<f32>(bEnd - 12);
  for (; a < aEnd; a += 16, out += 16)
    storeEntry(out, load<f32>(a) + bBefore, load<f32>(a, 4) + bAll, load<f32>(a, 8), load<f32>(a, 12));
  const aAll = load<f32>(aEnd - 12);
  for (; b < bEnd; b += 16, out += 16)
    storeEntry(out, load<f32>(b) + aBefore, load<f32>(b, 4) + aAll, load<f32>(b, 8), load<f32>(b, 12));
  repairRanks(target, out);
  return (out - target) >> 4;
}

/** Rounding can put ranks out of order where they exceed 2^24: makes them ascend again. */
function repairRanks(entries: usize, end: usize): void {
  let least: f32 = 0;
  let greatest: f32 = 0;
  for (let entry = entries; entry < end; entry += 16) {
    least = max(least, load<f32>(entry));
    store<f32>(entry, least);
    greatest = max(max(greatest, load<f32>(entry, 4)), rankAfter(entry));
    store<f32>(entry, greatest, 4);
  }
}

/** The summary of all rows so far, in the second working space; returns its size. */
function finish(sketch: usize): usize {
  const limit = limitOf(sketch);
  const out = secondSummary(sketch);
  let size = summarizeQueue(sketch, load<u32>(sketch, 4), out);
  const zero = levelSummary(sketch, 0);
  const levels: usize = load<u32>(sketch, 8);
  let pruned = prune(out, size, limit, zero);
  for (let level: usize = 1; level < levels; level++) {
    const levelSize: usize = load<u32>(sketch + LEVEL_SIZES + (level << 2));
    if (levelSize == 0) continue;
    size = combine(zero, pruned, levelSummary(sketch, level), levelSize, out);
    pruned = prune(out, size, limit, zero);
  }
  memory.copy(out, zero, pruned << 4);
  return pruned;
}

/**
 * Ends the sketch. Writes f32[256], the cuts, ascending, the rest NaN; then u32 the number of bins, plus HAS_MISSING if
 * values are missing; then two f32, one below and one above all values. Bin b holds the values from cut b-1 up to, not
 * including, cut b.
 */
export function cutColumn(sketch: usize, rows: usize, out: usize): void {
  const values: usize = load<u32>(sketch, 12);
  const most: usize = load<u32>(sketch, 16);
  const missing: u32 = values < rows ? HAS_MISSING : 0;
  const full = secondSummary(sketch);
  const middle = firstSummary(sketch);
  const bins = min(values, most);
  let size: usize = 0;
  // Rows whose weights are all 0 leave nothing to cut at.
  if (values > 0 && (load<u32>(sketch, 4) > 0 || load<u32>(sketch, 8) > 0)) {
    const middleSize = prune(full, finish(sketch), min(values, most << 3), middle);
    size = prune(middle, middleSize, bins + 1, full);
  }
  storeCuts(full + 12, 16, size, bins, missing, out);
}

/** Writes what cutColumn writes: of `size` values, `step` bytes apart and ascending, cuts for at most `bins` bins. */
export function storeCuts(values: usize, step: usize, size: usize, bins: usize, missing: u32, out: usize): void {
  for (let i: usize = 0; i < 256; i++) store<f32>(out + (i << 2), NaN);
  if (size == 0) {
    store<u32>(out, missing == 0 ? 1 : missing, 1024);
    store<f32>(out, 0, 1028);
    store<f32>(out, 0, 1032);
    return;
  }
  let cuts: usize = 0;
  for (let i: usize = 1; i < min(size, bins); i++) {
    const value = load<f32>(values + i * step);
    if (cuts > 0 && value <= load<f32>(out + (cuts << 2) - 4)) continue;
    store<f32>(out + (cuts++ << 2), value);
  }
  // In f64, and rounded once, as xgboost has them.
  const least = <f64>load<f32>(values);
  const greatest = <f64>load<f32>(values + (size - 1) * step);
  store<u32>(out, <u32>(cuts + 1) | missing, 1024);
  store<f32>(out, <f32>(least - abs(least) - <f64>(<f32>1e-5)), 1028);
  store<f32>(out, <f32>(greatest + (abs(greatest) + <f64>(<f32>1e-5))), 1032);
}

/**
 * Bins rows from … to-1 of all features.
 *
 * columns    u32[features]: the address of each column, f32[rows]
 * cuts       what cutColumn wrote for each feature, `cutBytes` apart
 * byRow      u8[rows][stride], byColumn u8[features][rows]
 */
export function binRows(
  columns: usize, features: usize, cuts: usize, cutBytes: usize, byRow: usize, stride: usize, byColumn: usize,
  rows: usize, from: usize, to: usize,
): void {
  for (let f: usize = 0; f < features; f++) {
    const column: usize = load<u32>(columns + (f << 2));
    const c = cuts + f * cutBytes;
    const out = byColumn + f * rows;
    for (let i = from; i < to; i++) {
      const value = load<f32>(column + (i << 2));
      // The number of cuts that are not above the value, by halving; what follows the last cut is NaN and never counts.
      let bin: usize = <usize>(load<f32>(c + (127 << 2)) <= value) << 7;
      bin += <usize>(load<f32>(c + ((bin + 63) << 2)) <= value) << 6;
      bin += <usize>(load<f32>(c + ((bin + 31) << 2)) <= value) << 5;
      bin += <usize>(load<f32>(c + ((bin + 15) << 2)) <= value) << 4;
      bin += <usize>(load<f32>(c + ((bin + 7) << 2)) <= value) << 3;
      bin += <usize>(load<f32>(c + ((bin + 3) << 2)) <= value) << 2;
      bin += <usize>(load<f32>(c + ((bin + 1) << 2)) <= value) << 1;
      bin += <usize>(load<f32>(c + (bin << 2)) <= value);
      const code = value == value ? <u32>bin : 255;
      store<u8>(out + i, code);
      store<u8>(byRow + i * stride + f, code);
    }
  }
}
