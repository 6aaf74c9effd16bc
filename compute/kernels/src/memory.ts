/**
 * The one memory that JavaScript, kernels and threads share. Training data, working arrays and model blocks live in
 * it at addresses ("pointers", bytes from 0); JavaScript looks at them through typed-array views, nothing is copied.
 *
 * Allocation is a stack: `mark()` before a piece of work, `release(mark)` after it. A fit allocates what it needs and
 * its caller releases it all at once, so nothing can leak and nothing is searched for.
 */
export interface KernelMemory {
  readonly memory: WebAssembly.Memory;
  /** `bytes` of zeroed memory at a multiple of 64; grows the memory when needed. Throws KernelMemoryError when it cannot. */
  allocate(bytes: number): number;
  mark(): number;
  release(mark: number): void;
  // Views of `length` elements at `pointer`. Growing the memory leaves old views valid but does not lengthen them.
  u8(pointer: number, length: number): Uint8Array;
  u32(pointer: number, length: number): Uint32Array;
  i32(pointer: number, length: number): Int32Array;
  f32(pointer: number, length: number): Float32Array;
  f64(pointer: number, length: number): Float64Array;
}

const PAGE = 65536;
export const MAXIMUM_PAGES = 65536;

/** The memory cannot grow any more: its maximum is reached, or the machine has none to give. */
export class KernelMemoryError extends Error {
  constructor(requested: number, used: number) {
    super(`out of kernel memory: ${requested} bytes requested with ${used} in use`);
    this.name = 'KernelMemoryError';
  }
}

/** Wraps `memory`, handing out addresses from `start` on. Only one thread of a team allocates. */
export function stackMemory(memory: WebAssembly.Memory, start: number): KernelMemory {
  let top = start;
  const allocate = (bytes: number): number => {
    const pointer = Math.ceil(top / 64) * 64;
    const end = pointer + bytes;
    const missing = Math.ceil((end - memory.buffer.byteLength) / PAGE);
    if (missing > 0) {
      try {
        memory.grow(missing);
      } catch {
        throw new KernelMemoryError(bytes, top);
      }
    }
    top = end;
    new Uint8Array(memory.buffer, pointer, bytes).fill(0);
    return pointer;
  };
  return {
    memory,
    allocate,
    mark: () => top,
    release: (mark) => {
      top = mark;
    },
    u8: (pointer, length) => new Uint8Array(memory.buffer, pointer, length),
    u32: (pointer, length) => new Uint32Array(memory.buffer, pointer, length),
    i32: (pointer, length) => new Int32Array(memory.buffer, pointer, length),
    f32: (pointer, length) => new Float32Array(memory.buffer, pointer, length),
    f64: (pointer, length) => new Float64Array(memory.buffer, pointer, length),
  };
}
