// The tree evaluator in both modules beside its twin: the same bits, for random blocks and rows with odd values.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { writeBlock } from '../../block.js';
import { checkBlock } from '../../check.js';
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

function chainedTrees(random: RandomState, trees: number, features: number): [Uint32Array, Uint32Array] {
  const nodes: number[][] = [];
  const roots: number[] = [];
  for (let tree = 0; tree < trees; tree++) {
    const open = [nodes.push([]) - 1];
    roots.push(16 * open[0]);
    // Up to 40 splits, each of the newest leaf or a random one, so that some trees are deep.
    for (let splits = random.integer(0, 41); splits > 0; splits--) {
      const at = random.double() < 0.7 ? open.length - 1 : random.integer(0, open.length);
      const [node] = open.splice(at, 1);
      const left = nodes.push([], []) - 2;
      nodes[node] = [what(random, features), draw(random), 16 * left, 0];
      open.push(left, left + 1);
    }
    for (const leaf of open) nodes[leaf] = [0, Number.NaN, 16 * leaf, random.normal()];
  }
  const words = new Uint32Array(4 * nodes.length);
  const floats = new Float32Array(words.buffer);
  nodes.forEach(([test, threshold, left, value], node) => {
    words[4 * node] = test!;
    floats[4 * node + 1] = threshold!;
    words[4 * node + 2] = left!;
    floats[4 * node + 3] = value!;
  });
  return [words, Uint32Array.from(roots)];
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

function compare(random: RandomState, levels: number): void {
  const features = random.integer(1, 9);
  const outputs = random.integer(1, 4);
  const trees = random.integer(0, 12);
  const base = Float32Array.from({ length: outputs }, () => random.normal());
  const words = levels > 0 ? [completeTrees(random, trees, levels, features)] : chainedTrees(random, trees, features);
  const block = writeBlock({
    kind: 'trees',
    features,
    outputs,
    decision: outputs === 1 ? 'value' : 'softmax',
    classValues: outputs === 1 ? [] : Array.from({ length: outputs }, (_, index) => index),
    words: [trees, base, levels, ...words],
  });
  checkBlock(block);
  for (const count of [1, 2, 3, 4, 5, 63, 64, 65, 67, 130]) {
    const rows = Array.from({ length: count }, () => Float32Array.from({ length: features }, () => draw(random)));
    const expected = treeScores(block, rows).flatMap((scores) => [...scores]);
    for (const [name, run, memory] of modules)
      assert.deepEqual([...scoresOf(run, memory, block, rows)], expected, `${name}, ${count} rows`);
  }
}

for (const levels of [0, 1, 2, 3, 5, 8])
  test(levels === 0 ? 'chained trees' : `complete trees of ${levels} levels`, () => {
    for (let seed = 0; seed < 25; seed++) compare(new RandomState(100 * levels + seed), levels);
  });
