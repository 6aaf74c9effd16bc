/** Arguments, results and values: PostgreSQL's Datums read and made. Layouts as in PostgreSQL 18 with 32-bit pointers. */
import { SqlError } from '@pgml/engine';
import type { Backend } from './backend.js';

export const oid = { bytea: 17, int8: 20, text: 25, float4: 700, float4Array: 1021, jsonb: 3802 } as const;
const JSONB_IN = 3806;
const JSONB_OUT = 3804;

// FunctionCallInfoBaseData: flinfo, context, resultinfo, fncollation, then bool isnull, int16 nargs, and from byte 20
// for each argument a Datum and a bool.
const RESULT_IS_NULL = 16;
const ARGUMENTS = 20;
const ARGUMENT_BYTES = 8;

export const argument = (backend: Backend, call: number, index: number): number =>
  backend.word(call + ARGUMENTS + ARGUMENT_BYTES * index);

export const argumentIsNull = (backend: Backend, call: number, index: number): boolean =>
  backend.bytes[call + ARGUMENTS + ARGUMENT_BYTES * index + 4] !== 0;

export function returnNull(backend: Backend, call: number): number {
  backend.bytes[call + RESULT_IS_NULL] = 1;
  return 0;
}

/**
 * The address at which a variable-length value can be read where it lies. Its first byte tells its form: lowest bits 00,
 * a 4-byte header whose upper 30 bits are the whole length; lowest bit 1, a 1-byte header whose upper 7 bits are; else,
 * and for the byte 1 itself, the value is compressed, stored elsewhere or expanded and must be fetched, which allocates.
 */
export function readable(backend: Backend, datum: number): number {
  return isReadable(backend.bytes[datum]) ? datum : backend.c.pg_detoast_datum_packed(datum);
}

const isReadable = (firstByte: number): boolean => (firstByte & 3) === 0 || ((firstByte & 1) === 1 && firstByte !== 1);

/** Address of the content of a readable value. */
export const contentStart = (backend: Backend, value: number): number => value + (backend.bytes[value] & 1 ? 1 : 4);

/** Bytes of the content of a readable value. */
export function contentLength(backend: Backend, value: number): number {
  const first = backend.bytes[value];
  return first & 1 ? (first >> 1) - 1 : (backend.word(value) >>> 2) - 4;
}

export function readText(backend: Backend, datum: number): string {
  const value = readable(backend, datum);
  return backend.utf8(contentStart(backend, value), contentLength(backend, value));
}

/** A copy that belongs to JavaScript. */
export function readBytea(backend: Backend, datum: number): Uint8Array<ArrayBuffer> {
  const value = readable(backend, datum);
  const start = contentStart(backend, value);
  return Uint8Array.from(backend.bytes.subarray(start, start + contentLength(backend, value)));
}

export function readInt8(backend: Backend, datum: number): bigint {
  return backend.view.getBigInt64(datum, true);
}

export function readJsonb(backend: Backend, datum: number): unknown {
  return JSON.parse(backend.readCString(backend.c.OidOutputFunctionCall(JSONB_OUT, datum)));
}

export function makeInt8(backend: Backend, value: bigint): number {
  const pointer = backend.c.palloc(8);
  backend.view.setBigInt64(pointer, value, true);
  return pointer;
}

const LARGEST_VARLENA = 0x3fffffff - 4;

export function makeBytea(backend: Backend, content: Uint8Array): number {
  if (content.length > LARGEST_VARLENA)
    throw new SqlError('54000', `a value of ${content.length} bytes is larger than PostgreSQL can hold (1 GB)`);
  const pointer = backend.c.palloc(4 + content.length);
  backend.setWord(pointer, (4 + content.length) << 2);
  backend.bytes.set(content, pointer + 4);
  return pointer;
}

/** Through jsonb's own parser, which has the last word on what is allowed. */
export function makeJsonb(backend: Backend, value: unknown): number {
  const text = backend.cString(JSON.stringify(value ?? null));
  return backend.c.OidInputFunctionCall(JSONB_IN, text, 0, -1);
}

// An array: length word, ndim, offset of the data from the start of a 4-byte header (0 if no element is NULL), element
// type, then the dimensions and lower bounds, then a bitmap of the elements that are not NULL if any is, then at a
// multiple of 8 the elements.
const NO_DIMENSION = 16;
const ONE_DIMENSION = 24;

