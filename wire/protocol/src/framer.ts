/** Cuts a stream of bytes into frames. */
import { ProtocolError } from './errors.js';
import { backendLimits, frontendLimits, MAXIMUM_MESSAGE_LENGTH, MAXIMUM_STARTUP_LENGTH } from './letters.js';

/**
 * One packet as it came: [type byte, in the message phase] [int32 length, counting itself] [body]. What does not need
 * to be understood is forwarded as `bytes`.
 */
export class Frame {
  readonly bytes: Uint8Array;
  readonly #headerLength: number;

  constructor(bytes: Uint8Array, headerLength: number) {
    this.bytes = bytes;
    this.#headerLength = headerLength;
  }

  /** The letter; empty for startup packets, which have none. */
  get type(): string {
    return this.#headerLength === MESSAGE_HEADER ? String.fromCharCode(this.bytes[0]) : '';
  }

  /** A view of what follows the length. */
  get body(): Uint8Array {
    return this.bytes.subarray(this.#headerLength);
  }
}

const STARTUP_HEADER = 4;
const MESSAGE_HEADER = 5;
const FIRST_ALLOCATION = 4096;

/** Startup packets have no type byte; a client sends them until the StartupMessage, a server never. */
export type Phase = 'startup' | 'messages';

export interface FramerOptions {
  /** Whose bytes are read. */
  readonly from: 'frontend' | 'backend';
  /** Limit of a message's length field; PostgreSQL's 1 GiB - 1 unless given. */
  readonly maximumLength?: number;
}

/**
 * Give it chunks with `push`, take whole frames with `next` until it answers undefined. Frames are taken one by one, so
 * that the reader of a frame can change the phase, lower the limit or pause before the next is cut.
 *
 * A frame that lies within one chunk is a view of it. One that crosses chunks is gathered in a buffer that grows with
 * the bytes received, whatever length was claimed: it holds at most twice those bytes plus 4 KiB. Bytes once handed
 * out are never written again.
 */
export class Framer {
  readonly #limits: Readonly<Record<string, number>>;
  readonly #from: 'frontend' | 'backend';
  #phase: Phase;
  #maximumLength: number;
  /** Chunks not yet cut; the first from `#offset` on. */
  readonly #chunks: Uint8Array[] = [];
  #offset = 0;
  /** The beginning of a frame that crosses chunks: the first `#gathered` bytes of `#partial`. */
  #partial: Uint8Array | undefined;
  #gathered = 0;

  constructor(options: FramerOptions) {
    this.#from = options.from;
    this.#limits = options.from === 'frontend' ? frontendLimits : backendLimits;
    this.#phase = options.from === 'frontend' ? 'startup' : 'messages';
    this.#maximumLength = options.maximumLength ?? MAXIMUM_MESSAGE_LENGTH;
  }

  get phase(): Phase {
    return this.#phase;
  }

  /** Call it after the StartupMessage: what follows has type bytes. There is no way back. */
  beginMessages(): void {
    this.#phase = 'messages';
  }

  /** Changes the limit from the next frame on, for example after authentication. */
  set maximumLength(bytes: number) {
    this.#maximumLength = bytes;
  }

  /**
   * Bytes received and not yet handed out. Where a client was answered "switch to TLS", there must be none: they came
   * unencrypted and are somebody else's.
   */
  get buffered(): number {
    return this.#chunks.reduce((total, chunk) => total + chunk.length, this.#gathered - this.#offset);
  }

  /** The chunk must not be written to afterwards. */
  push(chunk: Uint8Array): void {
    if (chunk.length > 0) this.#chunks.push(chunk);
  }

  /** The next whole frame, undefined if more bytes are needed. Throws ProtocolError for a bad type or length. */
  next(): Frame | undefined {
    const headerLength = this.#phase === 'startup' ? STARTUP_HEADER : MESSAGE_HEADER;
    for (let chunk = this.#chunks[0]; chunk !== undefined; chunk = this.#chunks[0]) {
      const whole = this.#partial ? this.#gather(chunk, headerLength) : this.#cut(chunk, headerLength);
      if (whole) return new Frame(whole, headerLength);
    }
    return undefined;
  }

