import assert from 'node:assert/strict';
import fs from 'node:fs';
import { test } from 'node:test';
import { checkBlock, HEADER_BYTES, loadEvaluators, RandomState, writeBlock } from '@pgml/kernels';
import { ArtifactError, type ArtifactHeader, FORMAT_VERSION, readArtifact, writeArtifact } from './artifact.js';
import { canonicalJson } from './canonical-json.js';
import { version } from '../version.js';

const header: ArtifactHeader = {
  kind: 'linear',
  task: 'classification',
  algorithm: 'linear',
  features: [
    { name: 'größe', pg_type: 'float4', width: 1 },
    { name: 'image', pg_type: 'int2[]', width: 3 },
  ],
  labels: [{ name: 'kind', pg_type: 'text', categories: ['a', 'b', 'c'], classes: [1, 2, 3] }],
  missing: 'refuse',
  hyperparams: { C: 1, penalty: 'l2' },
  seed: 42,
  details: { iterations: 7 },
  version,
};

const block = writeBlock({
  kind: 'linear',
  features: 4,
  outputs: 3,
  decision: 'softmax',
  classValues: [1, 2, 3],
  words: [Float64Array.from({ length: 12 }, (_, i) => i - 5), Float64Array.of(0.5, -0.5, 0)],
});

const bytes = writeArtifact(header, block);

test('what is written is read back, and equal models are equal bytes', () => {
  const artifact = readArtifact(bytes);
  assert.deepEqual(artifact.header, header);
  assert.deepEqual(artifact.block, block);
  assert.equal(artifact.block.byteOffset % 16, 0);
  assert.deepEqual(artifact.facts, { kind: 'linear', features: 4, outputs: 3, decision: 'softmax', classes: 3 });
  const reordered = { ...Object.fromEntries(Object.entries(header).reverse()) } as unknown as ArtifactHeader;
  assert.deepEqual(writeArtifact(reordered, block), bytes);
});

const sections = {
  labels: Int32Array.of(0, -1, 5),
  covers: Float32Array.of(1.5),
  means: Float64Array.of(1, 2, 3),
} as const;
const withSections = writeArtifact(header, block, sections);

test('sections lie between header and block, and are read back from anywhere in a buffer', () => {
  for (const shift of [0, 4, 7]) {
    const shifted = new Uint8Array(withSections.length + shift);
    shifted.set(withSections, shift);
    const artifact = readArtifact(shifted.subarray(shift));
    assert.deepEqual(artifact.sections, sections);
    assert.deepEqual(artifact.block, block);
    assert.deepEqual(artifact.header.sections, [
      { name: 'covers', type: 'float32', length: 1 },
      { name: 'labels', type: 'int32', length: 3 },
      { name: 'means', type: 'float64', length: 3 },
    ]);
    assert.deepEqual(writeArtifact(artifact.header, artifact.block, artifact.sections), withSections);
    assert.deepEqual(writeArtifact(artifact.header, artifact.block), bytes);
  }
  assert.deepEqual(readArtifact(bytes).sections, {});
});

test('sections that are not what the header says are refused', () => {
  const described = (change: (json: string) => string): Uint8Array => {
    const length = new DataView(withSections.buffer).getUint32(12, true);
    const json = new TextDecoder().decode(withSections.subarray(24, 24 + length));
    const copy = withSections.slice();
    const changed = new TextEncoder().encode(change(json));
    assert.equal(changed.length, length);
    copy.set(changed, 24);
    return copy;
  };
  assert.equal(readArtifact(described((json) => json)).facts.features, 4);
  assert.match(refusal(described((json) => json.replace('"length":3', '"length":9'))).message, /its block begins at/);
  for (const [from, to] of [
    ['"labels","type"', '"lapels","type"'],
    ['"labels","type"', '"covers","type"'],
    ['"int32"', '"int64"'],
    ['"length":3', '"length":x'],
    ['"length":3', '"lenght":3'],
  ])
    assert.match(refusal(described((json) => json.replace(from, to))).message, /sections|JSON/);
  for (let length = 0; length < withSections.length; length++) refusal(withSections.subarray(0, length));
});

test('the block of a Buffer is a plain Uint8Array, whose slices are copies', () => {
  const { block: read } = readArtifact(Buffer.from(bytes));
  assert.equal(Object.getPrototypeOf(read), Uint8Array.prototype);
  assert.equal(read.slice().buffer.byteLength, block.length);
});

