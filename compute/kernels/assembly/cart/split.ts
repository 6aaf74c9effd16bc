// The search for the best split of a node: features in random order, those that are constant in the node at the back of
// the queue, with scikit-learn's draws.
//
//   featureOrder: [known constants, drawn ones first | found constants | not yet drawn | drawn]
//                  0            knownConstants      + foundConstants   openFeatures
import { prepareFeature } from './absolute';
import { advanceSplit, resetSplit, splitScore } from './criterion';
import {
  ABSOLUTE, CLOSE, f64At, FRIEDMAN, GINI, Growth, SQUARED, TIES, u32At,
} from './growth';
import { drawInteger, drawNumber } from './random';
import { gatherKeys, hasTies, sortAsReference, sortKeys } from './sort';

/** Values no further apart than this are one. */
const THRESHOLD: f32 = 1e-7;

/** Nodes of at most so many samples are sorted as the reference sorts if order matters and there are ties. */
const EXACT_ORDER: usize = 1024;

/** Nodes of at most so many samples read whole rows, whose features lie together, instead of columns. */
const FEW_ROWS: usize = 512;

export function startSearch(g: Growth): void {
  g.openFeatures = g.features;
  g.visited = 0;
  g.foundConstants = 0;
  g.drawnConstants = 0;
  g.lastFeature = -1;
  g.bestPosition = g.end;
  g.bestScore = -Infinity;
  g.searching = 1;
}

/** Tries features until all have been tried that should be, or the budget is used up. Returns what is left of it. */
export function search(g: Growth, budget: i32): i32 {
  const order: usize = g.featureOrder;
  const cost: i32 = <i32>(g.end - g.start) * (g.criterion == ABSOLUTE ? 16 : 1) + 8;
  while (true) {
    const constants = g.knownConstants + g.foundConstants;
    const enough = g.visited >= g.mostFeatures && g.visited > g.foundConstants + g.drawnConstants;
    if (g.openFeatures <= constants || enough) {
      g.searching = 0;
      return budget;
    }
    if (budget < 0) return budget;
    g.visited++;
    let place = drawInteger(g, g.drawnConstants, g.openFeatures - g.foundConstants);
    if (place < g.knownConstants) {
      swapFeatures(order, g.drawnConstants++, place);
      continue;
    }
    place += g.foundConstants;
    const feature = u32At(order, place);
    budget -= cost;
    const varies = g.random ? tryRandomThreshold(g, feature, place) : tryThresholds(g, feature, place);
    if (!varies) {
      swapFeatures(order, place, constants);
      g.foundConstants++;
    }
  }
}

/** After a search: the next node finds the features known to be constant where its parent left them. */
export function keepConstants(g: Growth): void {
  const known = <usize>g.knownConstants << 2;
  if (known > 0) memory.copy(g.featureOrder, g.constants, known);
  const found = <usize>g.foundConstants << 2;
  if (found > 0) memory.copy(<usize>g.constants + known, <usize>g.featureOrder + known, found);
}

function swapFeatures(order: usize, a: usize, b: usize): void {
  const feature = u32At(order, a);
  store<u32>(order + (a << 2), u32At(order, b));
  store<u32>(order + (b << 2), feature);
}

/** The feature at `place` of the order varies in this node: it has been tried. */
function closeFeature(g: Growth, place: usize): void {
  swapFeatures(g.featureOrder, --g.openFeatures, place);
}

/** False if the feature is constant in the node. */
function tryThresholds(g: Growth, feature: u32, place: usize): bool {
  const count = <usize>(g.end - g.start);
  const keys = sortNode(g, feature, count);
  const values = <usize>u32At(g.values, feature);
  const first = valueOf(values, load<u32>(keys, 4));
  const last = valueOf(values, load<u32>(keys + ((count - 1) << 3), 4));
  if (last <= first + THRESHOLD) return false;
  closeFeature(g, place);
  const close = (u32At(g.traits, feature) & CLOSE) != 0;
  const criterion = g.criterion;
  const single = g.outputs == 1;
  if (criterion == GINI && g.outputs == 2) scan(g, keys, count, feature, values, close, GINI);
  else if (criterion == SQUARED && single) scan(g, keys, count, feature, values, close, SQUARED);
  else if (criterion == FRIEDMAN && single) scan(g, keys, count, feature, values, close, FRIEDMAN);
  else scanAny(g, keys, count, feature, values, close);
  return true;
}

// @ts-ignore: decorator
@inline
function valueOf(values: usize, rank: u32): f32 {
  return load<f32>(values + (<usize>rank << 2));
}