/** A real[] of `length` elements, not yet written; they begin at `elements`. The empty array has no dimension. */
export function newFloat4Array(
  backend: Backend,
  length: number,
): { readonly datum: number; readonly elements: number } {
  const headerBytes = length === 0 ? NO_DIMENSION : ONE_DIMENSION;
  const bytes = headerBytes + 4 * length;
  if (bytes > LARGEST_VARLENA)
    throw new SqlError('54000', `an array of ${length} elements is larger than PostgreSQL can hold (1 GB)`);
  const datum = backend.c.palloc(bytes);
  const header = length === 0 ? [bytes << 2, 0, 0, oid.float4] : [bytes << 2, 1, 0, oid.float4, length, 1];
  header.forEach((word, index) => {
    backend.setWord(datum + 4 * index, word);
  });
  return { datum, elements: datum + headerBytes };
}

export function makeFloat4Array(backend: Backend, values: Float32Array): number {
  const { datum, elements } = newFloat4Array(backend, values.length);
  if (values.length > 0) new Float32Array(backend.memory.buffer, elements, values.length).set(values);
  return datum;
}

/** A real[] as it lies in memory: possibly at an odd address, if its header has 1 byte. */
export class Float4ArrayReader {
  readonly #backend: Backend;
  #datum = 0;
  #value = 0;
  /** Address of the first element. Elements that are NULL take no space. */
  elements = 0;
  length = 0;
  /** Address of the bitmap of elements that are not NULL, lowest bit first; 0 if all are present. */
  bitmap = 0;

  constructor(backend: Backend) {
    this.#backend = backend;
  }

  /** Points at the array `datum`. Allocates only when it is compressed or stored elsewhere. */
  read(datum: number): void {
    const backend = this.#backend;
    this.#datum = datum;
    this.#value = readable(backend, datum);
    const header = contentStart(backend, this.#value);
    const { view } = backend;
    const dimensions = view.getInt32(header, true);
    const dataOffset = view.getInt32(header + 4, true);
    let length = dimensions === 0 ? 0 : 1;
    for (let dimension = 0; dimension < dimensions; dimension++)
      length *= view.getInt32(header + 12 + 4 * dimension, true);
    const afterBounds = header + 12 + 8 * dimensions;
    this.length = length;
    this.bitmap = dataOffset === 0 ? 0 : afterBounds;
    this.elements = dataOffset === 0 ? afterBounds : header + dataOffset - 4;
  }

  /** Frees what reading allocated. */
  release(): void {
    if (this.#value !== this.#datum) this.#backend.c.pfree(this.#value);
  }

  /** Copies all elements to `target`, NULL as NaN. Returns how many are NULL. */
  copyInto(target: Float32Array, offset: number): number {
    const { view } = this.#backend;
    let source = this.elements;
    let missing = 0;
    for (let index = 0; index < this.length; index++) {
      const present = this.bitmap === 0 || (view.getUint8(this.bitmap + (index >> 3)) >> (index & 7)) & 1;
      target[offset + index] = present ? view.getFloat32(source, true) : Number.NaN;
      if (present) source += 4;
      else missing++;
    }
    return missing;
  }
}

// TupleDescData begins with int32 natts; HeapTupleData ends with the pointer t_data.
const HEAP_TUPLE_DATA = 16;
const TYPEFUNC_COMPOSITE = 1;

/** A row of the result type declared by OUT parameters; null stands for NULL. */
export function makeComposite(backend: Backend, call: number, values: readonly (number | null)[]): number {
  const { c } = backend;
  const description = c.palloc(4);
  if (c.get_call_result_type(call, 0, description) !== TYPEFUNC_COMPOSITE)
    throw new SqlError('39P01', 'this function must be declared to return a row');
  const blessed = c.BlessTupleDesc(backend.word(description));
  const datums = c.palloc(4 * values.length);
  const nulls = c.palloc(values.length);
  values.forEach((value, index) => {
    backend.setWord(datums + 4 * index, value ?? 0);
    backend.bytes[nulls + index] = value === null ? 1 : 0;
  });
  return c.HeapTupleHeaderGetDatum(backend.word(c.heap_form_tuple(blessed, datums, nulls) + HEAP_TUPLE_DATA));
}
