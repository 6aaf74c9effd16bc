/**
 * Decision trees as the words of an evaluator block (kind `trees`), and back. The kernels' evaluate/trees.ts describes
 * the bytes. There are two forms:
 *
 * - `treeWords(trees, baseScores)`: a leaf holds one float32, sums are float32 (as xgboost's are). Tree t adds to
 *   output t % outputs.
 * - `treeTableWords(trees, width, baseScores)`: a leaf holds `width` float64 numbers, sums are float64 (as
 *   scikit-learn's are). Width = outputs for trees that know all classes (forests with the decision `shares`, whose leaves
 *   hold a class share divided by the number of trees); width 1 for trees of one number (gradient boosting), where tree t
 *   adds to output t % outputs.
 *
 * In both a node may test categories (`TreeTests.categories`). A test sends a value left if it is *below* its threshold;
 * for references that send left what is *at most* a float64 threshold, as scikit-learn does, `thresholdAtMost` of tree.ts
 * gives the float32 threshold of the same meaning.
 */
import { type BlockDescription, BlockError, HEADER_BYTES } from '@pgml/kernels';
import { type DecisionTree, depthOf, type TableTree, TreeBuilder, type TreeTests } from './tree.js';

/** The most levels of complete trees: beyond, too many of their nodes would be empty. */
const MOST_LEVELS = 8;
const MISSING_RIGHT = 1;
const CATEGORIES = 2;
const CHAINED_WORDS = 4;

/** Words 6 … of a block with kind `trees`. Tree t adds to output t % outputs, which begins at its base score. */
export function treeWords(trees: readonly DecisionTree[], baseScores: ArrayLike<number>): BlockDescription['words'] {
  const base = Float32Array.from(baseScores);
  const levels = Math.max(1, ...trees.map(depthOf));
  const sets = new CategorySets();
  if (levels > MOST_LEVELS || trees.some(({ categories }) => categories && categories.size > 0)) {
    const [nodes, roots] = chained(trees, sets, (words, place, tree, node) => {
      new Float32Array(words.buffer)[place] = tree.value[node];
    });
    return [trees.length, base, 0, nodes, roots, 0, 0, ...sets.words()];
  }
  return [trees.length, base, levels, complete(trees, levels)];
}

/**
 * Words 6 … of a block with kind `trees` and a leaf table. `width` divides the number of outputs, of which there are as
 * many as base scores; tree t adds its `width` numbers to those from width * (t % (outputs / width)) on.
 */
export function treeTableWords(
  trees: readonly TableTree[],
  width: number,
  baseScores: ArrayLike<number>,
): BlockDescription['words'] {
  const leaves = trees.reduce((sum, { left }) => sum + left.filter((child) => child < 0).length, 0);
  const table = new Float64Array(leaves * width);
  const sets = new CategorySets();
  let row = 0;
  const [nodes, roots] = chained(trees, sets, (words, place, tree, node) => {
    table.set(tree.rows.subarray(node * width, (node + 1) * width), row * width);
    words[place] = row++;
  });
  return [trees.length, Float64Array.from(baseScores), 0, nodes, roots, width, table, ...sets.words()];
}

const whatOf = (tree: TreeTests, node: number): number =>
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

/** The sets of categories of all trees, equal ones once. */
class CategorySets {
  readonly #words: number[] = [];
  readonly #places = new Map<string, number>();

  /** Where among the words the set lies. */
  add(bits: Uint32Array): number {
    const key = bits.join();
    const known = this.#places.get(key);
    if (known !== undefined) return known;
    const place = this.#words.push(bits.length) - 1;
    for (const word of bits) this.#words.push(word);
    this.#places.set(key, place);
    return place;
  }

  /** Words 13 and 14 of the block; none if there are no sets. */
  words(): [] | [sets: Uint32Array, length: number] {
    return this.#words.length === 0 ? [] : [Uint32Array.from(this.#words), this.#words.length];
  }
}

/** `setLeaf` writes the last word of a leaf, which is word `place` of `words`. */
function chained<Tree extends TreeTests>(
  trees: readonly Tree[],
  sets: CategorySets,
  setLeaf: (words: Uint32Array, place: number, tree: Tree, node: number) => void,
): [nodes: Uint32Array, roots: Uint32Array] {
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
      if (tree.left[node] < 0) {
        floats[word + 1] = Number.NaN;
        words[word + 2] = 16 * (first + i);
        setLeaf(words, word + 3, tree, node);
        continue;
      }
      const bits = tree.categories?.get(node);
      words[word] = whatOf(tree, node) + (bits ? CATEGORIES : 0);
      if (bits) words[word + 1] = sets.add(bits);
      else floats[word + 1] = tree.threshold[node];
      words[word + 2] = 16 * end;
      order.push(tree.left[node], tree.right[node]);
      end += 2;
    }
  });
  return [words, roots];
}

/** One tree as chained nodes with its sets of categories, for the kernels that walk down trees during a fit. */
export function chainedTree(tree: DecisionTree): { nodes: Uint32Array; sets: Uint32Array } {
  const sets = new CategorySets();
  const [nodes] = chained([tree], sets, (words, place, _, node) => {
    new Float32Array(words.buffer)[place] = tree.value[node];
  });
  return { nodes, sets: sets.words()[0] ?? new Uint32Array() };
}

/**
 * A block of the first form, taken apart again. Nodes are numbered breadth first. Throws BlockError for a block of the
 * other form; and when branches of chained trees meet, which evaluators need not mind but which makes endless trees of
 * few bytes.
 */
