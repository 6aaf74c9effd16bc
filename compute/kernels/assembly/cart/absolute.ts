// The criterion absolute_error: sums of distances to weighted medians, for each position of a split. The samples of the
// node stand in the order of their targets; trees of partial sums over that order (Fenwick, "A New Data Structure for
// Cumulative Frequency Tables", 1994) of the whole node and of the left side give both sides' medians, and the sums
// below them, in logarithmic time.
import { f64At, Growth, u32At } from './growth';
import { sortKeys } from './sort';

/** At `Growth.medians`. */
@unmanaged
class Medians {
  /** u32[outputs][rows]: the rank of each row's target among the distinct ones; u32[outputs]: how many these are. */
  ranks: u32;
  distinct: u32;
  /** u32[outputs][rows]: where each row of the node stands in the order of its targets, from 1. */
  places: u32;
  /** f64[outputs][sampleCount]: the targets in that order. */
  ordered: u32;
  /** f64[outputs][4][sampleCount + 1]: partial sums of weights and of weighted targets, of the node and of the left side. */
  partial: u32;
  /** Samples on the left. */
  position: u32;
}

// @ts-ignore: decorator
@inline
function partialOf(g: Growth, m: Medians, output: usize): usize {
  return <usize>m.partial + ((output * 4 * (g.sampleCount + 1)) << 3);
}

// @ts-ignore: decorator
@inline
function stretchOf(g: Growth): usize {
  return <usize>(g.sampleCount + 1) << 3;
}

/** The order of the node's targets and its partial sums, and its medians to the last of the four `sums`. */
export function prepareNode(g: Growth): void {
  const m = changetype<Medians>(<usize>g.medians);
  const outputs: usize = g.outputs;
  const count = <usize>(g.end - g.start);
  const samples = <usize>g.samples + (<usize>g.start << 2);
  const stretch = stretchOf(g);
  for (let k: usize = 0; k < outputs; k++) {
    const ranks = <usize>m.ranks + ((k * g.rows) << 2);
    const places = <usize>m.places + ((k * g.rows) << 2);
    const ordered = <usize>m.ordered + ((k * g.sampleCount) << 3);
    const weights = partialOf(g, m, k);
    for (let i: usize = 0; i < count; i++) {
      const row = u32At(samples, i);
      store<u64>(<usize>g.keys + (i << 3), <u64>row | ((<u64>u32At(ranks, row)) << 32));
    }
    const keys = sortKeys(g.keys, g.spareKeys, count, u32At(m.distinct, k), g.counts);
    memory.fill(weights, 0, 2 * stretch);
    for (let i: usize = 0; i < count; i++) {
      const row = <usize>load<u32>(keys + (i << 3));
      const y = f64At(g.targets, row * outputs + k);
      store<u32>(places + (row << 2), <u32>(i + 1));
      store<f64>(ordered + (i << 3), y);
      add(weights, stretch, count, i + 1, f64At(g.weights, row), y);
    }
    const median = sideMedian(g, m, k, count, g.nodeWeight, false, true);
    store<f64>(<usize>g.sums + ((3 * outputs + k) << 3), median);
  }
}

function add(partial: usize, stretch: usize, count: usize, place: usize, weight: f64, y: f64): void {
  const weighted = weight * y;
  for (let at = place; at <= count; at += at & (0 - at)) {
    const cell = partial + (at << 3);
    store<f64>(cell, load<f64>(cell) + weight);
    store<f64>(cell + stretch, load<f64>(cell + stretch) + weighted);
  }
}

let belowPlace: usize = 0;
let belowWeight: f64 = 0;
let belowSum: f64 = 0;

/**
 * Walks to the first place at which the weights up to it reach `goal` (or exceed it); sets what lies before the place.
 * `left`, `whole`: of the left side, the whole node, or (neither) the right side.
 */
