/** Checking blocks of the kind `trees`; assembly/evaluate/trees.ts describes their bytes. */
import { BlockError, type BlockFacts, type BlockReader } from './block-reader.js';

const MOST_LEVELS = 8;
const NODE_BYTES = 16;
const MISSING_RIGHT = 1;
const CATEGORIES = 2;

export function checkTrees(block: BlockReader, { features, outputs }: BlockFacts): void {
  const trees = block.word(6);
  const levels = block.word(8);
  if (levels > MOST_LEVELS) throw new BlockError(`its trees have ${levels} levels`);
  if (levels > 0) {
    block.array(7, outputs, 4);
    checkComplete(block, trees, levels, features);
    return;
  }
  const width = block.word(11);
  block.array(7, outputs, width > 0 ? 8 : 4);
  if (width > 0 && outputs % width !== 0)
    throw new BlockError(`its leaf table of width ${width} does not go with ${outputs} outputs`);
  const table = width > 0 ? block.array(12, 0, 8) : 0;
  // Without a leaf table, a leaf's word is its value and may be anything.
  const leaves = width > 0 ? Math.floor((block.length - table) / (8 * width)) : 2 ** 32;
  checkChained(block, trees, features, leaves);
}

/** Bits 2 … 31 of a test are the offset of a feature in a row. */
function checkTest(block: BlockReader, test: number, features: number): void {
  const feature = block.view.getUint32(test, true) >>> 2;
  if (feature >= features) throw new BlockError(`the test at byte ${test} is on feature ${feature} of ${features}`);
}

/** Walks of complete trees stay inside by themselves: only the features are to be checked. */
function checkComplete(block: BlockReader, trees: number, levels: number, features: number): void {
  const width = 2 ** levels;
  const start = block.array(9, trees, 12 * width);
  for (let tree = 0; tree < trees; tree++)
    for (let test = 1; test < width; test++) checkTest(block, start + 12 * width * tree + 8 * test, features);
}

/**
 * Every node that can be reached is inside, and either a leaf that nothing leaves or has its children behind it, so that
 * every walk ends.
 */
function checkChained(block: BlockReader, trees: number, features: number, leaves: number): void {
  const { view } = block;
  const setWords = block.word(14);
  const sets = setWords > 0 ? block.array(13, setWords, 4) : 0;
  const nodes = block.array(9, 0, NODE_BYTES);
  const roots = block.array(10, trees, 4);
  const limit = block.length - nodes;
  const seen = new Uint8Array(Math.floor(limit / NODE_BYTES));
  const open: number[] = [];
  const reach = (node: number) => {
    if (node % NODE_BYTES !== 0 || node + NODE_BYTES > limit)
      throw new BlockError(`there is no node at byte ${node} of the ${limit} after its trees begin`);
    if (seen[node / NODE_BYTES]) return;
    seen[node / NODE_BYTES] = 1;
    open.push(node);
  };
  for (let tree = 0; tree < trees; tree++) reach(view.getUint32(roots + 4 * tree, true));
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    checkTest(block, nodes + node, features);
    const left = view.getUint32(nodes + node + 8, true);
    if (left === node) {
      const flags = view.getUint32(nodes + node, true) & (MISSING_RIGHT | CATEGORIES);
      if (flags || !Number.isNaN(view.getFloat32(nodes + node + 4, true)))
        throw new BlockError(`the leaf at byte ${node} of its trees can be left`);
      const row = view.getUint32(nodes + node + 12, true);
      if (row >= leaves) throw new BlockError(`its leaf table has no row ${row}`);
      continue;
    }
    if (view.getUint32(nodes + node, true) & CATEGORIES) {
      const place = view.getUint32(nodes + node + 4, true);
      if (place >= setWords || view.getUint32(sets + 4 * place, true) > setWords - place - 1)
        throw new BlockError(`its sets of categories have none at word ${place}`);
    }
    if (left < node) throw new BlockError(`the node at byte ${node} of its trees leads back to ${left}`);
    reach(left);
    reach(left + NODE_BYTES);
  }
}
