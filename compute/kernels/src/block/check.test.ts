// The check of blocks in evaluate.wasm beside its twin in TypeScript: both accept the same blocks.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type BlockDescription, type Decision, decisions, HEADER_BYTES, writeBlock } from './block.js';
import { BlockError, checkBlock } from './check.js';
import { loadEvaluators } from '../load.js';
import { RandomState } from '../random.js';

const memory = new WebAssembly.Memory({ initial: 2 });
const { check } = loadEvaluators(memory);

/** The code of the kernel, which must agree with checkBlock. */
function verdict(block: Uint8Array): number {
  new Uint8Array(memory.buffer).fill(0xa5).set(block);
  const code = check(0, block.length, 65536);
  let refusal: string | undefined;
  try {
    checkBlock(block);
  } catch (error) {
    assert.ok(error instanceof BlockError);
    refusal = error.message;
  }
  assert.equal(code === 0, refusal === undefined, `code ${code}, but ${refusal ?? 'accepted'}`);
  return code;
}

const linear: BlockDescription = {
  kind: 'linear',
  features: 3,
  outputs: 2,
  decision: 'softmax',
  classValues: [1, 2],
  words: [new Float64Array(6), new Float64Array(2)],
};
const centroids: BlockDescription = {
  ...linear,
  kind: 'centroids',
  decision: 'smallest',
  words: [new Float64Array(6)],
};

/** Two trees of two levels. */
const complete: BlockDescription = {
  ...linear,
  kind: 'trees',
  words: [
    2,
    new Float32Array(2),
    2,
    new Uint32Array([0, 0, 4, 0, 8, 0, 1, 0, 0, 0, 0, 0, 0, 0, 5, 0, 8, 0, 9, 0, 0, 0, 0, 0]),
  ],
};

/** A root with two leaves, and a leaf alone. */
const NAN = 0x7fc00000;
const nodes = new Uint32Array([4, 0, 16, 0, 0, NAN, 16, 0, 0, NAN, 32, 0, 0, NAN, 48, 0]);
const chained: BlockDescription = {
  ...linear,
  kind: 'trees',
  words: [2, new Float32Array(2), 0, nodes, new Uint32Array([0, 48])],
};
/** The same with a table of three leaves, and a set of categories at the root. */
const table: BlockDescription = {
  ...chained,
  words: [
    2,
    new Float64Array(2),
    0,
    new Uint32Array([6, 2, 16, 0, 0, NAN, 16, 0, 0, NAN, 32, 1, 0, NAN, 48, 2]),
    new Uint32Array([0, 48]),
    2,
    new Float64Array(6),
    new Uint32Array([1, 5, 2, 3, 4]),
    5,
  ],
};
const coupling: BlockDescription = {
  ...linear,
  outputs: 9,
  decision: 'pairwiseCoupling',
  classes: 3,
  classValues: [1, 2, 3],
  words: [new Float64Array(27), new Float64Array(9)],
  decisionNumbers: new Float64Array(6),
};
const svc: BlockDescription = {
  ...coupling,
  kind: 'kernel',
  words: [2, 2, new Float64Array(3), new Float32Array(6), new Float64Array(6), new Float64Array(3), 3, 0, 0],
};
/** 0.5 * rbf(one length scale) + rbf(three)² + white noise. */
const product = [8, 9, 0, 3, 0.5, 2, 4, 1, 2];
const power = [9, 9, 2, 2, 6, 3, 1, 1, 1];
const program = [7, 25, ...product, 7, 14, ...power, 1, 3, 0.1];
const gaussian: BlockDescription = {
  ...linear,
  kind: 'kernel',
  outputs: 8,
  decision: 'laplace',
  classes: 3,
  classValues: [1, 2, 3],
  words: [
    8,
    2,
    Float64Array.from(program),
    new Float32Array(6),
    new Float64Array(6),
    new Float64Array(3),
    3,
    new Float64Array(9),
    1,
  ],
};
const neighbours: BlockDescription = {
  ...linear,
  kind: 'neighbours',
  outputs: 4,
  decision: 'neighbourVote',
  classes: 2,
  words: [
    0,
    3,
    4,
    2,
    new Float32Array(12),
    3,
    new Uint32Array([3, 1, 0, 2]),
    new Float32Array(18),
    new Float64Array([2, Infinity]),
  ],
  decisionNumbers: new Float64Array([0, -1, 0, 1, 1, 0]),
};
const parts = [
  writeBlock({ ...linear, outputs: 1, decision: 'value', classValues: [] }),
  writeBlock({ ...chained, decision: 'weightedMedian', classValues: [], decisionNumbers: new Float64Array(2) }),
];
const joint: BlockDescription = {
  ...linear,
  kind: 'joint',
  outputs: 3,
  decision: 'vector',
  classes: 2,
  classValues: [],
  words: [
    2,
    new Uint32Array([0, parts[0].length]),
    Uint8Array.from(parts.flatMap((part) => [...part])),
    parts[0].length + parts[1].length,
  ],
};
const descriptions = { linear, centroids, complete, chained, table, coupling, svc, gaussian, neighbours, joint };

