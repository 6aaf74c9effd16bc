/** Decision trees as the words of an evaluator block, and back. The kernels' evaluate/trees.ts describes the bytes. */
import { type BlockDescription, BlockError, HEADER_BYTES } from '@pgml/kernels';
import { type DecisionTree, depthOf, TreeBuilder } from './tree.js';

/** The most levels of complete trees: beyond, too many of their nodes would be empty. */
const MOST_LEVELS = 8;
const MISSING_RIGHT = 1;
const CHAINED_WORDS = 4;

/** Words 6 … of a block with kind `trees`. Tree t adds to output t % outputs, which begins at its base score. */
export function treeWords(trees: readonly DecisionTree[], baseScores: ArrayLike<number>): BlockDescription['words'] {
  const base = Float32Array.from(baseScores);
  const levels = Math.max(1, ...trees.map(depthOf));
  if (levels > MOST_LEVELS) return [trees.length, base, 0, ...chained(trees)];
  return [trees.length, base, levels, complete(trees, levels)];
}

const whatOf = (tree: DecisionTree, node: number): number =>
  tree.feature[node] * 4 + (tree.missingLeft[node] ? 0 : MISSING_RIGHT);

function complete(trees: readonly DecisionTree[], levels: number): Uint32Array {
  const width = 2 ** levels;
  const words = new Uint32Array(trees.length * 3 * width);
  const floats = new Float32Array(words.buffer);
  trees.forEach((tree, t) => {
    const tests = t * 3 * width;
    const place = (node: number | undefined, position: number): void => {
      const value = node === undefined ? 0 : tree.value[node];
      if (position >= width) {
        floats[tests + width + position] = value;
        return;
      }
      if (node === undefined || tree.left[node] < 0) {
        floats[tests + 2 * position + 1] = Number.NaN;
        place(node, 2 * position);
        place(undefined, 2 * position + 1);
      } else {
        words[tests + 2 * position] = whatOf(tree, node);
        floats[tests + 2 * position + 1] = tree.threshold[node]!;
        place(tree.left[node], 2 * position);
        place(tree.right[node], 2 * position + 1);
      }
    };
    place(0, 1);
  });
  return words;
}

function chained(trees: readonly DecisionTree[]): [nodes: Uint32Array, roots: Uint32Array] {
  const roots = new Uint32Array(trees.length);
  const words = new Uint32Array(CHAINED_WORDS * trees.reduce((nodes, tree) => nodes + tree.left.length, 0));
  const floats = new Float32Array(words.buffer);
  let end = 0;
  trees.forEach((tree, t) => {
    roots[t] = 16 * end;
    // Breadth first, so that the upper levels, which every row sees, lie together. Siblings are placed together.
    const order = [0];
    const first = end++;
    for (let i = 0; i < order.length; i++) {
      const node = order[i];
      const word = CHAINED_WORDS * (first + i);
      const leaf = tree.left[node] < 0;
      words[word] = leaf ? 0 : whatOf(tree, node);
      floats[word + 1] = leaf ? Number.NaN : tree.threshold[node];
      words[word + 2] = 16 * (leaf ? first + i : end);
      floats[word + 3] = tree.value[node]!;
      if (leaf) continue;
      order.push(tree.left[node], tree.right[node]);
      end += 2;
    }
  });
  return [words, roots];
}

/**
 * A block with kind `trees`, taken apart again. Nodes are numbered breadth first. Throws BlockError when branches of
 * chained trees meet, which evaluators need not mind but which makes endless trees of few bytes.
 */
export function readTrees(block: Uint8Array): { trees: DecisionTree[]; baseScores: Float32Array } {
  // A copy that begins at 0 of its buffer, whatever the block is a view of.
  const bytes = Uint8Array.from(block);
  const header = new Uint32Array(bytes.buffer, 0, HEADER_BYTES / 4);
  const [, , outputs, , , , count, baseOffset, levels, offset, rootsOffset] = header as unknown as number[];
  const words = new Uint32Array(bytes.buffer, offset);
  const floats = new Float32Array(bytes.buffer, offset);
  let nodes = words.length;
  const trees = Array.from({ length: count }, (_, t) => {
    const stored =
      levels === 0
        ? chainedReader(words, floats, new Uint32Array(bytes.buffer, rootsOffset)[t] / 4)
        : completeReader(floats, t * 3 * 2 ** levels, 2 ** levels);
    const tree = readTree(words, floats, stored, nodes);
    nodes -= tree.left.length;
    return tree;
  });
  return { trees, baseScores: new Float32Array(bytes.buffer, baseOffset, outputs).slice() };
}

/** How to walk a stored tree: a position is a node's, tests are word numbers. */
interface StoredTree {
  readonly root: number;
  test(position: number): number;
  /** The value of a leaf; undefined for other nodes. */
  value(position: number): number | undefined;
  left(position: number): number;
  right(position: number): number;
}

function completeReader(floats: Float32Array, tests: number, width: number): StoredTree {
  const test = (position: number): number => tests + 2 * position;
  return {
    root: 1,
    test,
    value: (position) => {
      if (position < width && !Number.isNaN(floats[test(position) + 1])) return undefined;
      let leaf = position;
      while (leaf < width) leaf *= 2;
      return floats[tests + width + leaf];
    },
    left: (position) => 2 * position,
    right: (position) => 2 * position + 1,
  };
}

function chainedReader(words: Uint32Array, floats: Float32Array, root: number): StoredTree {
  return {
    root,
    test: (position) => position,
    value: (position) => (words[position + 2] === 4 * position ? floats[position + 3] : undefined),
    left: (position) => words[position + 2] / 4,
    right: (position) => words[position + 2] / 4 + CHAINED_WORDS,
  };
}

function readTree(words: Uint32Array, floats: Float32Array, stored: StoredTree, mostNodes: number): DecisionTree {
  const builder = new TreeBuilder();
  const queue = [{ node: 0, position: stored.root }];
  for (const { node, position } of queue) {
    if (queue.length > mostNodes) throw new BlockError('branches of its trees meet');
    const value = stored.value(position);
    if (value !== undefined) {
      builder.setValue(node, value);
      continue;
    }
    const test = stored.test(position);
    const left = builder.split(node, {
      feature: words[test] >>> 2,
      threshold: floats[test + 1],
      missingLeft: (words[test] & MISSING_RIGHT) === 0,
    });
    queue.push({ node: left, position: stored.left(position) }, { node: left + 1, position: stored.right(position) });
  }
  return builder.build();
}
