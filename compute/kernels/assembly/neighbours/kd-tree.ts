// Neighbours of a row among stored rows, by a k-d tree (Bentley 1975) with boxes around the rows of every node, or by
// looking at all of them. Rows that are equally near are ordered by their numbers, so the answer does not depend on the tree.
//
// A search is described by 9 words at `search`, which may be those of an evaluator block; offsets are bytes from `base`:
//   word  0  metric (distance.ts)         5  nodes of the tree; 0: no tree
//         1  features                     6  offset of u32[rows], the number of each row; unused without a tree
//         2  rows                         7  offset of f32[nodes][2][features], the boxes
//         3  k, read by evaluators only   8  offset of f64[2]: p of the metric, and the radius beyond which no row is
//         4  offset of f32[rows][features],  a neighbour
//            in the order of the tree
// The tree is complete: node n has the children 2n+1 and 2n+2, which have the lower and the upper half of its rows.
import { distanceOf, reducedDistance, reducedDistanceToBox, reducedOf } from './distance';

// @ts-ignore: decorator
@inline
function word(search: usize, index: usize): u32 {
  return load<u32>(search + (index << 2));
}

// @ts-ignore: decorator
@inline
function powerOf(base: usize, search: usize): f64 {
  return load<f64>(base + <usize>word(search, 8));
}

// @ts-ignore: decorator
@inline
function radiusOf(base: usize, search: usize): f64 {
  return load<f64>(base + <usize>word(search, 8), 8);
}

/**
 * Writes f64[k] ascending distances and f64[k] numbers of the nearest rows to `out`; Infinity and -1 where there are fewer.
 * `skip` is the number of a row that does not count, or -1.
 */
export function nearestRows(base: usize, search: usize, row: usize, k: usize, skip: i32, out: usize): void {
  for (let i: usize = 0; i < k; i++) {
    store<f64>(out + (i << 3), Infinity);
    store<f64>(out + ((k + i) << 3), -1);
  }
  const metric = word(search, 0);
  const p = powerOf(base, search);
  const radius = reducedOf(metric, p, radiusOf(base, search));
  if (word(search, 5) == 0) visitRows(base, search, row, 0, word(search, 2), k, skip, radius, out);
  else visitNode(base, search, row, 0, 0, word(search, 2), k, skip, radius, out);
  for (let i: usize = 0; i < k; i++) {
    const reduced = load<f64>(out + (i << 3));
    if (reduced < Infinity) store<f64>(out + (i << 3), distanceOf(metric, p, reduced));
  }
}

/** The largest reduced distance that a neighbour may still have. */
// @ts-ignore: decorator
@inline
function limitOf(k: usize, radius: f64, out: usize): f64 {
  return min(load<f64>(out + ((k - 1) << 3)), radius);
}

function visitNode(
  base: usize,
  search: usize,
  row: usize,
  node: u32,
  from: u32,
  to: u32,
  k: usize,
  skip: i32,
  radius: f64,
  out: usize,
): void {
  const left: u32 = 2 * node + 1;
  if (left >= word(search, 5)) return visitRows(base, search, row, from, to, k, skip, radius, out);
  const middle = from + ((to - from) >>> 1);
  const toLeft = distanceToNode(base, search, row, left);
  const toRight = distanceToNode(base, search, row, left + 1);
  if (toLeft <= toRight) {
    if (toLeft <= limitOf(k, radius, out)) visitNode(base, search, row, left, from, middle, k, skip, radius, out);
    if (toRight <= limitOf(k, radius, out)) visitNode(base, search, row, left + 1, middle, to, k, skip, radius, out);
  } else {
    if (toRight <= limitOf(k, radius, out)) visitNode(base, search, row, left + 1, middle, to, k, skip, radius, out);
    if (toLeft <= limitOf(k, radius, out)) visitNode(base, search, row, left, from, middle, k, skip, radius, out);
  }
}

function distanceToNode(base: usize, search: usize, row: usize, node: u32): f64 {
  const features: usize = word(search, 1);
  const box = base + <usize>word(search, 7) + ((<usize>node * features) << 3);
  return reducedDistanceToBox(word(search, 0), powerOf(base, search), features, row, box);
}

function visitRows(
  base: usize,
  search: usize,
  row: usize,
  from: u32,
  to: u32,
  k: usize,
  skip: i32,
  radius: f64,
  out: usize,
): void {
  const metric = word(search, 0);
  const features: usize = word(search, 1);
  const p = powerOf(base, search);
  const rows = base + <usize>word(search, 4);
  const numbers = base + <usize>word(search, 6);
  const withoutTree = word(search, 5) == 0;
  let limit = limitOf(k, radius, out);
  for (let at = from; at < to; at++) {
    const reduced = reducedDistance(metric, p, features, row, rows + ((<usize>at * features) << 2), limit);
    if (!(reduced <= limit)) continue;
    const number = withoutTree ? at : load<u32>(numbers + (<usize>at << 2));
    if (<i32>number == skip) continue;
    insert(k, reduced, <f64>number, out);
    limit = limitOf(k, radius, out);
  }
}