  /** A frame that lies within the chunk; otherwise the chunk's rest becomes the beginning of a gathered frame. */
  #cut(chunk: Uint8Array, headerLength: number): Uint8Array | undefined {
    const start = this.#offset;
    const available = chunk.length - start;
    const total = this.#frameLength(chunk, start, available, headerLength);
    if (total !== undefined && total <= available) {
      this.#consume(chunk, total);
      return chunk.subarray(start, start + total);
    }
    this.#partial = new Uint8Array(Math.min(total ?? headerLength, Math.max(FIRST_ALLOCATION, 2 * available)));
    this.#partial.set(chunk.subarray(start));
    this.#gathered = available;
    this.#consume(chunk, available);
    return undefined;
  }

  /** Adds to the gathered frame what the chunk has of it: first up to its header, then up to its end. */
  #gather(chunk: Uint8Array, headerLength: number): Uint8Array | undefined {
    const total = this.#frameLength(this.#partial!, 0, this.#gathered, headerLength);
    const wanted = (total ?? headerLength) - this.#gathered;
    const count = Math.min(wanted, chunk.length - this.#offset);
    this.#reserve(this.#gathered + count, total ?? headerLength);
    this.#partial!.set(chunk.subarray(this.#offset, this.#offset + count), this.#gathered);
    this.#gathered += count;
    this.#consume(chunk, count);
    if (this.#frameLength(this.#partial!, 0, this.#gathered, headerLength) !== this.#gathered) return undefined;
    const whole = this.#partial!.subarray(0, this.#gathered);
    this.#partial = undefined;
    this.#gathered = 0;
    return whole;
  }

  #reserve(needed: number, total: number): void {
    if (needed <= this.#partial!.length) return;
    const larger = new Uint8Array(Math.min(total, Math.max(FIRST_ALLOCATION, 2 * needed)));
    larger.set(this.#partial!.subarray(0, this.#gathered));
    this.#partial = larger;
  }

  #consume(chunk: Uint8Array, count: number): void {
    this.#offset += count;
    if (this.#offset === chunk.length) {
      this.#chunks.shift();
      this.#offset = 0;
    }
  }

  /** Length of the frame at `start` with its type byte; undefined while its header is incomplete. */
  #frameLength(bytes: Uint8Array, start: number, available: number, headerLength: number): number | undefined {
    if (
      headerLength === MESSAGE_HEADER &&
      available > 0 &&
      this.#limits[String.fromCharCode(bytes[start])] === undefined
    )
      throw new ProtocolError(`invalid ${this.#from} message type ${bytes[start]}`);
    if (available < headerLength) return undefined;
    const at = start + headerLength - 4;
    const length = (bytes[at] << 24) | (bytes[at + 1] << 16) | (bytes[at + 2] << 8) | bytes[at + 3];
    if (headerLength === STARTUP_HEADER) this.#checkStartupLength(length);
    else this.#checkMessageLength(String.fromCharCode(bytes[start]), length);
    return headerLength - 4 + length;
  }

  #checkStartupLength(length: number): void {
    if (length < 8 || length > MAXIMUM_STARTUP_LENGTH)
      throw new ProtocolError(`invalid length of startup packet: ${length} (8 to ${MAXIMUM_STARTUP_LENGTH} bytes)`);
  }

  #checkMessageLength(type: string, length: number): void {
    const limit = this.#limits[type];
    if (length < 4 || length > limit)
      throw new ProtocolError(`invalid length of a message of type "${type}": ${length} (4 to ${limit} bytes)`);
    if (length > this.#maximumLength)
      throw new ProtocolError(`a message of ${length} bytes is too long: at most ${this.#maximumLength} are taken`, {
        sqlstate: '54000',
      });
  }
}
