// The tree evaluator in both modules beside its twin: the same bits, for random blocks and rows with odd values.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type BlockDescription, writeBlock } from '../../block/block.js';
import { checkBlock } from '../../block/check.js';
import { type EvaluateExports, loadEvaluators, loadKernels } from '../../load.js';
import { RandomState } from '../../random.js';
import { treeScores } from './trees.js';

const ODD = [Number.NaN, Infinity, -Infinity, 0, -0, 1e-45, 3.4e38];

/** Some of them equal to thresholds: both are drawn from few numbers. */
const draw = (random: RandomState): number =>
  random.double() < 0.15 ? ODD[random.integer(0, ODD.length)] : random.integer(-8, 9) / 4;

const what = (random: RandomState, features: number): number => 4 * random.integer(0, features) + random.integer(0, 2);

function completeTrees(random: RandomState, trees: number, levels: number, features: number): Uint32Array {
  const width = 2 ** levels;
  const words = new Uint32Array(3 * width * trees);
  const floats = new Float32Array(words.buffer);
  for (let tree = 0; tree < trees; tree++) {
    const start = 3 * width * tree;
    for (let position = 1; position < width; position++) {
      words[start + 2 * position] = what(random, features);
      floats[start + 2 * position + 1] = draw(random);
    }
    for (let leaf = 0; leaf < width; leaf++) floats[start + 2 * width + leaf] = random.normal();
  }
  return words;
}

interface Chained {
  readonly nodes: Uint32Array;
  readonly roots: Uint32Array;
  readonly table: Float64Array;
  readonly sets: Uint32Array;
}

/** `width` of the leaf table, 0 for none; `categories`: whether half of the tests are on categories. */
function chainedTrees(
  random: RandomState,
  { trees, features, width, categories }: { trees: number; features: number; width: number; categories: boolean },
): Chained {
  const nodes: number[][] = [];
  const roots: number[] = [];
  const table: number[] = [];
  const sets: number[] = [];
  // An empty set, one of one word, and a longer one: codes up to 8 and beyond are met.
  const places = [[], [random.integer(0, 2 ** 31)], [random.integer(0, 2 ** 31) + 2 ** 31, 0, 1]].map(
    (bits) => sets.push(bits.length, ...bits) - bits.length - 1,
  );
  const place = new Float32Array(1);
  const test = (): [number, number] => {
    if (!categories || random.double() < 0.5) return [what(random, features), draw(random)];
    new Uint32Array(place.buffer)[0] = places[random.integer(0, places.length)];
    return [what(random, features) + 2, place[0]];
  };
  const leafWord = (): number => {
    if (width === 0) return random.normal();
    for (let i = 0; i < width; i++) table.push(random.normal());
    new Uint32Array(place.buffer)[0] = table.length / width - 1;
    return place[0];
  };
  for (let tree = 0; tree < trees; tree++) {
    const open = [nodes.push([]) - 1];
    roots.push(16 * open[0]);
    // Up to 40 splits, each of the newest leaf or a random one, so that some trees are deep.
    for (let splits = random.integer(0, 41); splits > 0; splits--) {
      const at = random.double() < 0.7 ? open.length - 1 : random.integer(0, open.length);
      const [node] = open.splice(at, 1);
      const left = nodes.push([], []) - 2;
      nodes[node] = [...test(), 16 * left, 0];
      open.push(left, left + 1);
    }
    for (const leaf of open) nodes[leaf] = [0, Number.NaN, 16 * leaf, leafWord()];
  }
  const words = new Uint32Array(4 * nodes.length);
  const floats = new Float32Array(words.buffer);
  nodes.forEach(([test, threshold, left, value], node) => {
    words[4 * node] = test!;
    floats[4 * node + 1] = threshold!;
    words[4 * node + 2] = left!;
    floats[4 * node + 3] = value!;
  });
  return {
    nodes: words,
    roots: Uint32Array.from(roots),
    table: Float64Array.from(table),
    sets: Uint32Array.from(sets),
  };
}

function scoresOf(run: EvaluateExports, memory: WebAssembly.Memory, block: Uint8Array, rows: readonly Float32Array[]) {
  const outputs = new DataView(block.buffer, block.byteOffset).getUint32(8, true);
  const model = 65536;
  // Rows may begin at any multiple of 4.
  const input = Math.ceil((model + block.length) / 16) * 16 + 4;
  const out = Math.ceil((input + 4 * rows.length * rows[0].length) / 16) * 16;
  new Uint8Array(memory.buffer).set(block, model);
  rows.forEach((row, index) => {
    new Float32Array(memory.buffer).set(row, input / 4 + index * row.length);
  });
  run.scores(model, input, rows.length, out);
  return new Float64Array(memory.buffer, out, rows.length * outputs).slice();
}

const kernels = loadKernels();
kernels.allocate(1 << 20);
const plain = new WebAssembly.Memory({ initial: 32 });
const modules: readonly (readonly [string, EvaluateExports, WebAssembly.Memory])[] = [
  ['training.wasm', kernels.run, kernels.memory],
  ['evaluate.wasm', loadEvaluators(plain), plain],
];

function compare(random: RandomState, levels: number, width: number, categories: boolean): void {
  const features = random.integer(1, 9);
  const outputs = Math.max(1, width) * random.integer(1, 4);
  const trees = random.integer(0, 12);
  const base = Float64Array.from({ length: outputs }, () => random.normal());
  const words: BlockDescription['words'][number][] = [trees, width > 0 ? base : Float32Array.from(base), levels];
  if (levels > 0) words.push(completeTrees(random, trees, levels, features));
  else {
    const { nodes, roots, table, sets } = chainedTrees(random, { trees, features, width, categories });
    words.push(nodes, roots, width, width > 0 ? table : 0);
    if (categories) words.push(sets, sets.length);
  }
  const block = writeBlock({
    kind: 'trees',
    features,
    outputs,
    decision: outputs === 1 ? 'value' : 'softmax',
    classValues: outputs === 1 ? [] : Array.from({ length: outputs }, (_, index) => index),
    words,
  });
  checkBlock(block);
  for (const count of [1, 2, 3, 4, 5, 63, 64, 65, 67, 130, 1030]) {
    const rows = Array.from({ length: count }, () => Float32Array.from({ length: features }, () => draw(random)));
    const expected = treeScores(block, rows).flatMap((scores) => [...scores]);
    for (const [name, run, memory] of modules)
      assert.deepEqual([...scoresOf(run, memory, block, rows)], expected, `${name}, ${count} rows`);
  }
}

for (const levels of [1, 2, 3, 5, 8])
  test(`complete trees of ${levels} levels`, () => {
    for (let seed = 0; seed < 25; seed++) compare(new RandomState(100 * levels + seed), levels, 0, false);
  });

for (const width of [0, 1, 2, 5])
  for (const categories of [false, true])
    test(`chained trees, leaf table of width ${width}, ${categories ? 'with' : 'without'} categories`, () => {
      for (let seed = 0; seed < 25; seed++) compare(new RandomState(100 * width + seed), 0, width, categories);
    });