/** Puts a row into the ascending list where it belongs, if it does; the last falls out. */
function insert(k: usize, reduced: f64, number: f64, out: usize): void {
  const numbers = out + (k << 3);
  let place = k;
  while (place > 0) {
    const before = load<f64>(out + ((place - 1) << 3));
    if (before < reduced || (before == reduced && load<f64>(numbers + ((place - 1) << 3)) < number)) break;
    place--;
  }
  if (place == k) return;
  for (let i = k - 1; i > place; i--) {
    store<f64>(out + (i << 3), load<f64>(out + ((i - 1) << 3)));
    store<f64>(numbers + (i << 3), load<f64>(numbers + ((i - 1) << 3)));
  }
  store<f64>(out + (place << 3), reduced);
  store<f64>(numbers + (place << 3), number);
}

/**
 * nearestRows for the rows from … to-1 of f32[][features]; row i writes to `out` + i * 2k numbers. `self`: row i is row
 * number i, and skipped.
 */
export function nearestRowsOfMany(base: usize, search: usize, rows: usize, from: u32, to: u32, k: usize, self: u32, out: usize): void {
  const rowBytes: usize = <usize>word(search, 1) << 2;
  for (let i = from; i < to; i++)
    nearestRows(base, search, rows + <usize>i * rowBytes, k, self ? <i32>i : -1, out + <usize>i * (k << 4));
}

/** Writes f64[rows]: the distance of `row` to each of f32[rows][features] at `all`, as many as are stored. */
export function distancesToAll(base: usize, search: usize, all: usize, row: usize, out: usize): void {
  const metric = word(search, 0);
  const features: usize = word(search, 1);
  const p = powerOf(base, search);
  for (let at: usize = 0; at < <usize>word(search, 2); at++)
    store<f64>(
      out + (at << 3),
      distanceOf(metric, p, reducedDistance(metric, p, features, row, all + ((at * features) << 2), Infinity)),
    );
}

/** How many stored rows lie within the radius of each of the rows from … to-1, or at least `enough`: u32 at `out` + 4i. */
export function countRowsWithin(base: usize, search: usize, rows: usize, from: u32, to: u32, enough: u32, out: usize): void {
  const rowBytes: usize = <usize>word(search, 1) << 2;
  for (let i = from; i < to; i++)
    store<u32>(out + (<usize>i << 2), within(base, search, rows + <usize>i * rowBytes, 0, enough));
}

/** Writes the numbers of the rows within the radius of `row`, u32 each, in the order of the tree; returns how many. */
export function rowsWithin(base: usize, search: usize, row: usize, out: usize): u32 {
  return within(base, search, row, out, u32.MAX_VALUE);
}

/** 0 for `out` only counts, and stops where there are `enough`. */
function within(base: usize, search: usize, row: usize, out: usize, enough: u32): u32 {
  const radius = reducedOf(word(search, 0), powerOf(base, search), radiusOf(base, search));
  if (word(search, 5) == 0) return listRows(base, search, row, 0, word(search, 2), radius, out, 0, enough);
  return listNode(base, search, row, 0, 0, word(search, 2), radius, out, 0, enough);
}

function listNode(
  base: usize, search: usize, row: usize, node: u32, from: u32, to: u32, radius: f64, out: usize, count: u32, enough: u32,
): u32 {
  if (count >= enough || distanceToNode(base, search, row, node) > radius) return count;
  const left: u32 = 2 * node + 1;
  if (left >= word(search, 5)) return listRows(base, search, row, from, to, radius, out, count, enough);
  const middle = from + ((to - from) >>> 1);
  const afterLeft = listNode(base, search, row, left, from, middle, radius, out, count, enough);
  return listNode(base, search, row, left + 1, middle, to, radius, out, afterLeft, enough);
}

function listRows(
  base: usize, search: usize, row: usize, from: u32, to: u32, radius: f64, out: usize, count: u32, enough: u32,
): u32 {
  const metric = word(search, 0);
  const features: usize = word(search, 1);
  const p = powerOf(base, search);
  const rows = base + <usize>word(search, 4);
  const numbers = base + <usize>word(search, 6);
  const withoutTree = word(search, 5) == 0;
  for (let at = from; at < to && count < enough; at++) {
    if (!(reducedDistance(metric, p, features, row, rows + ((<usize>at * features) << 2), radius) <= radius)) continue;
    if (out != 0) store<u32>(out + (<usize>count << 2), withoutTree ? at : load<u32>(numbers + (<usize>at << 2)));
    count++;
  }
  return count;
}
