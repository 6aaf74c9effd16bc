/**
 * The memory that all models of the runtime share, and the evaluators over it. One for all, because each WebAssembly
 * memory reserves gigabytes of addresses for guard pages, of which a process cannot have hundreds.
 */
import { type EvaluateExports, loadEvaluators } from '@pgml/kernels';
import { RuntimeError } from '../runtime.js';
import { AddressSpace } from './address-space.js';

const PAGE = 65_536;
const MOST_PAGES = 65_536;

export class EvaluatorMemory {
  readonly #memory = new WebAssembly.Memory({ initial: 1, maximum: MOST_PAGES });
  readonly evaluators: EvaluateExports = loadEvaluators(this.#memory);
  // No piece begins at 0.
  readonly #space = new AddressSpace(64);

  constructor() {
    this.#space.extend(PAGE);
  }

  /** Bytes of the whole memory, which never shrinks. */
  get bytes(): number {
    return this.#memory.buffer.byteLength;
  }

  /** Whether `bytes` can be allocated without the memory growing beyond `limit` bytes. */
  hasRoom(bytes: number, limit: number): boolean {
    const end = this.#space.endFor(bytes);
    return end <= this.bytes || end <= limit;
  }

  /** The address, a multiple of 16, of `bytes` with any content. Throws RuntimeError 53200 when there is no more memory. */
  allocate(bytes: number): number {
    const pages = Math.ceil(this.#space.endFor(bytes) / PAGE);
    const missing = pages - this.bytes / PAGE;
    if (missing > 0) {
      try {
        this.#memory.grow(missing);
      } catch {
        throw new RuntimeError('53200', `the runtime has no memory for ${bytes} more bytes of a model`, {
          detail: `Models and predictions have ${this.bytes} bytes, and can have ${MOST_PAGES * PAGE} if the machine has them.`,
          hint: 'Give the runtime more memory, or train smaller models.',
        });
      }
      this.#space.extend(pages * PAGE);
    }
    return this.#space.take(bytes)!;
  }

  free(address: number): void {
    this.#space.give(address);
  }

  /** A view that any allocation may detach. */
  view(address: number, bytes: number): Uint8Array {
    return new Uint8Array(this.#memory.buffer, address, bytes);
  }

  /** As view, for `length` float32 at a multiple of 4. */
  floats(address: number, length: number): Float32Array {
    return new Float32Array(this.#memory.buffer, address, length);
  }
}