function walk(partial: usize, stretch: usize, count: usize, goal: f64, exceed: bool, left: bool, whole: bool): void {
  const leftPartial = partial + 2 * stretch;
  let place: usize = 0;
  let weight: f64 = 0;
  let sum: f64 = 0;
  for (let step: usize = <usize>1 << (31 - clz(<u32>count)); step > 0; step >>= 1) {
    const next = place + step;
    if (next > count) continue;
    const cell = (left ? leftPartial : partial) + (next << 3);
    let w = load<f64>(cell);
    let s = load<f64>(cell + stretch);
    if (!left && !whole) {
      w -= load<f64>(leftPartial + (next << 3));
      s -= load<f64>(leftPartial + (next << 3) + stretch);
    }
    const reached = weight + w;
    if (exceed ? reached > goal : reached >= goal) continue;
    place = next;
    weight = reached;
    sum += s;
  }
  belowPlace = min(place, count - 1);
  belowWeight = weight;
  belowSum = sum;
}

/** The weighted median of one side (of the whole node); afterwards below… describe what lies below it. */
function sideMedian(g: Growth, m: Medians, k: usize, count: usize, weight: f64, left: bool, whole: bool): f64 {
  const partial = partialOf(g, m, k);
  const stretch = stretchOf(g);
  const ordered = <usize>m.ordered + ((k * g.sampleCount) << 3);
  const half = weight / 2;
  walk(partial, stretch, count, half, false, left, whole);
  const lower = f64At(ordered, belowPlace);
  // Where the weights up to a value are exactly half, the median lies between it and the next one.
  walk(partial, stretch, count, half, true, left, whole);
  return belowWeight == half ? (f64At(ordered, belowPlace) + lower) / 2 : lower;
}

/** The weighted sum of distances to the median of one side. */
function sideDistances(g: Growth, m: Medians, count: usize, left: bool, whole: bool): f64 {
  const outputs: usize = g.outputs;
  const weight = whole ? g.nodeWeight : left ? g.leftWeight : g.rightWeight;
  const sums = <usize>g.sums + (whole ? 0 : (left ? outputs : 2 * outputs) << 3);
  let distances: f64 = 0;
  for (let k: usize = 0; k < outputs; k++) {
    const median = sideMedian(g, m, k, count, weight, left, whole);
    const above = f64At(sums, k) - belowSum - median * (weight - belowWeight);
    distances += median * belowWeight - belowSum + above;
  }
  return distances / (weight * <f64>outputs);
}

export function nodeAbsoluteImpurity(g: Growth): f64 {
  return sideDistances(g, changetype<Medians>(<usize>g.medians), g.end - g.start, false, true);
}

/** Before a feature is searched: nothing on the left. */
export function prepareFeature(g: Growth): void {
  const m = changetype<Medians>(<usize>g.medians);
  m.position = 0;
  for (let k: usize = 0; k < g.outputs; k++)
    memory.fill(partialOf(g, m, k) + 2 * stretchOf(g), 0, 2 * stretchOf(g));
}

/** The score of the split before `position` of a list of samples; positions must not fall. */
export function absoluteScore(g: Growth, list: usize, stride: usize, position: usize): f64 {
  const m = changetype<Medians>(<usize>g.medians);
  const outputs: usize = g.outputs;
  const count = <usize>(g.end - g.start);
  const stretch = stretchOf(g);
  for (let i = <usize>m.position; i < position; i++) {
    const row = <usize>load<u32>(list + i * stride);
    for (let k: usize = 0; k < outputs; k++) {
      const place = <usize>u32At(<usize>m.places + ((k * g.rows) << 2), row);
      const left = partialOf(g, m, k) + 2 * stretch;
      add(left, stretch, count, place, f64At(g.weights, row), f64At(g.targets, row * outputs + k));
    }
  }
  m.position = <u32>position;
  g.leftImpurity = sideDistances(g, m, count, true, false);
  g.rightImpurity = sideDistances(g, m, count, false, false);
  return -g.rightWeight * g.rightImpurity - g.leftWeight * g.leftImpurity;
}

/** The impurities of the samples before `position` of the node's stretch, and of the others. */
export function splitAbsoluteImpurities(g: Growth, position: u32): void {
  prepareFeature(g);
  absoluteScore(g, <usize>g.samples + (<usize>g.start << 2), 4, position - g.start);
}
