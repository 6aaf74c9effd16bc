/** Rows as the messages of the protocol; all values in PostgreSQL's text format. */
import { encodeBackend, errorResponse, MAXIMUM_MESSAGE_LENGTH } from '@pgml/protocol';
import type { ErrorReport } from '../../errors.js';
import { RuntimeError } from '../../runtime.js';

/** Oid and size in bytes, -1 where it varies, as pg_type has them. */
const types = {
  boolean: [16, 1],
  bytea: [17, -1],
  bigint: [20, 8],
  integer: [23, 4],
  text: [25, -1],
  'real[]': [1021, -1],
  void: [2278, 4],
  jsonb: [3802, -1],
} as const satisfies Readonly<Record<string, readonly [oid: number, size: number]>>;

/** A value in PostgreSQL's text format; bytes are sent as bytea. */
export type Value = string | Uint8Array | null;

export type Columns = readonly (readonly [name: string, type: ColumnTypeName])[];

export type ColumnTypeName = keyof typeof types;

/** An ErrorResponse. Texts of the protocol end at a zero byte: one that an error quotes becomes U+FFFD. */
export function encodeError(error: ErrorReport, severity: 'ERROR' | 'FATAL'): Uint8Array {
  const printable = Object.entries<string>({ ...error }).map(([field, text]) => [
    field,
    text.replaceAll('\0', '\ufffd'),
  ]);
  return errorResponse({ ...(Object.fromEntries(printable) as ErrorReport), severity });
}

/** The RowDescription. */
export const describeRows = (columns: Columns): Uint8Array =>
  encodeBackend({
    type: 'RowDescription',
    fields: columns.map(([name, type]) => {
      const [typeId, typeSize] = types[type];
      return { name, tableId: 0, columnNumber: 0, typeId, typeSize, typeModifier: -1, format: 0 };
    }),
  });

/**
 * The DataRow, written in one go, since values may be large: letter, int4 length, int2 number of values, then for each
 * value int4 length (-1: NULL) and the bytes. Throws RuntimeError (54000) if no message can hold the values.
 */
export function encodeRow(values: readonly Value[]): Uint8Array {
  const length = values.reduce((sum, value) => sum + 4 + (value === null ? 0 : lengthOf(value)), 6);
  if (length > MAXIMUM_MESSAGE_LENGTH)
    throw new RuntimeError('54000', `an answer of ${length} bytes does not fit into a message`, {
      detail: `The longest has ${MAXIMUM_MESSAGE_LENGTH} bytes; bytea takes two for each byte.`,
    });
  const row = Buffer.allocUnsafe(1 + length);
  row.write('D', 0, 'latin1');
  row.writeInt32BE(length, 1);
  let at = row.writeInt16BE(values.length, 5);
  for (const value of values) {
    at = row.writeInt32BE(value === null ? -1 : lengthOf(value), at);
    if (typeof value === 'string') at += row.write(value, at);
    else if (value !== null) at += writeHexadecimal(row, value, at);
  }
  return row;
}

const lengthOf = (value: string | Uint8Array): number =>
  typeof value === 'string' ? Buffer.byteLength(value) : 2 + 2 * value.length;

/** Bytes turned into digits at a time: a string of all digits of a large value would be one too long for V8. */
const BYTES_AT_ONCE = 2 ** 13;

function writeHexadecimal(target: Buffer, value: Uint8Array, start: number): number {
  const bytes = Buffer.from(value.buffer, value.byteOffset, value.length);
  let at = start + target.write('\\x', start, 'latin1');
  for (let from = 0; from < bytes.length; from += BYTES_AT_ONCE)
    at += target.write(bytes.toString('hex', from, from + BYTES_AT_ONCE), at, 'latin1');
  return at - start;
}
