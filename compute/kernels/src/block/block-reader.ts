import { type Decision, HEADER_BYTES, type Kind } from './block.js';

export class BlockError extends Error {
  constructor(message: string) {
    super(`not a valid model block: ${message}`);
    this.name = 'BlockError';
  }
}

/** What the words of every block say. */
export interface BlockFacts {
  readonly kind: Kind;
  readonly features: number;
  /** Scores per row. */
  readonly outputs: number;
  readonly decision: Decision;
  /** 0 for the decision `value`. */
  readonly classes: number;
}

/** Reads a block's words and finds its arrays, refusing what lies outside. Throws BlockError. */
export class BlockReader {
  readonly length: number;
  readonly bytes: Uint8Array;
  readonly view: DataView;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    this.length = bytes.byteLength;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    if (this.length < HEADER_BYTES) throw new BlockError(`it has ${this.length} bytes, fewer than its header`);
  }

  word(index: number): number {
    return this.view.getUint32(index * 4, true);
  }

  /** The offset in word `index`, of an array of `length` elements of `size` bytes which must lie inside the block. */
  array(index: number, length: number, size: number): number {
    const offset = this.word(index);
    if (offset % 16 !== 0) throw new BlockError(`word ${index} points to byte ${offset}, which is no multiple of 16`);
    if (offset < HEADER_BYTES || offset + length * size > this.length)
      throw new BlockError(
        `word ${index} points to ${length} elements of ${size} bytes at ${offset}, outside of ${this.length} bytes`,
      );
    return offset;
  }
}