/** The keys of the node's samples, ascending. Where order matters the samples are left in that order, too. */
function sortNode(g: Growth, feature: u32, count: usize): usize {
  const samples = <usize>g.samples + (<usize>g.start << 2);
  const few = count <= FEW_ROWS;
  const ranks: usize = few ? <usize>g.matrix + <usize>u32At(g.places, feature) : <usize>u32At(g.ranks, feature);
  const stride: usize = few ? <usize>g.rowBytes : 4;
  const order: usize = u32At(g.orders, feature);
  let keys: usize;
  if (order != 0 && count == g.rows && !g.repeated) {
    memory.copy(g.keys, order, count << 3);
    keys = g.keys;
  } else if (order != 0 && !g.repeated && count > g.rows >> 3) {
    pickKeys(g, order, samples, count);
    keys = g.keys;
  } else {
    gatherKeys(ranks, stride, samples, count, g.keys);
    keys = sortKeys(g.keys, g.spareKeys, count, u32At(g.distinct, feature), g.counts);
  }
  if (!g.ordered) return keys;
  if (count <= EXACT_ORDER && u32At(g.traits, feature) & TIES && hasTies(keys, count)) {
    keys = g.keys;
    gatherKeys(ranks, stride, samples, count, keys);
    sortAsReference(keys, count);
  }
  for (let i: usize = 0; i < count; i++) store<u32>(samples + (i << 2), load<u32>(keys + (i << 3)));
  return keys;
}

/** Copies the keys of the node's samples from those of all rows. */
function pickKeys(g: Growth, order: usize, samples: usize, count: usize): void {
  const marks: usize = g.marks;
  for (let i: usize = 0; i < count; i++) store<u8>(marks + <usize>u32At(samples, i), 1);
  let to: usize = g.keys;
  const end = to + (count << 3);
  for (; to < end; order += 8) {
    const key = load<u64>(order);
    store<u64>(to, key);
    to += <usize>load<u8>(marks + <usize>(<u32>key)) << 3;
  }
  for (let i: usize = 0; i < count; i++) store<u8>(marks + <usize>u32At(samples, i), 0);
}

/** Whether the sample at `i` of sorted keys has the value of the one before. */
// @ts-ignore: decorator
@inline
function repeats(keys: usize, i: usize, values: usize, close: bool): bool {
  const rank = load<u32>(keys + (i << 3), 4);
  const before = load<u32>(keys + (i << 3) - 4);
  if (rank == before) return true;
  return close && !(valueOf(values, rank) > valueOf(values, before) + THRESHOLD);
}

/** `x` if `condition` is 1, 0 if it is 0: without a branch, which would be mispredicted half of the time. */
// @ts-ignore: decorator
@inline
function either(x: f64, condition: u64): f64 {
  return reinterpret<f64>(reinterpret<u64>(x) & (0 - condition));
}

function keepSplit(g: Growth, feature: u32, keys: usize, position: usize, values: usize, score: f64): void {
  const rank = load<u32>(keys + (position << 3) - 4);
  const below = valueOf(values, rank);
  const above = valueOf(values, load<u32>(keys + (position << 3), 4));
  let threshold = <f64>below / 2 + <f64>above / 2;
  if (threshold == <f64>above || threshold == Infinity || threshold == -Infinity) threshold = <f64>below;
  g.bestScore = score;
  g.bestFeature = feature;
  g.bestRank = rank;
  g.bestPosition = g.start + <u32>position;
  g.bestThreshold = threshold;
}

