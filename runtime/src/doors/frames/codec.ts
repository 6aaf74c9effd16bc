/**
 * Frames: what the native bridge and the runtime say to each other over a unix socket, as bytes. No sockets here.
 *
 * All numbers are little-endian, and so must be the machine. A frame is a head of 12 bytes and a body:
 *
 *   uint32 type, uint32 id, uint32 length of the body
 *
 * The id names an exchange (a call or a stream, numbered by the bridge), or for a push the dataset; it is 0 for what
 * concerns the connection. In bodies "uint32 n" before bytes is their length; ABSENT stands for null. Text is UTF-8.
 *
 *   both ways
 *     hello    uint32 magic "pgml", uint32 version, text who speaks.       The first frame of each side, in every version.
 *   to the runtime
 *     call     uint32 method, uint32 request, uint32 payload (or ABSENT), then the bytes: method, request as JSON, payload
 *     stream   uint32 credit, uint32 method, uint32 request, then the bytes: method, request as JSON
 *     credit   uint32 how many more items may be sent
 *     cancel   empty: nobody waits for this exchange any more; nothing answers it
 *     push     uint32 rows, uint32 columns; then for each column
 *                uint32 kind (1 real, 2 text), uint32 width, uint32 name, name filled up with zeros to 4 bytes,
 *                real: rows * width float4, row by row, NaN for NULL
 *                text: rows * uint32 length, or ABSENT
 *              then the bytes of all texts: row by row, and in a row column by column
 *     drop     empty: forgets all datasets that no call has used
 *   from the runtime
 *     result   uint32 response, uint32 result (or ABSENT), then the bytes: response as JSON, result     ends the exchange
 *     item     JSON
 *     end      empty                                                                                    ends the exchange
 *     error    uint32 sqlstate, message, detail (or ABSENT), hint (or ABSENT), then the bytes           ends the exchange
 *              with id 0: ends the connection
 *
 * A stream sends no more items than it has credit for. database/bridge-native/extension/frames.h is the other side.
 */
import type { ErrorReport } from '../../errors.js';
import { type ColumnBatch, RuntimeError } from '../../runtime.js';

export const FRAMES_VERSION = 1;
export const HEAD_BYTES = 12;

const MAGIC = 0x6c6d6770;
const ABSENT = 0xffffffff;
const SMALL_BYTES = 4096;

const types = {
  hello: 1,
  call: 2,
  stream: 3,
  credit: 4,
  cancel: 5,
  push: 6,
  drop: 7,
  result: 8,
  item: 9,
  end: 10,
  error: 11,
} as const;
const names = new Map(Object.entries(types).map(([name, type]) => [type, name as FrameName]));
type FrameName = keyof typeof types;

const REAL = 1;
const TEXT = 2;

export type Hello = { readonly type: 'hello'; readonly version: number; readonly who: string };

export type FrameToRuntime =
  | Hello
  | {
      readonly type: 'call';
      readonly id: number;
      readonly method: string;
      /** JSON, as all requests, responses and items here. */
      readonly request: string;
      readonly payload: Uint8Array | null;
    }
  | {
      readonly type: 'stream';
      readonly id: number;
      readonly credit: number;
      readonly method: string;
      readonly request: string;
    }
  | { readonly type: 'credit'; readonly id: number; readonly items: number }
  | { readonly type: 'cancel'; readonly id: number }
  | { readonly type: 'push'; readonly id: number; readonly rows: number; readonly columns: readonly ColumnBatch[] }
  | { readonly type: 'drop' };

export type FrameFromRuntime =
  | Hello
  | { readonly type: 'result'; readonly id: number; readonly response: string; readonly result: Uint8Array | null }
  | { readonly type: 'item'; readonly id: number; readonly item: string }
  | { readonly type: 'end'; readonly id: number }
  | ({ readonly type: 'error'; readonly id: number } & ErrorReport);

export type AnyFrame = FrameToRuntime | FrameFromRuntime;

/** A frame as it came: its body has memory of its own, so that numbers in it can be read where they lie. */
export interface RawFrame {
  readonly type: number;
  readonly id: number;
  readonly body: Uint8Array<ArrayBuffer>;
}

const malformed = (what: string): RuntimeError =>
  new RuntimeError('08P01', `a malformed frame: ${what}`, {
    hint: 'This socket is for the native bridge of pgml; other clients use the PostgreSQL protocol.',
  });

/** Puts the chunks of a socket together to frames. Holds no more than it was given, and refuses frames that are too large. */
export class FrameSplitter {
  /** The largest body that is taken. */
  maximumBytes: number;
  readonly #chunks: Uint8Array[] = [];
  /** Bytes of the first chunk that frames have taken. */
  #start = 0;
  #available = 0;

  constructor(maximumBytes: number) {
    this.maximumBytes = maximumBytes;
  }

