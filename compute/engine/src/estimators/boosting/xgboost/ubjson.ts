/**
 * Universal Binary JSON (ubjson.org, draft 12) as xgboost writes and reads it: big-endian numbers, lengths of 64 bits,
 * containers with a count and arrays of one type.
 */

/** What can be written. Numbers are integers; floats stand in a Float32Array, 64-bit integers in a BigInt64Array. */
export type Writable =
  | string
  | number
  | readonly Writable[]
  | Float32Array
  | Int32Array
  | Uint8Array
  | BigInt64Array
  | { readonly [key: string]: Writable };

export function writeUbjson(value: Writable): Uint8Array<ArrayBuffer> {
  const writer = new Writer();
  writer.value(value);
  return writer.bytes();
}

class Writer {
  #view = new DataView(new ArrayBuffer(1024));
  #end = 0;

  bytes(): Uint8Array<ArrayBuffer> {
    return new Uint8Array(this.#view.buffer.slice(0, this.#end));
  }

  value(value: Writable): void {
    if (typeof value === 'string') {
      this.#mark('S');
      this.#text(value);
    } else if (typeof value === 'number') this.#integer(value);
    else if (value instanceof Float32Array)
      this.#typed('d', value, 4, (at, view) => view.setFloat32(at.place, value[at.index]));
    else if (value instanceof Int32Array)
      this.#typed('l', value, 4, (at, view) => view.setInt32(at.place, value[at.index]));
    else if (value instanceof Uint8Array)
      this.#typed('U', value, 1, (at, view) => view.setUint8(at.place, value[at.index]));
    else if (value instanceof BigInt64Array)
      this.#typed('L', value, 8, (at, view) => view.setBigInt64(at.place, value[at.index]));
    else if (Array.isArray(value)) {
      this.#mark('[');
      this.#mark('#');
      this.#length(value.length);
      for (const element of value as readonly Writable[]) this.value(element);
    } else {
      this.#mark('{');
      for (const [key, entry] of Object.entries(value)) {
        this.#text(key);
        this.value(entry);
      }
      this.#mark('}');
    }
  }

  #typed(
    type: string,
    { length }: ArrayLike<unknown>,
    size: number,
    set: (at: { readonly place: number; readonly index: number }, view: DataView) => void,
  ): void {
    for (const mark of ['[', '$', type, '#']) this.#mark(mark);
    this.#length(length);
    const start = this.#reserve(length * size);
    for (let index = 0; index < length; index++) set({ place: start + index * size, index }, this.#view);
  }

  #integer(value: number): void {
    if (value >= -128 && value < 128) {
      this.#mark('i');
      const place = this.#reserve(1);
      this.#view.setInt8(place, value);
    } else {
      this.#mark('L');
      const place = this.#reserve(8);
      this.#view.setBigInt64(place, BigInt(value));
    }
  }

  #text(text: string): void {
    const bytes = new TextEncoder().encode(text);
    this.#length(bytes.length);
    const place = this.#reserve(bytes.length);
    new Uint8Array(this.#view.buffer).set(bytes, place);
  }

  #length(count: number): void {
    this.#mark('L');
    const place = this.#reserve(8);
    this.#view.setBigInt64(place, BigInt(count));
  }

  #mark(mark: string): void {
    const place = this.#reserve(1);
    this.#view.setUint8(place, mark.charCodeAt(0));
  }

  /** Makes room for so many bytes, perhaps in another view; returns where they lie. */
  #reserve(bytes: number): number {
    const place = this.#end;
    this.#end += bytes;
    if (this.#end > this.#view.byteLength) {
      const larger = new Uint8Array(2 * this.#end);
      larger.set(new Uint8Array(this.#view.buffer));
      this.#view = new DataView(larger.buffer);
    }
    return place;
  }
}

/** Bytes that are no UBJSON. */
export class UbjsonError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'UbjsonError';
  }
}