/** All thresholds, with sums in local variables: two classes, or one target. `kind` is known at compile time. */
// @ts-ignore: decorator
@inline
function scan(g: Growth, keys: usize, count: usize, feature: u32, values: usize, close: bool, kind: u32): void {
  const weights: usize = g.weights;
  const targets: usize = g.targets;
  const leastLeaf: usize = g.leastLeaf;
  const leastWeight = g.leastLeafWeight;
  const nodeWeight = g.nodeWeight;
  const total = f64At(g.sums, 0);
  const total1: f64 = kind == GINI ? f64At(g.sums, 1) : 0;
  let best = g.bestScore;
  let bestPosition: usize = 0;
  let weight: f64 = 0;
  let left: f64 = 0;
  let left1: f64 = 0;
  let from: usize = 0;
  for (let to: usize = 1; to < count; to++) {
    if (repeats(keys, to, values, close) || to < leastLeaf) continue;
    if (count - to < leastLeaf) break;
    if (to - from <= count - to) {
      do {
        const row = <usize>load<u32>(keys + (from << 3));
        const w = f64At(weights, row);
        weight += w;
        if (kind == GINI) {
          const second = <u64>u32At(targets, row);
          left += either(w, 1 - second);
          left1 += either(w, second);
        } else left += w * f64At(targets, row);
      } while (++from < to);
    } else {
      weight = nodeWeight;
      left = total;
      left1 = total1;
      for (let i = count; i > to; i--) {
        const row = <usize>load<u32>(keys + (i << 3) - 8);
        const w = f64At(weights, row);
        weight -= w;
        if (kind == GINI) {
          const second = <u64>u32At(targets, row);
          left -= either(w, 1 - second);
          left1 -= either(w, second);
        } else left -= w * f64At(targets, row);
      }
      from = to;
    }
    const rightWeight = nodeWeight - weight;
    if (weight < leastWeight || rightWeight < leastWeight) continue;
    const right = total - left;
    let score: f64;
    if (kind == GINI) {
      const right1 = total1 - left1;
      const leftGini = 1 - (left * left + left1 * left1) / (weight * weight);
      const rightGini = 1 - (right * right + right1 * right1) / (rightWeight * rightWeight);
      score = -rightWeight * rightGini - weight * leftGini;
    } else if (kind == SQUARED) score = (left * left) / weight + (right * right) / rightWeight;
    else {
      const difference = rightWeight * left - weight * right;
      score = (difference * difference) / (weight * rightWeight);
    }
    if (score > best) {
      best = score;
      bestPosition = to;
    }
  }
  if (bestPosition > 0) keepSplit(g, feature, keys, bestPosition, values, best);
}

function scanAny(g: Growth, keys: usize, count: usize, feature: u32, values: usize, close: bool): void {
  const leastLeaf: usize = g.leastLeaf;
  let from: usize = 0;
  resetSplit(g);
  if (g.criterion == ABSOLUTE) prepareFeature(g);
  for (let to: usize = 1; to < count; to++) {
    if (repeats(keys, to, values, close) || to < leastLeaf) continue;
    if (count - to < leastLeaf) break;
    advanceSplit(g, keys, 8, count, from, to);
    const before = from;
    from = to;
    if (g.leftWeight < g.leastLeafWeight || g.rightWeight < g.leastLeafWeight) {
      if (g.criterion == ABSOLUTE) splitScore(g, keys, 8, to);
      continue;
    }
    const score = splitScore(g, keys, 8, to);
    if (score > g.bestScore) keepSplit(g, feature, keys, to, values, score);
  }
}

/** A threshold drawn between the least and the largest value. False if the feature is constant in the node. */
function tryRandomThreshold(g: Growth, feature: u32, place: usize): bool {
  const samples = <usize>g.samples + (<usize>g.start << 2);
  const count = <usize>(g.end - g.start);
  const few = count <= FEW_ROWS;
  const column: usize = few ? <usize>g.matrix + <usize>u32At(g.places, feature) : <usize>u32At(g.columns, feature);
  const stride: usize = few ? <usize>g.rowBytes : 4;
  const found: usize = g.spareKeys;
  let least: f32 = Infinity;
  let largest: f32 = -Infinity;
  for (let i: usize = 0; i < count << 2; i += 4) {
    const value = load<f32>(column + <usize>load<u32>(samples + i) * stride);
    store<f32>(found + i, value);
    if (value < least) least = value;
    if (value > largest) largest = value;
  }
  if (largest <= least + THRESHOLD) return false;
  closeFeature(g, place);
  let threshold = drawNumber(g, <f64>least, <f64>largest);
  if (threshold == <f64>largest) threshold = <f64>least;
  let left: usize;
  if (!g.ordered && g.criterion == GINI && g.outputs == 2) {
    left = sumTwoClasses(g, found, samples, count, threshold);
  } else if (g.criterion == SQUARED && g.outputs == 1) {
    left = partitionFound(found, samples, count, threshold);
    g.lastFeature = feature;
    sumOneTarget(g, samples, count, left);
  } else {
    left = partitionFound(found, samples, count, threshold);
    g.lastFeature = feature;
    if (left < g.leastLeaf || count - left < <usize>g.leastLeaf) return true;
    resetSplit(g);
    if (g.criterion == ABSOLUTE) prepareFeature(g);
    advanceSplit(g, samples, 4, count, 0, left);
  }
  if (left < g.leastLeaf || count - left < <usize>g.leastLeaf) return true;
  if (g.leftWeight < g.leastLeafWeight || g.rightWeight < g.leastLeafWeight) return true;
  const score = splitScore(g, samples, 4, left);
  if (score > g.bestScore) {
    g.bestScore = score;
    g.bestFeature = feature;
    g.bestPosition = g.start + <u32>left;
    g.bestThreshold = threshold;
  }
  return true;
}

