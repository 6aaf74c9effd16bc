// Growing one tree, node by node: depth first, or the node with the largest improvement first.
import { prepareNode } from './absolute';
import { advanceSplit, EPSILON, judgeSplit, nodeImpurity, resetSplit, storeValue, sumNode } from './criterion';
import { ABSOLUTE, DONE, Entry, ENTRY_BYTES, f64At, FULL, Growth, Node, NODE_BYTES, RUNNING, u32At } from './growth';
import { keepConstants, partitionNode, search, startSearch } from './split';

/**
 * Grows the tree of `growth` further, for about `budget` samples of features; `status` says how far it came. The trees
 * of a team grow in any order: each call touches its own tree's room only.
 */
export function growTree(growth: usize, budget: i32): void {
  const g = changetype<Growth>(growth);
  while (budget >= 0) {
    if (!g.searching) {
      if (g.capacity - g.nodeCount < 4) {
        g.status = FULL;
        return;
      }
      if (!(g.bestFirst ? nextBest(g) : nextDeepest(g))) {
        g.status = DONE;
        return;
      }
      budget -= <i32>(g.end - g.start) + 8;
    } else {
      budget = search(g, budget);
      if (!g.searching) finishNode(g);
    }
  }
  g.status = RUNNING;
}

// @ts-ignore: decorator
@inline
function entryAt(g: Growth, index: usize): Entry {
  return changetype<Entry>(<usize>g.entries + index * ENTRY_BYTES);
}

// @ts-ignore: decorator
@inline
function nodeAt(g: Growth, index: usize): Node {
  return changetype<Node>(<usize>g.nodes + index * NODE_BYTES);
}

/** Depth first: the next node is the one put off last. False if there is none. */
function nextDeepest(g: Growth): bool {
  if (g.nodeCount == 0) {
    startRoot(g);
    return true;
  }
  if (g.entryCount == 0) return false;
  const entry = entryAt(g, --g.entryCount);
  startNode(g, entry.start, entry.end, entry.depth, entry.node, entry.flag, entry.number, entry.impurity);
  return true;
}

/** Best first: children of the best leaf, or what is left to do of them. False if no leaf may be split any more. */
function nextBest(g: Growth): bool {
  if (g.nodeCount == 0) {
    startRoot(g);
    return true;
  }
  const best = entryAt(g, g.capacity - 1);
  if (g.waiting == 1) {
    g.waiting = 0;
    startNode(g, best.number, best.end, best.depth + 1, best.node, 0, 0, best.rightImpurity);
    return true;
  }
  for (;;) {
    if (g.entryCount == 0) return false;
    popEntry(g, best);
    if (best.flag || g.splitsLeft == 0) continue;
    g.splitsLeft--;
    g.waiting = 1;
    startNode(g, best.start, best.number, best.depth + 1, best.node, 1, 0, best.impurity);
    return true;
  }
}

function startRoot(g: Growth): void {
  let total: f64 = 0;
  for (let i: usize = 0; i < g.sampleCount; i++) total += f64At(g.weights, u32At(g.samples, i));
  g.totalWeight = total;
  startNode(g, 0, g.sampleCount, 0, 0, 0, 0, Infinity);
}

function startNode(
  g: Growth, start: u32, end: u32, depth: u32, parent: u32, isLeft: u32, constants: u32, impurity: f64,
): void {
  g.start = start;
  g.end = end;
  g.depth = depth;
  g.parent = parent;
  g.isLeft = isLeft;
  g.knownConstants = constants;
  sumNode(g);
  if (g.criterion == ABSOLUTE) prepareNode(g);
  g.impurity = g.nodeCount == 0 ? nodeImpurity(g) : impurity;
  const samples = end - start;
  const isLeaf =
    depth >= g.mostDepth ||
    samples < g.leastSplit ||
    samples < 2 * g.leastLeaf ||
    g.nodeWeight < 2 * g.leastLeafWeight ||
    g.impurity <= EPSILON;
  if (isLeaf) addNode(g, true);
  else startSearch(g);
}