/** Containers in containers, at most: what xgboost writes has ten. */
const DEEPEST = 64;

/** Arrays of one number type come as arrays of numbers, 64-bit integers as numbers. Throws UbjsonError. */
export function readUbjson(bytes: Uint8Array): unknown {
  const reader = new Reader(bytes);
  try {
    return reader.value(reader.mark(), 0);
  } catch (error) {
    if (error instanceof RangeError) throw new UbjsonError('the file ends too early');
    throw error;
  }
}

class Reader {
  readonly #view: DataView;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** The next byte that is no padding. */
  mark(): string {
    for (;;) {
      const mark = String.fromCharCode(this.#view.getUint8(this.#at++));
      if (mark !== 'N') return mark;
    }
  }

  /** The value that begins with a mark which has been read. */
  value(mark: string, depth: number): unknown {
    if (depth > DEEPEST) throw new UbjsonError('containers lie too deep');
    switch (mark) {
      case 'Z':
        return null;
      case 'T':
        return true;
      case 'F':
        return false;
      case 'S':
        return this.#text(this.#count());
      case 'C':
        return this.#text(1);
      case '[':
        return this.#array(depth);
      case '{':
        return this.#object(depth);
      default:
        return this.#number(mark);
    }
  }

  #number(mark: string): number {
    const view = this.#view;
    const take = (bytes: number): number => (this.#at += bytes) - bytes;
    switch (mark) {
      case 'i':
        return view.getInt8(take(1));
      case 'U':
        return view.getUint8(take(1));
      case 'I':
        return view.getInt16(take(2));
      case 'l':
        return view.getInt32(take(4));
      case 'L':
        return Number(view.getBigInt64(take(8)));
      case 'd':
        return view.getFloat32(take(4));
      case 'D':
        return view.getFloat64(take(8));
      default:
        throw new UbjsonError(`no value begins with ${JSON.stringify(mark)}`);
    }
  }

  #count(): number {
    const count = this.#number(this.mark());
    // Nothing takes no byte, so that a count cannot exceed what is left.
    if (!(count >= 0 && count <= this.#view.byteLength - this.#at)) throw new RangeError('a count is too large');
    return count;
  }

  #text(bytes: number): string {
    const start = this.#at;
    this.#at += bytes;
    if (this.#at > this.#view.byteLength) throw new RangeError('a text is too long');
    const { buffer, byteOffset } = this.#view;
    return new TextDecoder().decode(new Uint8Array(buffer, byteOffset + start, bytes).slice());
  }

  #array(depth: number): unknown[] {
    const { type, count, first } = this.#head();
    if (count !== undefined) return Array.from({ length: count }, () => this.value(type ?? this.mark(), depth + 1));
    const list: unknown[] = [];
    for (let mark = first; mark !== ']'; mark = this.mark()) list.push(this.value(mark, depth + 1));
    return list;
  }

  #object(depth: number): Record<string, unknown> {
    const { type, count, first } = this.#head();
    const entries: [string, unknown][] = [];
    if (count !== undefined)
      for (let i = 0; i < count; i++)
        entries.push([this.#text(this.#count()), this.value(type ?? this.mark(), depth + 1)]);
    else
      for (let mark = first; mark !== '}'; mark = this.mark()) {
        const length = this.#number(mark);
        if (!(length >= 0)) throw new UbjsonError('a name has no length');
        entries.push([this.#text(length), this.value(this.mark(), depth + 1)]);
      }
    return Object.fromEntries(entries);
  }

  /** What stands before the elements of a container: `first` is the mark of the first where there is no count. */
  #head(): { type?: string; count?: number; first: string } {
    const first = this.mark();
    if (first === '#') return { count: this.#count(), first };
    if (first !== '$') return { first };
    const type = this.mark();
    if (this.mark() !== '#') throw new UbjsonError('a type without a count');
    return { type, count: this.#count(), first };
  }
}