/** The sums of a split, whose samples stay where they are; returns how many are on the left. */
function sumTwoClasses(g: Growth, found: usize, samples: usize, count: usize, threshold: f64): usize {
  const weights: usize = g.weights;
  const targets: usize = g.targets;
  let weight: f64 = 0;
  let second: f64 = 0;
  let left: usize = 0;
  for (let i: usize = 0; i < count << 2; i += 4) {
    const row = <usize>load<u32>(samples + i);
    const goesLeft = <f64>load<f32>(found + i) <= threshold;
    const w = either(f64At(weights, row), <u64>goesLeft);
    weight += w;
    second += either(w, <u64>u32At(targets, row));
    left += <usize>goesLeft;
  }
  // Sums are exact here, in whatever way they are made.
  const first = weight - second;
  const sums: usize = g.sums;
  store<f64>(sums, first, 16);
  store<f64>(sums, second, 24);
  store<f64>(sums, load<f64>(sums) - first, 32);
  store<f64>(sums, load<f64>(sums, 8) - second, 40);
  g.leftWeight = weight;
  g.rightWeight = g.nodeWeight - weight;
  return left;
}

/** The sums of a split of samples that have been divided, forwards or backwards as advanceSplit makes them. */
function sumOneTarget(g: Growth, samples: usize, count: usize, left: usize): void {
  const weights: usize = g.weights;
  const targets: usize = g.targets;
  const sums: usize = g.sums;
  const total = load<f64>(sums);
  let sum: f64 = 0;
  let weight: f64 = 0;
  if (left <= count - left) {
    for (let i: usize = 0; i < left; i++) {
      const row = <usize>u32At(samples, i);
      const w = f64At(weights, row);
      sum += w * f64At(targets, row);
      weight += w;
    }
  } else {
    sum = total;
    weight = g.nodeWeight;
    for (let i = count; i > left; i--) {
      const row = <usize>u32At(samples, i - 1);
      const w = f64At(weights, row);
      sum -= w * f64At(targets, row);
      weight -= w;
    }
  }
  store<f64>(sums, sum, 8);
  store<f64>(sums, total - sum, 16);
  g.leftWeight = weight;
  g.rightWeight = g.nodeWeight - weight;
}

/** As partitionByValue, with the samples' values at hand, which move with them. */
function partitionFound(found: usize, samples: usize, count: usize, threshold: f64): usize {
  let i: usize = 0;
  let end = count << 2;
  while (i < end) {
    const value = load<f32>(found + i);
    if (<f64>value <= threshold) {
      i += 4;
      continue;
    }
    end -= 4;
    const row = load<u32>(samples + i);
    store<f32>(found + i, load<f32>(found + end));
    store<u32>(samples + i, load<u32>(samples + end));
    store<f32>(found + end, value);
    store<u32>(samples + end, row);
  }
  return end >> 2;
}

/** Moves samples up to the threshold to the front, each that is above swapped with the last; returns their number. */
function partitionByValue(column: usize, samples: usize, count: usize, threshold: f64): usize {
  let i: usize = 0;
  let end = count;
  while (i < end) {
    const row = u32At(samples, i);
    if (<f64>valueOf(column, row) <= threshold) i++;
    else {
      end--;
      store<u32>(samples + (i << 2), u32At(samples, end));
      store<u32>(samples + (end << 2), row);
    }
  }
  return end;
}

/** Divides the samples of the node by the best split that was found. */
export function partitionNode(g: Growth): void {
  const samples = <usize>g.samples + (<usize>g.start << 2);
  const count = <usize>(g.end - g.start);
  if (g.random) {
    if (g.lastFeature != g.bestFeature)
      partitionByValue(<usize>u32At(g.columns, g.bestFeature), samples, count, g.bestThreshold);
    return;
  }
  const ranks = <usize>u32At(g.ranks, g.bestFeature);
  const limit = g.bestRank;
  if (g.ordered) {
    let i: usize = 0;
    let end = count;
    while (i < end) {
      const row = u32At(samples, i);
      if (u32At(ranks, row) <= limit) i++;
      else {
        end--;
        store<u32>(samples + (i << 2), u32At(samples, end));
        store<u32>(samples + (end << 2), row);
      }
    }
    return;
  }
  // Both are written and one cursor moves on: a branch here would be mispredicted half of the time.
  let left = samples;
  const spare: usize = g.spareKeys;
  let right = spare;
  const end = samples + (count << 2);
  for (let at = samples; at < end; at += 4) {
    const row = load<u32>(at);
    const goesLeft: usize = <usize>(u32At(ranks, row) <= limit) << 2;
    store<u32>(left, row);
    store<u32>(right, row);
    left += goesLeft;
    right += 4 - goesLeft;
  }
  memory.copy(left, spare, right - spare);
}
