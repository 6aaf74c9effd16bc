/**
 * Checking an evaluator block from outside. The evaluators read wherever a block's words point, so a block that did
 * not come from writeBlock in this process must pass here before a kernel sees it.
 */
import { type Decision, decisions, HEADER_BYTES, type Kind, kinds } from './block.js';

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

/** Reads a block's words and its arrays, refusing what lies outside. */
export class BlockReader {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    if (bytes.byteLength < HEADER_BYTES)
      throw new BlockError(`${bytes.byteLength} bytes are fewer than its header has`);
  }

  word(index: number): number {
    return this.view.getUint32(index * 4, true);
  }

  /** The offset in word `index`, of an array of `length` elements of `size` bytes which must lie inside the block. */
  array(index: number, length: number, size: number): number {
    const offset = this.word(index);
    if (offset % 16 !== 0) throw new BlockError(`word ${index} points to byte ${offset}, which is no multiple of 16`);
    if (offset < HEADER_BYTES || offset + length * size > this.bytes.byteLength)
      throw new BlockError(
        `word ${index} points to ${length} elements of ${size} bytes at ${offset}, outside of ${this.bytes.byteLength} bytes`,
      );
    return offset;
  }
}

/** The arrays of each kind, as its file in assembly/evaluate/ describes them. */
const checkKind: Record<Kind, (block: BlockReader, facts: BlockFacts) => void> = {
  linear: (block, { features, outputs }) => {
    block.array(6, outputs * features, 8);
    block.array(7, outputs, 8);
  },
  centroids: (block, { features, outputs }) => {
    block.array(6, outputs * features, 8);
  },
  trees: () => {
    throw new BlockError('trees are not known yet');
  },
};

/** Throws BlockError unless every evaluator may safely be run on `bytes`. */
export function checkBlock(bytes: Uint8Array): BlockFacts {
  const block = new BlockReader(bytes);
  const kind = nameOf(kinds, block.word(0), 'kind');
  const decision = nameOf(decisions, block.word(3), 'decision');
  const facts = { kind, features: block.word(1), outputs: block.word(2), decision, classes: block.word(4) };
  const { features, outputs, classes } = facts;
  if (features === 0 || outputs === 0) throw new BlockError(`${features} features and ${outputs} outputs`);
  const expected = decision === 'value' ? 0 : decision === 'logistic' ? 2 : outputs;
  if (classes !== expected || (decision === 'logistic' && outputs !== 1))
    throw new BlockError(`${classes} classes and ${outputs} outputs do not go with the decision ${decision}`);
  block.array(5, classes, 4);
  checkKind[kind](block, facts);
  return facts;
}

function nameOf<Name extends string>(numbers: Readonly<Record<Name, number>>, number: number, what: string): Name {
  const name = (Object.keys(numbers) as Name[]).find((candidate) => numbers[candidate] === number);
  if (name === undefined) throw new BlockError(`${number} is no ${what}`);
  return name;
}
