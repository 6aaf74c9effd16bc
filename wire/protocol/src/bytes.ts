/** Reading and writing the protocol's primitives: big-endian integers, strings ended by a zero byte, byte runs. */
import { ProtocolError } from './errors.js';

const encoder = new TextEncoder();
const strictDecoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const lenientDecoder = new TextDecoder('utf-8', { ignoreBOM: true });

export const encodeText = (text: string): Uint8Array => encoder.encode(text);

/** Bytes that are not UTF-8 become U+FFFD: for what a server says before it knows the client's encoding. */
export const decodeText = (bytes: Uint8Array): string => lenientDecoder.decode(bytes);

/** A cursor over the body of one message. Every read is checked; `what` names the message in errors. */
export class ByteReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #what: string;
  #offset = 0;

  constructor(bytes: Uint8Array, what: string) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#what = what;
  }

  get remaining(): number {
    return this.#bytes.length - this.#offset;
  }

  #advance(count: number): number {
    if (count > this.remaining)
      throw new ProtocolError(`invalid ${this.#what} message: ${count} bytes expected, ${this.remaining} left`);
    const start = this.#offset;
    this.#offset += count;
    return start;
  }

  uint8(): number {
    return this.#view.getUint8(this.#advance(1));
  }

  int16(): number {
    return this.#view.getInt16(this.#advance(2));
  }

  uint16(): number {
    return this.#view.getUint16(this.#advance(2));
  }

  int32(): number {
    return this.#view.getInt32(this.#advance(4));
  }

  uint32(): number {
    return this.#view.getUint32(this.#advance(4));
  }

  /** A view, not a copy. */
  take(count: number): Uint8Array {
    const start = this.#advance(count);
    return this.#bytes.subarray(start, start + count);
  }

  rest(): Uint8Array {
    return this.take(this.remaining);
  }

  /** A string ended by a zero byte, as a view of its bytes without the zero. */
  cstringBytes(): Uint8Array {
    const end = this.#bytes.indexOf(0, this.#offset);
    if (end < 0) throw new ProtocolError(`invalid ${this.#what} message: a string has no terminator`);
    const bytes = this.#bytes.subarray(this.#offset, end);
    this.#offset = end + 1;
    return bytes;
  }

  /** Refuses what is not UTF-8, as a server does. */
  cstring(): string {
    try {
      return strictDecoder.decode(this.cstringBytes());
    } catch (error) {
      if (error instanceof ProtocolError) throw error;
      throw new ProtocolError('invalid byte sequence for encoding "UTF8"', {
        sqlstate: '22021',
        detail: `It stands in a string of a ${this.#what} message.`,
      });
    }
  }

  lenientCstring(): string {
    return lenientDecoder.decode(this.cstringBytes());
  }

  /** `count` items of at least `minimum` bytes each; refuses counts that the body cannot hold before anything is made. */
  list<T>(count: number, minimum: number, read: () => T): T[] {
    if (count * minimum > this.remaining)
      throw new ProtocolError(`invalid ${this.#what} message: ${count} items do not fit into ${this.remaining} bytes`);
    const items: T[] = [];
    for (let index = 0; index < count; index++) items.push(read());
    return items;
  }

  /** A value with a length in front; the length -1 means NULL. */
  value(): Uint8Array | null {
    const length = this.int32();
    if (length === -1) return null;
    if (length < 0) throw new ProtocolError(`invalid ${this.#what} message: a value has the length ${length}`);
    return this.take(length);
  }

  /** Every message must be read to its last byte. */
  end(): void {
    if (this.remaining > 0)
      throw new ProtocolError(`invalid ${this.#what} message: ${this.remaining} bytes too many at its end`);
  }
}

/** Builds one frame: an optional type byte, the length (which counts itself, not the type), the body. */
export class FrameWriter {
  #bytes = new Uint8Array(128);
  #view = new DataView(this.#bytes.buffer);
  #length = 0;
  readonly #lengthAt: number;

  /** `type` is the letter, undefined for the packets before the first message, which have none. */
  constructor(type: string | undefined) {
    if (type !== undefined) this.uint8(type.charCodeAt(0));
    this.#lengthAt = this.#length;
    this.int32(0);
  }

  #reserve(count: number): number {
    const start = this.#length;
    const needed = start + count;
    if (needed > this.#bytes.length) {
      const larger = new Uint8Array(Math.max(needed, 2 * this.#bytes.length));
      larger.set(this.#bytes.subarray(0, start));
      this.#bytes = larger;
      this.#view = new DataView(larger.buffer);
    }
    this.#length = needed;
    return start;
  }

  uint8(value: number): this {
    const start = this.#reserve(1);
    this.#view.setUint8(start, value);
    return this;
  }

  int16(value: number): this {
    const start = this.#reserve(2);
    this.#view.setInt16(start, value);
    return this;
  }

  /** A count of items, which the protocol keeps in 16 bits. */
  count(value: number): this {
    if (value > 0xffff) throw new ProtocolError(`${value} items do not fit into one message (at most 65535)`);
    return this.int16(value);
  }

  int32(value: number): this {
    const start = this.#reserve(4);
    this.#view.setInt32(start, value);
    return this;
  }

  bytes(value: Uint8Array): this {
    const start = this.#reserve(value.length);
    this.#bytes.set(value, start);
    return this;
  }

  cstring(value: string): this {
    if (value.includes('\0'))
      throw new ProtocolError(`a string with a zero byte cannot be sent: ${JSON.stringify(value)}`);
    return this.bytes(encoder.encode(value)).uint8(0);
  }

  value(value: Uint8Array | null): this {
    return value === null ? this.int32(-1) : this.int32(value.length).bytes(value);
  }

  finish(): Uint8Array {
    this.#view.setInt32(this.#lengthAt, this.#length - this.#lengthAt);
    return this.#bytes.subarray(0, this.#length);
  }
}

export function concatenate(parts: readonly ArrayLike<number>[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((total, part) => total + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}