export function readTrees(block: Uint8Array): { trees: DecisionTree[]; baseScores: Float32Array } {
  const stored = new StoredTrees(block);
  if (stored.width !== 0) throw new BlockError('its trees have a leaf table');
  const floats = new Float32Array(stored.bytes);
  const trees = stored.trees((tree, builder, node, position) => {
    builder.setValue(node, floats[tree.leafWord(position)]);
  });
  return { trees, baseScores: new Float32Array(stored.bytes, stored.header[7], stored.header[2]).slice() };
}

/** A block of the second form, taken apart again. Throws BlockError for a block of the other form, and as above. */
export function readTreeTable(block: Uint8Array): { trees: TableTree[]; width: number; baseScores: Float64Array } {
  const stored = new StoredTrees(block);
  const { bytes, header, width } = stored;
  if (width === 0) throw new BlockError('its trees have no leaf table');
  const words = new Uint32Array(bytes);
  let leaves: [node: number, row: number][] = [];
  const leavesOfTrees: (typeof leaves)[] = [];
  const trees = stored.trees(
    (tree, _, node, position) => {
      leaves.push([node, words[tree.leafWord(position)]]);
    },
    () => {
      leavesOfTrees.push(leaves);
      leaves = [];
    },
  );
  return {
    trees: trees.map(({ value: _, ...tests }, t) => {
      const rows = new Float64Array(tests.left.length * width);
      for (const [node, row] of leavesOfTrees[t])
        rows.set(new Float64Array(bytes, header[12] + 8 * width * row, width), node * width);
      return { ...tests, rows };
    }),
    width,
    baseScores: new Float64Array(bytes, header[7], header[2]).slice(),
  };
}

/** How to walk a stored tree: a position is a node's, what it leads to are numbers of words of the block. */
interface StoredTree {
  readonly root: number;
  test(position: number): number;
  isLeaf(position: number): boolean;
  leafWord(leaf: number): number;
  left(position: number): number;
  right(position: number): number;
}

type SetLeaf = (tree: StoredTree, builder: TreeBuilder, node: number, position: number) => void;

class StoredTrees {
  readonly bytes: ArrayBuffer;
  readonly header: Uint32Array;
  /** Of the leaf table; 0: there is none. */
  readonly width: number;

  constructor(block: Uint8Array) {
    // A copy that begins at 0 of its buffer, whatever the block is a view of.
    const { buffer } = Uint8Array.from(block);
    this.bytes = buffer.slice(0, Math.floor(buffer.byteLength / 4) * 4);
    this.header = new Uint32Array(this.bytes, 0, HEADER_BYTES / 4);
    this.width = this.header[8] > 0 ? 0 : this.header[11];
  }

  /** All trees. Calls `setLeaf` for each leaf, and `done` after each tree. */
  trees(setLeaf: SetLeaf, done: () => void = () => {}): DecisionTree[] {
    const [, , , , , , count, , levels, nodesOffset, rootsOffset] = this.header as unknown as number[];
    const words = new Uint32Array(this.bytes);
    let nodes = words.length - nodesOffset / 4;
    return Array.from({ length: count }, (_, t) => {
      const stored =
        levels === 0
          ? chainedReader(words, nodesOffset / 4, words[rootsOffset / 4 + t] / 4)
          : completeReader(new Float32Array(this.bytes), nodesOffset / 4 + t * 3 * 2 ** levels, 2 ** levels);
      const tree = this.#tree(words, stored, nodes, setLeaf);
      nodes -= tree.left.length;
      done();
      return tree;
    });
  }

  #tree(words: Uint32Array, stored: StoredTree, mostNodes: number, setLeaf: SetLeaf): DecisionTree {
    const floats = new Float32Array(this.bytes);
    const builder = new TreeBuilder();
    const queue = [{ node: 0, position: stored.root }];
    for (const { node, position } of queue) {
      if (queue.length > mostNodes) throw new BlockError('branches of its trees meet');
      if (stored.isLeaf(position)) {
        setLeaf(stored, builder, node, position);
        continue;
      }
      const test = stored.test(position);
      const onCategories = this.header[8] === 0 && (words[test] & CATEGORIES) !== 0;
      const left = builder.split(node, {
        feature: words[test] >>> 2,
        threshold: onCategories ? 0 : floats[test + 1],
        missingLeft: (words[test] & MISSING_RIGHT) === 0,
        categories: onCategories ? this.#categories(words, words[test + 1]) : undefined,
      });
      queue.push({ node: left, position: stored.left(position) }, { node: left + 1, position: stored.right(position) });
    }
    return builder.build();
  }

  #categories(words: Uint32Array, place: number): Uint32Array {
    const set = this.header[13] / 4 + place;
    return words.slice(set + 1, set + 1 + words[set]);
  }
}

function completeReader(floats: Float32Array, tests: number, width: number): StoredTree {
  const test = (position: number): number => tests + 2 * position;
  return {
    root: 1,
    test,
    isLeaf: (position) => position >= width || Number.isNaN(floats[test(position) + 1]),
    leafWord: (position) => {
      let leaf = position;
      while (leaf < width) leaf *= 2;
      return tests + width + leaf;
    },
    left: (position) => 2 * position,
    right: (position) => 2 * position + 1,
  };
}

/** `nodes`: the first word of the trees; positions count from there. */
function chainedReader(words: Uint32Array, nodes: number, root: number): StoredTree {
  return {
    root,
    test: (position) => nodes + position,
    isLeaf: (position) => words[nodes + position + 2] === 4 * position,
    leafWord: (position) => nodes + position + 3,
    left: (position) => words[nodes + position + 2] / 4,
    right: (position) => words[nodes + position + 2] / 4 + CHAINED_WORDS,
  };
}
