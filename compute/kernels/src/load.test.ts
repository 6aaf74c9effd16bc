import assert from 'node:assert/strict';
import { test } from 'node:test';
import { evaluateBase64 } from './generated/evaluate.js';
import { trainingBase64 } from './generated/training.js';
import { loadEvaluators, loadKernels, STATIC_BYTES } from './load.js';
import { KernelMemoryError, MAXIMUM_PAGES, stackMemory } from './memory.js';

const DATA_SECTION = 11;

/** The ids of a module's sections. */
function sections(base64: string): number[] {
  const bytes = Buffer.from(base64, 'base64');
  const ids: number[] = [];
  for (let at = 8; at < bytes.length;) {
    ids.push(bytes[at++]);
    let size = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = bytes[at++];
      size += (byte & 127) * 2 ** shift;
      if (byte < 128) break;
    }
    at += size;
  }
  return ids;
}

test('evaluate.wasm has no data and takes nothing but a memory', () => {
  assert.ok(!sections(evaluateBase64).includes(DATA_SECTION));
  const imported = WebAssembly.Module.imports(new WebAssembly.Module(Buffer.from(evaluateBase64, 'base64')));
  assert.deepEqual(
    imported.map(({ name }) => name),
    ['memory'],
  );
  const memory = new WebAssembly.Memory({ initial: 1 });
  const bytes = new Uint8Array(memory.buffer);
  bytes.fill(0xa5);
  loadEvaluators(memory);
  assert.ok(bytes.every((byte) => byte === 0xa5));
});

test('static data of training.wasm lies below STATIC_BYTES', () => {
  const memory = new WebAssembly.Memory({ initial: 16, maximum: MAXIMUM_PAGES, shared: true });
  const bytes = new Uint8Array(memory.buffer);
  bytes.fill(0xa5);
  loadKernels(memory);
  assert.equal(
    bytes.findIndex((byte, address) => address >= STATIC_BYTES && byte !== 0xa5),
    -1,
  );
  assert.ok(WebAssembly.Module.imports(new WebAssembly.Module(Buffer.from(trainingBase64, 'base64'))).length <= 2);
});

test('memory is a stack: aligned, zeroed, growing, taken back by mark', () => {
  const kernels = loadKernels();
  const before = kernels.mark();
  assert.ok(before >= STATIC_BYTES);
  const first = kernels.allocate(10);
  const second = kernels.allocate(3 * 65536 * 16);
  assert.equal(first % 64, 0);
  assert.equal(second % 64, 0);
  assert.ok(second >= first + 10);
  assert.ok(kernels.memory.buffer.byteLength >= second + 3 * 65536 * 16);
  kernels.u8(first, 10).fill(7);
  kernels.release(before);
  assert.equal(kernels.allocate(10), first);
  assert.ok(kernels.u8(first, 10).every((byte) => byte === 0));
});

test('a memory that cannot grow says so and stays usable', () => {
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 2 });
  const stack = stackMemory(memory, 0);
  const kept = stack.allocate(100);
  const mark = stack.mark();
  assert.throws(
    () => stack.allocate(3 * 65536),
    (error) => error instanceof KernelMemoryError && /^out of kernel memory: 196608 bytes/.test(error.message),
  );
  assert.equal(stack.mark(), mark);
  assert.equal(stack.allocate(65536) % 64, 0);
  assert.equal(stack.u8(kept, 100).length, 100);
});
