/**
 * Gives PGlite a shared memory, so that another thread can set PostgreSQL's interrupt flags while a statement runs.
 *
 * PostgreSQL looks at InterruptPending and QueryCancelPending at every CHECK_FOR_INTERRUPTS; a signal handler sets
 * them. In WASM no signal arrives while a statement runs. But the flags are words of the module's memory, and with a
 * shared memory the server's thread writes them itself: a cancel then works in every loop, at no cost to the loop.
 *
 * A module says in its memory import whether the memory is shared, and nothing else in it depends on that. So the import
 * is rewritten: limits flag 0x00 (minimum) or 0x01 (minimum, maximum) becomes 0x03 (minimum, maximum, shared).
 */
import { concatenate } from '@pgml/protocol';

const IMPORT_SECTION = 2;
const HEADER_LENGTH = 8;
const SHARED_WITH_MAXIMUM = 0x03;
/** What PGlite asks for: 2 GiB in pages of 64 KiB. A shared memory needs a maximum. */
export const MAXIMUM_PAGES = 32768;
const INITIAL_PAGES = 2048;

export const newSharedMemory = (): WebAssembly.Memory =>
  new WebAssembly.Memory({ initial: INITIAL_PAGES, maximum: MAXIMUM_PAGES, shared: true });

function readUnsigned(bytes: Uint8Array, at: number): { value: number; next: number } {
  let value = 0;
  for (let shift = 0, next = at; ; shift += 7) {
    const byte = bytes[next++];
    value |= (byte & 0x7f) << shift;
    if (byte < 0x80) return { value: value >>> 0, next };
  }
}

function unsigned(value: number): number[] {
  const bytes = [];
  for (; value > 0x7f; value >>>= 7) bytes.push((value & 0x7f) | 0x80);
  return [...bytes, value];
}

/** Where the limits of the imported memory stand in the import section at `start`; undefined if it imports none. */
function findMemoryLimits(bytes: Uint8Array, start: number): { start: number; end: number } | undefined {
  const skipLimits = (at: number): number => {
    const minimum = readUnsigned(bytes, at + 1);
    return bytes[at] & 1 ? readUnsigned(bytes, minimum.next).next : minimum.next;
  };
  const skipName = (at: number): number => {
    const length = readUnsigned(bytes, at);
    return length.next + length.value;
  };
  const count = readUnsigned(bytes, start);
  let at = count.next;
  for (let remaining = count.value; remaining > 0; remaining--) {
    at = skipName(skipName(at));
    const kind = bytes[at++];
    if (kind === 0) at = readUnsigned(bytes, at).next;
    else if (kind === 1) at = skipLimits(at + 1);
    else if (kind === 2) return { start: at, end: skipLimits(at) };
    else if (kind === 3) at += 2;
    else if (kind === 4) at = readUnsigned(bytes, at + 1).next;
    else throw new Error(`unknown kind of WebAssembly import: ${kind}`);
  }
  return undefined;
}

/** The module's bytes with a shared memory import; unchanged where it imports no memory. */
export function withSharedMemory(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  for (let at = HEADER_LENGTH; at < bytes.length;) {
    const id = bytes[at];
    const length = readUnsigned(bytes, at + 1);
    const end = length.next + length.value;
    if (id === IMPORT_SECTION) {
      const limits = findMemoryLimits(bytes, length.next);
      if (!limits) break;
      const minimum = readUnsigned(bytes, limits.start + 1).value;
      const shared = [SHARED_WITH_MAXIMUM, ...unsigned(minimum), ...unsigned(MAXIMUM_PAGES)];
      const section = [...bytes.subarray(length.next, limits.start), ...shared, ...bytes.subarray(limits.end, end)];
      return concatenate([bytes.subarray(0, at + 1), unsigned(section.length), section, bytes.subarray(end)]);
    }
    at = end;
  }
  return new Uint8Array(bytes);
}

/**
 * From now on every module compiled in this thread takes a shared memory: PostgreSQL's own, and each extension's that
 * is loaded later. The thread belongs to PGlite alone, so nobody else's modules are touched.
 */
export function shareMemoryOfAllModules(): void {
  const { Module, instantiate } = WebAssembly;
  const rewritten = (source: BufferSource): Uint8Array<ArrayBuffer> =>
    withSharedMemory(
      ArrayBuffer.isView(source)
        ? new Uint8Array(source.buffer, source.byteOffset, source.byteLength)
        : new Uint8Array(source),
    );
  WebAssembly.Module = new Proxy(Module, {
    construct: (target, [source]: [BufferSource]) => new target(rewritten(source)),
  });
  WebAssembly.instantiate = ((source: BufferSource | WebAssembly.Module, imports?: WebAssembly.Imports) =>
    source instanceof Module
      ? instantiate(source, imports)
      : instantiate(rewritten(source), imports)) as typeof instantiate;
}