/** After the search: the node is split, or stays a leaf. */
function finishNode(g: Growth): void {
  const position = g.bestPosition;
  let isLeaf = position >= g.end;
  if (!isLeaf) {
    partitionNode(g);
    resetSplit(g);
    const samples = <usize>g.samples + (<usize>g.start << 2);
    advanceSplit(g, samples, 4, g.end - g.start, 0, position - g.start);
    judgeSplit(g, position);
  }
  keepConstants(g);
  if (!isLeaf) isLeaf = g.improvement + EPSILON < g.leastDecrease;
  addNode(g, isLeaf);
}

function addNode(g: Growth, isLeaf: bool): void {
  const index = g.nodeCount++;
  const node = nodeAt(g, index);
  if (index > 0) {
    const parent = nodeAt(g, g.parent);
    if (g.isLeft) parent.left = index;
    else parent.right = index;
  }
  node.left = 0;
  node.right = 0;
  node.feature = isLeaf ? 0 : g.bestFeature;
  node.threshold = isLeaf ? 0 : g.bestThreshold;
  node.samples = g.end - g.start;
  node.impurity = g.impurity;
  node.weight = g.nodeWeight;
  node.start = g.start;
  node.end = g.end;
  storeValue(g, <usize>g.nodeValues + ((<usize>index * g.outputs) << 3));
  if (g.bestFirst) pushEntry(g, index, isLeaf);
  else if (!isLeaf) {
    const constants = g.knownConstants + g.foundConstants;
    putOff(g, g.bestPosition, g.end, index, 0, constants, g.rightImpurity);
    putOff(g, g.start, g.bestPosition, index, 1, constants, g.leftImpurity);
  }
}

function putOff(g: Growth, start: u32, end: u32, node: u32, isLeft: u32, constants: u32, impurity: f64): void {
  const entry = entryAt(g, g.entryCount++);
  entry.start = start;
  entry.end = end;
  entry.depth = g.depth + 1;
  entry.node = node;
  entry.flag = isLeft;
  entry.number = constants;
  entry.impurity = impurity;
}

// A binary heap with the largest improvement on top. Equal improvements come out in the order in which the heaps of the
// C++ standard library, as they are usually built, give them out.

function pushEntry(g: Growth, node: u32, isLeaf: bool): void {
  const improvement: f64 = isLeaf ? 0 : g.improvement;
  const hole = rise(g, g.entryCount++, improvement);
  const entry = entryAt(g, hole);
  entry.start = g.start;
  entry.end = g.end;
  entry.depth = g.depth;
  entry.node = node;
  entry.flag = <u32>isLeaf;
  entry.number = isLeaf ? g.end : g.bestPosition;
  entry.impurity = isLeaf ? g.impurity : g.leftImpurity;
  entry.rightImpurity = isLeaf ? g.impurity : g.rightImpurity;
  entry.improvement = improvement;
}

/** Moves parents with a smaller improvement down; returns where there is place now. */
function rise(g: Growth, hole: usize, improvement: f64): usize {
  while (hole > 0) {
    const parent = (hole - 1) >> 1;
    if (!(entryAt(g, parent).improvement < improvement)) break;
    moveEntry(g, hole, parent);
    hole = parent;
  }
  return hole;
}

function moveEntry(g: Growth, to: usize, from: usize): void {
  memory.copy(<usize>g.entries + to * ENTRY_BYTES, <usize>g.entries + from * ENTRY_BYTES, ENTRY_BYTES);
}

/** The top goes to `best`; the hole sinks to the bottom, and the last entry rises from there. */
function popEntry(g: Growth, best: Entry): void {
  memory.copy(changetype<usize>(best), g.entries, ENTRY_BYTES);
  const count = <usize>--g.entryCount;
  if (count == 0) return;
  let hole: usize = 0;
  let child: usize = 2;
  for (; child < count; child = 2 * hole + 2) {
    if (entryAt(g, child).improvement < entryAt(g, child - 1).improvement) child--;
    moveEntry(g, hole, child);
    hole = child;
  }
  if (child == count) {
    moveEntry(g, hole, child - 1);
    hole = child - 1;
  }
  moveEntry(g, rise(g, hole, entryAt(g, count).improvement), count);
}
