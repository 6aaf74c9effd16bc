// What one growing tree needs to know and remembers between calls: settings that its leader writes, then the state.
//
// All fields are 4 bytes (u32), then come those of 8 bytes (f64), in the order given here; the leader (engine:
// trees/cart/growth.ts) addresses them by their place in this list. Addresses are bytes from 0 of the shared memory.

@unmanaged
export class Growth {
  // Data.
  /** Rows of the table. */
  rows: u32;
  /** Features that this tree may use; features are numbered in the order of the lists below. */
  features: u32;
  /** u32[features] addresses of columns: values f32[rows]; their ranks u32[rows] among distinct values. */
  columns: u32;
  ranks: u32;
  /** u32[features] addresses: the distinct values f32[], ascending. */
  values: u32;
  /** u32[features]: the number of distinct values. */
  distinct: u32;
  /** u32[features]: TIES, CLOSE. */
  traits: u32;
  /** u32[features] addresses: u64[rows], row + rank * 2^32, ascending; 0 where a feature is not sorted beforehand. */
  orders: u32;
  /**
   * What nodes of few rows read: [rows][…], `rowBytes` for each row; f32 values where thresholds are drawn, else u32 ranks.
   * u32[features]: the place of each feature in a row, in bytes.
   */
  matrix: u32;
  rowBytes: u32;
  places: u32;
  /** Classification: u32[rows] class. Regression: f64[rows][outputs]. */
  targets: u32;
  /** f64[rows]. */
  weights: u32;
  /** Classes, or targets. */
  outputs: u32;
  // The rule.
  criterion: u32;
  /** 1: thresholds are drawn, 0: all are tried. */
  random: u32;
  /** 1: the leaf whose split gains most is split next, up to `splitsLeft` splits. */
  bestFirst: u32;
  mostFeatures: u32;
  mostDepth: u32;
  leastSplit: u32;
  leastLeaf: u32;
  /** 1: sums of targets and weights round, so that their order must be kept. */
  ordered: u32;
  /** 1: a row can be among the samples more than once. */
  repeated: u32;
  // Room.
  /** u32[sampleCount] rows; the samples of each node are a stretch of it. */
  samples: u32;
  sampleCount: u32;
  /** u64[sampleCount], twice. */
  keys: u32;
  spareKeys: u32;
  /** u32[3][2048]. */
  counts: u32;
  /** u8[rows], all 0. */
  marks: u32;
  /** u32[features], 0, 1, …; and u32[features]. */
  featureOrder: u32;
  constants: u32;
  /** f64[4][outputs]: the sums of the node, left and right; means. */
  sums: u32;
  /** See absolute.ts; 0 for other criteria. */
  medians: u32;
  /** Node[capacity]; f64[capacity][outputs]; Entry[capacity]. */
  nodes: u32;
  nodeValues: u32;
  entries: u32;
  capacity: u32;
  // State.
  status: u32;
  /** 1: a search is under way. */
  searching: u32;
  seed: u32;
  nodeCount: u32;
  entryCount: u32;
  splitsLeft: u32;
  /** Best first: the nodes that are to be searched next, 2: left and right of `entries[capacity - 1]`, 1: right. */
  waiting: u32;
  // The node that is being searched.
  start: u32;
  end: u32;
  depth: u32;
  parent: u32;
  isLeft: u32;
  knownConstants: u32;
  openFeatures: u32;
  visited: u32;
  foundConstants: u32;
  drawnConstants: u32;
  lastFeature: u32;
  /** The best split so far. */
  bestFeature: u32;
  bestRank: u32;
  bestPosition: u32;
  leastLeafWeight: f64;
  leastDecrease: f64;
  /** Of all samples. */
  totalWeight: f64;
  nodeWeight: f64;
  leftWeight: f64;
  rightWeight: f64;
  /** The weighted sum of squared targets of the node. */
  squares: f64;
  impurity: f64;
  bestScore: f64;
  bestThreshold: f64;
  leftImpurity: f64;
  rightImpurity: f64;
  improvement: f64;
}

/** A node of the finished tree. */
@unmanaged
export class Node {
  /** 0 for a leaf. */
  left: u32;
  right: u32;
  feature: u32;
  samples: u32;
  /** Values up to it go left. */
  threshold: f64;
  impurity: f64;
  weight: f64;
  /** Its stretch of the samples. */
  start: u32;
  end: u32;
}

/** A node that is still to be looked at (depth first), or one that can be split (best first). */
@unmanaged
export class Entry {
  start: u32;
  end: u32;
  depth: u32;
  /** Depth first: the parent. Best first: the node itself. */
  node: u32;
  /** Depth first: whether it is a left child. Best first: whether it is a leaf. */
  flag: u32;
  /** Depth first: features known to be constant. Best first: where the samples of the right child begin. */
  number: u32;
  impurity: f64;
  rightImpurity: f64;
  improvement: f64;
}

export const NODE_BYTES: usize = 48;
export const ENTRY_BYTES: usize = 48;

/** Traits of features: different rows share a value; two values are so close that they count as one. */
export const TIES: u32 = 1;
export const CLOSE: u32 = 2;

export const GINI: u32 = 0;
export const ENTROPY: u32 = 1;
export const SQUARED: u32 = 2;
export const FRIEDMAN: u32 = 3;
export const ABSOLUTE: u32 = 4;
export const POISSON: u32 = 5;

export const RUNNING: u32 = 0;
export const DONE: u32 = 1;
/** Another node needs more `capacity`. */
export const FULL: u32 = 2;

// @ts-ignore: decorator
@inline
export function u32At(list: usize, index: usize): u32 {
  return load<u32>(list + (index << 2));
}

// @ts-ignore: decorator
@inline
export function f64At(list: usize, index: usize): f64 {
  return load<f64>(list + (index << 3));
}