for (const [name, description] of Object.entries(descriptions)) {
  const block = writeBlock(description);

  test(`${name}: whole blocks pass, shorter ones do not`, () => {
    assert.equal(verdict(block), 0);
    for (let length = 0; length < HEADER_BYTES; length += 7) assert.equal(verdict(block.slice(0, length)), 1);
    for (let length = HEADER_BYTES; length < block.length; length += 4) verdict(block.slice(0, length));
    assert.notEqual(verdict(block.slice(0, HEADER_BYTES)), 0);
  });

  test(`${name}: blocks with words changed`, () => {
    const random = new RandomState(5);
    const interesting = [
      0,
      1,
      2,
      3,
      4,
      5,
      8,
      9,
      15,
      16,
      24,
      64,
      68,
      80,
      block.length,
      block.length - 16,
      2 ** 31,
      2 ** 32 - 16,
      2 ** 32 - 1,
      NAN,
    ];
    const seen = new Set<number>();
    for (let round = 0; round < 20_000; round++) {
      const copy = block.slice();
      const view = new DataView(copy.buffer);
      for (let changes = random.integer(1, 3); changes > 0; changes--) {
        const at = 4 * random.integer(0, copy.length / 4);
        const value = interesting[random.integer(0, interesting.length)];
        view.setUint32(
          at,
          random.double() < 0.7 ? value : view.getUint32(at, true) ^ (1 << random.integer(0, 31)),
          true,
        );
      }
      seen.add(verdict(copy));
    }
    // Most random changes hit numbers that may be anything.
    assert.ok(seen.has(0) && seen.size > 5, `codes ${[...seen].join(', ')}`);
  });
}

test('outputs, classes and numbers go with the decision', () => {
  const codes = new Set<number>();
  for (const decision of Object.keys(decisions) as Decision[])
    for (const outputs of [1, 2, 3, 4, 6, 9, 10, 2 ** 31, 2 ** 32 - 1])
      for (const classes of [0, 1, 2, 3, 4, 5, 65535, 65536, 92682, 2 ** 32 - 1])
        for (const numbers of [0, 1, 4, 12]) {
          const words = [new Float64Array(30), new Float64Array(10)];
          const decisionNumbers = new Float64Array(numbers);
          const classValues = new Float32Array(6);
          const block = writeBlock({
            kind: 'linear',
            features: 3,
            outputs,
            decision,
            classValues,
            words,
            decisionNumbers,
          });
          new DataView(block.buffer).setUint32(16, classes, true);
          codes.add(verdict(block));
        }
  assert.deepEqual(codes, new Set([0, 5, 6, 16]));
});

test('each fault has its code', () => {
  const changed = (description: BlockDescription, word: number, value: number) => {
    const block = writeBlock(description);
    new DataView(block.buffer).setUint32(4 * word, value, true);
    return verdict(block);
  };
  const wordOf = (description: BlockDescription, pointer: number, index: number) =>
    new DataView(writeBlock(description).buffer).getUint32(4 * pointer, true) / 4 + index;
  assert.equal(changed(linear, 0, 99), 2);
  assert.equal(changed(linear, 3, Object.keys(decisions).length), 3);
  assert.equal(changed(linear, 1, 0), 4);
  assert.equal(changed(linear, 4, 3), 5);
  assert.equal(changed(linear, 1, 0xffffffff), 6);
  assert.equal(changed(linear, 6, HEADER_BYTES + 4), 6);
  assert.equal(changed(complete, 8, 9), 7);
  assert.equal(changed(complete, wordOf(complete, 9, 2), 12), 8);
  assert.equal(changed(chained, wordOf(chained, 9, 2), 4096), 9);
  assert.equal(changed(chained, wordOf(chained, 10, 0), 8), 9);
  assert.equal(changed(chained, wordOf(chained, 9, 4), 1), 10);
  assert.equal(changed(chained, wordOf(chained, 9, 5), 0), 10);
  assert.equal(changed(chained, wordOf(chained, 9, 6), 0), 11);
  assert.equal(changed(table, 11, 3), 12);
  assert.equal(changed(table, wordOf(table, 9, 11), 999), 13);
  assert.equal(changed(table, wordOf(table, 9, 1), 3), 14);
  assert.equal(changed(table, wordOf(table, 9, 1), 5), 14);
  assert.equal(changed(neighbours, 9, 3), 15);
  assert.equal(changed(linear, 3, decisions.neighbourMean), 5);
  assert.equal(changed({ ...linear, decision: 'neighbourVote', classes: 2 }, 0, 1), 16);
  assert.equal(changed(neighbours, wordOf(neighbours, 15, 3), 0x40000000), 16);
  assert.equal(changed(svc, 6, 9), 17);
  assert.equal(changed(gaussian, wordOf(gaussian, 8, 3), 0), 18);
  assert.equal(changed(gaussian, 14, 2), 18);
  assert.equal(changed(svc, 12, 2), 19);
  assert.equal(changed(gaussian, 7, 3), 19);
  assert.equal(changed(joint, wordOf(joint, 7, 0), 8), 20);
  assert.equal(changed(joint, wordOf(joint, 8, 0), 6), 20);
  assert.equal(changed(joint, wordOf(joint, 8, 1), 2), 20);
});
