// Columns in the order of their values: the exact search for splits, and the cuts of the `approx` method.
import { HAS_MISSING, storeCuts } from './bins';
import { COUNTERS_BYTES, countKey, keyOf, sortPairs } from './sort';
import { pairGain } from './split';

/** Working space of sortColumn: two arrays of {u32 key, u32 row}[rows], and the counters of a radix sort. */
export function sortBytes(rows: usize): usize {
  return (rows << 4) + COUNTERS_BYTES;
}

/** Writes u32[] the rows whose value is not missing, by value, equal ones by number; returns how many there are. */
export function sortColumn(column: usize, rows: usize, order: usize, space: usize): usize {
  const counters = space + (rows << 4);
  memory.fill(counters, 0, COUNTERS_BYTES);
  const pairs = space;
  let count: usize = 0;
  for (let row: usize = 0; row < rows; row++) {
    const value = load<f32>(column + (row << 2));
    if (value != value) continue;
    const key = keyOf(value);
    countKey(counters, key);
    store<u64>(pairs + (count++ << 3), <u64>key | (<u64>row << 32));
  }
  const sorted = sortPairs(pairs, space + (rows << 3), count, counters);
  for (let i: usize = 0; i < count; i++) store<u32>(order + (i << 2), load<u32>(sorted + (i << 3), 4));
  return count;
}

/**
 * Cuts a sorted column into at most `bins` bins of about equal weight, and writes what cutColumn writes. The weight of a
 * row is its hessian (`gradients` is f32[rows][2]), times its weight if `weights` is not 0.
 *
 * As xgboost's `approx` method does it: an entry for each value at which the sum of weights passes the next of `bins`
 * equal steps.
 */
export function cutSorted(
  order: usize, count: usize, column: usize, rows: usize, gradients: usize, weights: usize, bins: usize, values: usize,
  out: usize,
): void {
  const missing: u32 = count < rows ? HAS_MISSING : 0;
  if (missing != 0) bins = min<usize>(bins, 255);
  let total: f64 = 0;
  for (let i: usize = 0; i < count; i++) total += weightOf(order, i, gradients, weights);
  let size: usize = 0;
  if (total > 0) {
    let goal: f64 = 0;
    let sum: f64 = weightOf(order, 0, gradients, weights);
    let last = valueOf(order, 0, column);
    for (let i: usize = 1; i < count; i++) {
      const value = valueOf(order, i, column);
      if (value != last) {
        if (sum >= goal && size != bins) {
          store<f32>(values + (size++ << 2), last);
          goal = size == bins ? total * 2 + <f64>(<f32>1e-5) : (<f64>size * total) / <f64>bins;
        }
        last = value;
      }
      sum += weightOf(order, i, gradients, weights);
    }
    store<f32>(values + (size++ << 2), last);
  }
  storeCuts(values, 4, size, min(count, bins), missing, out);
}

// @ts-ignore: decorator
@inline
function valueOf(order: usize, i: usize, column: usize): f32 {
  return load<f32>(column + (<usize>load<u32>(order + (i << 2)) << 2));
}
// @ts-ignore: decorator
@inline
function weightOf(order: usize, i: usize, gradients: usize, weights: usize): f64 {
  const row = <usize>load<u32>(order + (i << 2));
  const hessian = load<f32>(gradients + (row << 3), 4);
  return <f64>(weights == 0 ? hessian : hessian * load<f32>(weights + (row << 2)));
}

/** Writes a column's values in the order that sortColumn gave, f32[count], so that scans read them one after another. */
export function gatherColumn(order: usize, count: usize, column: usize, values: usize): void {
  for (let i: usize = 0; i < count; i++) store<f32>(values + (i << 2), valueOf(order, i, column));
}

/**
 * Puts together what a scan wants to know of rows from … to-1, so that each row, which it meets at random, is one cache
 * line: {f32 gradient, f32 hessian, i32 position} of 16 bytes in `rows`.
 */
export function packRows(gradients: usize, position: usize, rows: usize, from: usize, to: usize): void {
  for (let row = from; row < to; row++) {
    store<u64>(rows + (row << 4), load<u64>(gradients + (row << 3)));
    store<i32>(rows + (row << 4), load<i32>(position + (row << 2)), 8);
  }
}

// Nodes of the level that is searched, for each: f64 gradient, f64 hessian, f32 gain, f32 lower, f32 upper; 32 bytes.
const NODE: usize = 5;
// State of the scan and its result, for each node: f64 gradient, f64 hessian, f32 last value; then from byte 32 on
// f64 left gradient, f64 left hessian, f32 gain, f32 threshold, i32 1 if missing values go left; 64 bytes.
const STATE: usize = 6;

/**
 * Tries every split of one feature for all nodes of a level (Chen & Guestrin, "XGBoost: A Scalable Tree Boosting System",
 * 2016, algorithm 1 and 3): rows come in the order of their values, each adds to the sums of its node, and between two
 * different values of a node lies a split, half-way. From below missing values go right, from above they go left.
 *
 * order, count   what sortColumn gave
 * values         f32[count]: the values in that order, what gatherColumn wrote
 * rows           what packRows wrote; a row's position is the number of its node in the level, -1 if in none
 * nodes, count   described above
 * allowed        u8[nodes]: 0 where the node may not be split on this feature
 * states         described above; written
 * constraint     -1, 0, 1: how the value must go with the feature; any, unless `constrained`
 * forward        whether to scan from below as well as from above
 */