  /** Adds a chunk; then `next` gives the frames that are whole. */
  push(chunk: Uint8Array): void {
    if (chunk.length === 0) return;
    const last = this.#chunks.at(-1);
    // A chunk costs memory of its own, so those who send byte by byte get theirs joined.
    if (last && last.length + chunk.length <= SMALL_BYTES)
      this.#chunks[this.#chunks.length - 1] = Buffer.concat([last, chunk]);
    else this.#chunks.push(chunk);
    this.#available += chunk.length;
  }

  next(): RawFrame | undefined {
    if (this.#available < HEAD_BYTES) return undefined;
    const head = new DataView(this.#copy(HEAD_BYTES, false).buffer);
    const length = head.getUint32(8, true);
    if (length > this.maximumBytes)
      throw new RuntimeError('54000', `a frame of ${length} bytes is too large`, {
        detail: `At most ${this.maximumBytes} bytes are taken.`,
      });
    if (this.#available < HEAD_BYTES + length) return undefined;
    this.#copy(HEAD_BYTES, true);
    return { type: head.getUint32(0, true), id: head.getUint32(4, true), body: this.#copy(length, true) };
  }

  /** The next bytes, in memory of their own. */
  #copy(length: number, take: boolean): Uint8Array<ArrayBuffer> {
    const bytes = new Uint8Array(length);
    let filled = 0;
    let index = 0;
    let start = this.#start;
    while (filled < length) {
      const chunk = this.#chunks[index];
      const part = chunk.subarray(start, start + length - filled);
      bytes.set(part, filled);
      filled += part.length;
      start += part.length;
      if (start === chunk.length) {
        index++;
        start = 0;
      }
    }
    if (take) {
      this.#chunks.splice(0, index);
      this.#start = start;
      this.#available -= length;
    }
    return bytes;
  }
}

/** Reads a body from its beginning to its end, and nothing beyond. */
class BodyReader {
  readonly #bytes: Uint8Array<ArrayBuffer>;
  readonly #text: Buffer;
  readonly #view: DataView;
  #at = 0;

  constructor(bytes: Uint8Array<ArrayBuffer>) {
    this.#bytes = bytes;
    this.#text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get left(): number {
    return this.#bytes.length - this.#at;
  }

  uint32(): number {
    return this.#view.getUint32(this.#advance(4), true);
  }

  bytes(length: number): Uint8Array<ArrayBuffer> {
    const at = this.#advance(length);
    return this.#bytes.subarray(at, at + length);
  }

  text(length: number): string {
    const at = this.#advance(length);
    return this.#text.toString('utf8', at, at + length);
  }

  /** Numbers as they lie, at a multiple of 4. */
  floats(count: number): Float32Array<ArrayBuffer> {
    const at = this.#advance(4 * count);
    return new Float32Array(this.#bytes.buffer, this.#bytes.byteOffset + at, count);
  }

  uint32s(count: number): Uint32Array<ArrayBuffer> {
    const at = this.#advance(4 * count);
    return new Uint32Array(this.#bytes.buffer, this.#bytes.byteOffset + at, count);
  }

  end(): void {
    if (this.left > 0) throw malformed(`${this.left} bytes too many`);
  }

  #advance(length: number): number {
    if (length > this.left) throw malformed(`${length} bytes are announced where ${this.left} are left`);
    const at = this.#at;
    this.#at += length;
    return at;
  }
}

const padding = (length: number): number => -length & 3;

/** Throws RuntimeError 08P01 if the body is not what the type of the frame wants. */
export function decodeFrame({ type, id, body }: RawFrame): AnyFrame {
  const name = names.get(type as never);
  if (!name) throw malformed(`type ${type}`);
  const reader = new BodyReader(body);
  const frame = decoders[name](id, reader);
  reader.end();
  return frame;
}

const decoders: Readonly<Record<FrameName, (id: number, body: BodyReader) => AnyFrame>> = {
  hello(_id, body) {
    if (body.uint32() !== MAGIC) throw malformed('a hello without its magic number');
    return { type: 'hello', version: body.uint32(), who: body.text(body.left) };
  },
  call(id, body) {
    const [method, request, payload] = [body.uint32(), body.uint32(), body.uint32()];
    return {
      type: 'call',
      id,
      method: body.text(method),
      request: body.text(request),
      payload: payload === ABSENT ? null : body.bytes(payload),
    };
  },
  stream(id, body) {
    const [credit, method, request] = [body.uint32(), body.uint32(), body.uint32()];
    return { type: 'stream', id, credit, method: body.text(method), request: body.text(request) };
  },
  credit: (id, body) => ({ type: 'credit', id, items: body.uint32() }),
  cancel: (id) => ({ type: 'cancel', id }),
  push: decodePush,
  drop: () => ({ type: 'drop' }),
  result(id, body) {
    const [response, result] = [body.uint32(), body.uint32()];
    return {
      type: 'result',
      id,
      response: body.text(response),
      result: result === ABSENT ? null : body.bytes(result),
    };
  },
  item: (id, body) => ({ type: 'item', id, item: body.text(body.left) }),
  end: (id) => ({ type: 'end', id }),
  error(id, body) {
    const [sqlstate, message, detail, hint] = [body.uint32(), body.uint32(), body.uint32(), body.uint32()];
    return {
      type: 'error',
      id,
      sqlstate: body.text(sqlstate),
      message: body.text(message),
      ...(detail === ABSENT ? {} : { detail: body.text(detail) }),
      ...(hint === ABSENT ? {} : { hint: body.text(hint) }),
    };
  },
};

function decodePush(id: number, body: BodyReader): AnyFrame {
  const rows = body.uint32();
  const count = body.uint32();
  const columns: ColumnBatch[] = [];
  const texts: { readonly lengths: Uint32Array; readonly values: (string | null)[] }[] = [];
  for (let index = 0; index < count; index++) {
    const [kind, width, nameLength] = [body.uint32(), body.uint32(), body.uint32()];
    const name = body.text(nameLength);
    body.bytes(padding(nameLength));
    if (kind === REAL) columns.push({ name, type: 'real', width, values: body.floats(rows * width) });
    else if (kind === TEXT && width === 1) {
      const text = { lengths: body.uint32s(rows), values: new Array<string | null>(rows) };
      texts.push(text);
      columns.push({ name, type: 'text', width, values: text.values });
    } else throw malformed(`a column of kind ${kind} and width ${width}`);
  }
  for (let row = 0; texts.length > 0 && row < rows; row++)
    for (const { lengths, values } of texts) values[row] = lengths[row] === ABSENT ? null : body.text(lengths[row]);
  return { type: 'push', id, rows, columns };
}

/** A frame as bytes. */
export function encodeFrame(frame: AnyFrame): Uint8Array<ArrayBuffer> {
  const body = encodeBody(frame);
  const head = uint32s([types[frame.type], 'id' in frame ? frame.id : 0, lengthOf(body)]);
  return Buffer.concat([head, ...body]);
}

function encodeBody(frame: AnyFrame): Uint8Array[] {
  switch (frame.type) {
    case 'hello':
      return [uint32s([MAGIC, frame.version]), Buffer.from(frame.who)];
    case 'call':
      return withLengths([], Buffer.from(frame.method), Buffer.from(frame.request), frame.payload);
    case 'stream':
      return withLengths([frame.credit], Buffer.from(frame.method), Buffer.from(frame.request));
    case 'credit':
      return [uint32s([frame.items])];
    case 'push':
      return encodePush(frame.rows, frame.columns);
    case 'result':
      return withLengths([], Buffer.from(frame.response), frame.result);
    case 'item':
      return [Buffer.from(frame.item)];
    case 'error': {
      const { sqlstate, message, detail, hint } = frame;
      const parts = [sqlstate, message, detail, hint];
      return withLengths([], ...parts.map((text) => (text === undefined ? null : Buffer.from(text))));
    }
    case 'cancel':
    case 'drop':
    case 'end':
      return [];
  }
}

/** Numbers, the lengths of the parts, and the parts. */
function withLengths(numbers: readonly number[], ...parts: readonly (Uint8Array | null)[]): Uint8Array[] {
  const lengths = parts.map((part) => part?.length ?? ABSENT);
  return [uint32s([...numbers, ...lengths]), ...parts.filter((part) => part !== null)];
}

function encodePush(rows: number, columns: readonly ColumnBatch[]): Uint8Array[] {
  const parts: Uint8Array[] = [uint32s([rows, columns.length])];
  const texts: (Buffer | null)[][] = [];
  for (const { name, type, width, values } of columns) {
    const bytes = Buffer.from(name);
    parts.push(
      uint32s([type === 'real' ? REAL : TEXT, width, bytes.length]),
      bytes,
      Buffer.alloc(padding(bytes.length)),
    );
    if (type === 'real') parts.push(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
    else {
      const encoded = values.map((value) => (value === null ? null : Buffer.from(value)));
      texts.push(encoded);
      parts.push(uint32s(encoded.map((value) => value?.length ?? ABSENT)));
    }
  }
  for (let row = 0; row < rows; row++) for (const values of texts) if (values[row] !== null) parts.push(values[row]!);
  return parts;
}

const uint32s = (numbers: readonly number[]): Uint8Array => new Uint8Array(Uint32Array.from(numbers).buffer);

const lengthOf = (parts: readonly Uint8Array[]): number => parts.reduce((sum, part) => sum + part.length, 0);