test('canonical JSON sorts keys at every depth and leaves arrays alone', () => {
  assert.equal(canonicalJson({ b: [2, { d: 1, c: null }], a: 'x' }), '{"a":"x","b":[2,{"c":null,"d":1}]}');
});

test('an artifact may lie anywhere in a buffer', () => {
  const shifted = new Uint8Array(bytes.length + 7);
  shifted.set(bytes, 7);
  assert.deepEqual(readArtifact(shifted.subarray(7)).header, header);
});

function refusal(given: Uint8Array): ArtifactError {
  try {
    readArtifact(given);
  } catch (error) {
    assert.ok(error instanceof ArtifactError, String(error));
    assert.equal(error.sqlstate, 'XX001');
    return error;
  }
  throw new Error('not refused');
}

test('other bytes, other versions and cut bytes are refused with the reason', () => {
  assert.match(refusal(new TextEncoder().encode('no model, but some text')).message, /does not begin as one/);
  assert.match(refusal(new Uint8Array(0)).message, /does not begin as one/);
  const newer = bytes.slice();
  newer[8] = FORMAT_VERSION + 1;
  assert.match(refusal(newer).message, /version 2, expected was version 1/);
  assert.match(refusal(newer).hint!, /newer pgml/);
  for (let length = 0; length < bytes.length; length++) refusal(bytes.subarray(0, length));
  const longer = new Uint8Array(bytes.length + 1);
  longer.set(bytes);
  assert.match(refusal(longer).message, /should have/);
});

test('header and block must agree', () => {
  const wide = { ...header, features: [{ name: 'image', pg_type: 'int2[]', width: 5 }] };
  assert.match(refusal(writeArtifact(wide, block)).message, /over 5 features.*over 4/);
  const labels = [{ name: 'kind', pg_type: 'int4', classes: [0, 1] }];
  assert.match(refusal(writeArtifact({ ...header, labels }, block)).message, /describes 2 classes/);
  assert.match(refusal(writeArtifact({ ...header, kind: 'centroids' }, block)).message, /describes centroids/);
});

test('offsets outside of the block are refused', () => {
  const misplaced = (word: number, value: number) => {
    const copy = block.slice();
    new DataView(copy.buffer).setUint32(word * 4, value, true);
    return () => checkBlock(copy);
  };
  assert.throws(misplaced(6, block.length), /outside of/);
  assert.throws(misplaced(6, 0xfffffff0), /outside of/);
  assert.throws(misplaced(6, 0), /outside of/);
  assert.throws(misplaced(6, HEADER_BYTES + 4), /no multiple of 16/);
  assert.throws(misplaced(1, 0xffffffff), /outside of/);
  assert.throws(misplaced(2, 0), /0 outputs/);
  assert.throws(misplaced(0, 99), /99 is no kind/);
  assert.throws(misplaced(3, 99), /99 is no decision/);
  assert.throws(misplaced(4, 2), /do not go with/);
});

test('damaged artifacts are refused or safe to run, never anything else', () => {
  const random = new RandomState(11);
  const memory = new WebAssembly.Memory({ initial: 2 });
  const evaluators = loadEvaluators(memory);
  let refused = 0;
  for (let round = 0; round < 4000; round++) {
    const whole = round % 4 < 2 ? bytes : withSections;
    const copy = whole.slice();
    const start = round % 2 === 0 ? 0 : whole.length - block.length;
    for (let hits = random.integer(1, 5); hits > 0; hits--)
      copy[random.integer(start, Math.min(whole.length, start + 200))] = random.integer(0, 256);
    try {
      const artifact = readArtifact(copy);
      // The model lies at the very end of the memory, so that reading beyond it would trap.
      const model = memory.buffer.byteLength - artifact.block.length;
      new Uint8Array(memory.buffer).set(artifact.block, model);
      evaluators.predict(model, 0, 2, 1024, 2048);
    } catch (error) {
      assert.ok(error instanceof ArtifactError, `round ${round}: ${error}`);
      refused++;
    }
  }
  assert.ok(refused > 1000 && refused < 4000, `${refused} of 4000 were refused`);
});

test('the version is that of the package', () => {
  const manifest = JSON.parse(fs.readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
  assert.equal(version, manifest.version);
});