export function scanColumn(
  order: usize, count: usize, values: usize, rows: usize, nodes: usize, nodeCount: usize,
  allowed: usize, states: usize, rule: usize, constrained: bool, constraint: i32, forward: bool,
): void {
  memory.fill(states, 0, nodeCount << STATE);
  if (forward) scan(order, count, values, rows, nodes, nodeCount, allowed, states, rule, constrained, constraint, 1);
  scan(order, count, values, rows, nodes, nodeCount, allowed, states, rule, constrained, constraint, -1);
}

function scan(
  order: usize, count: usize, values: usize, rows: usize, nodes: usize, nodeCount: usize,
  allowed: usize, states: usize, rule: usize, constrained: bool, constraint: i32, step: isize,
): void {
  const least = load<f64>(rule, 16);
  for (let n: usize = 0; n < nodeCount; n++) memory.fill(states + (n << STATE), 0, 24);
  let place = step > 0 ? order : order + (count << 2) - 4;
  for (let i: usize = 0; i < count; i++, place += 4 * step) {
    const row = rows + (<usize>load<u32>(place) << 4);
    const node = load<i32>(row, 8);
    if (node < 0 || load<u8>(allowed + <usize>node) == 0) continue;
    const hessian = <f64>load<f32>(row, 4);
    // Not drawn for this tree.
    if (hessian == 0) continue;
    const state = states + (<usize>node << STATE);
    const value = load<f32>(values + (place - order));
    const h = load<f64>(state, 8);
    if (h != 0) {
      const last = load<f32>(state, 16);
      if (value != last && h >= least) {
        const middle: f32 = (value + last) * <f32>0.5;
        // Where no number lies between the two, or the sum overflows, the larger one separates them.
        const threshold = middle > min(value, last) && middle <= max(value, last) ? middle : max(value, last);
        consider(state, nodes + (<usize>node << NODE), threshold, rule, constrained, constraint, step);
      }
    }
    store<f64>(state, load<f64>(state) + <f64>load<f32>(row));
    store<f64>(state, h + hessian, 8);
    store<f32>(state, value, 16);
  }
  // All values on one side, missing ones on the other.
  for (let n: usize = 0; n < nodeCount; n++) {
    const state = states + (n << STATE);
    if (load<f64>(state, 8) < least || load<u8>(allowed + n) == 0) continue;
    const last = load<f32>(state, 16);
    const gap = abs(last) + <f32>1e-6;
    consider(state, nodes + (n << NODE), step > 0 ? last + gap : last - gap, rule, constrained, constraint, step);
  }
}

/** Takes the split between what was scanned and what was not, if it gains more than the best so far. */
// @ts-ignore: decorator
@inline
function consider(
  state: usize, node: usize, threshold: f32, rule: usize, constrained: bool, constraint: i32, step: isize,
): void {
  const g = load<f64>(state);
  const h = load<f64>(state, 8);
  const otherG = load<f64>(node) - g;
  const otherH = load<f64>(node, 8) - h;
  if (otherH < load<f64>(rule, 16)) return;
  const leftG = step > 0 ? g : otherG;
  const leftH = step > 0 ? h : otherH;
  const rightG = step > 0 ? otherG : g;
  const rightH = step > 0 ? otherH : h;
  const both = pairGain(leftG, leftH, rightG, rightH, rule, constrained, constraint, load<f32>(node, 20), load<f32>(node, 24));
  const gain: f32 = both - load<f32>(node, 16);
  if (!(gain > load<f32>(state, 48))) return;
  store<f64>(state, leftG, 32);
  store<f64>(state, leftH, 40);
  store<f32>(state, gain, 48);
  store<f32>(state, threshold, 52);
  store<i32>(state, step > 0 ? 0 : 1, 56);
}

// Where the rows of a node go, for each: u32 address of the column that it is split on, 0 if it stays a leaf; f32
// threshold; i32 the number of the left child in the next level, and of the right child, -1 for a leaf; u32 the node
// of the tree that the left child is, after which comes the right child; u32 1 if missing values go left; 32 bytes.

/**
 * Moves rows from … to-1 down by one level. `position` is i32[rows], as in packRows, `leaf` u32[rows] the node of the tree that
 * each row has come to.
 */
export function descendRows(position: usize, leaf: usize, moves: usize, from: usize, to: usize): void {
  for (let row = from; row < to; row++) {
    const node = load<i32>(position + (row << 2));
    if (node < 0) continue;
    const move = moves + (<usize>node << 5);
    const column = <usize>load<u32>(move);
    if (column == 0) {
      store<i32>(position + (row << 2), -1);
      continue;
    }
    const value = load<f32>(column + (row << 2));
    const left = value != value ? load<u32>(move, 20) != 0 : value < load<f32>(move, 4);
    store<i32>(position + (row << 2), left ? load<i32>(move, 8) : load<i32>(move, 12));
    store<u32>(leaf + (row << 2), load<u32>(move, 16) + <u32>!left);
  }
}

/** Adds to the margin (f32) of rows from … to-1 the value (f32[nodes]) of the node that each has come to. */
export function addLeaves(margins: usize, leaf: usize, values: usize, from: usize, to: usize): void {
  for (let row = from; row < to; row++) {
    const margin = margins + (row << 2);
    store<f32>(margin, load<f32>(margin) + load<f32>(values + (<usize>load<u32>(leaf + (row << 2)) << 2)));
  }
}
