/** Rows as the messages of the protocol; all values in PostgreSQL's text format. */
import { encodeBackend, MAXIMUM_MESSAGE_LENGTH } from '@pgml/protocol';
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

/** The RowDescription. */
export const describeRows = (columns: Columns): Uint8Array =>
  encodeBackend({
    type: 'RowDescription',
    fields: columns.map(([name, type]) => {
      const [typeId, typeSize] = types[type];
      return { name, tableId: 0, columnNumber: 0, typeId, typeSize, typeModifier: -1, format: 0 };
    }),
  });

/** The DataRow. Throws RuntimeError (54000) if no message can hold the values. */
export function encodeRow(values: readonly Value[]): Uint8Array {
  const size = values.reduce((sum, value) => sum + 4 + sizeOf(value), 6);
  if (size > MAXIMUM_MESSAGE_LENGTH)
    throw new RuntimeError('54000', `an answer of ${size} bytes does not fit into a message`, {
      detail: `The longest has ${MAXIMUM_MESSAGE_LENGTH} bytes; bytea takes two for each byte.`,
    });
  return encodeBackend({ type: 'DataRow', values: values.map(encodeValue) });
}

function sizeOf(value: Value): number {
  if (value === null) return 0;
  return typeof value === 'string' ? value.length : 2 + 2 * value.length;
}

function encodeValue(value: Value): Uint8Array | null {
  if (value === null) return null;
  return typeof value === 'string' ? Buffer.from(value) : hexadecimal(value);
}

/** Bytes turned into digits at a time: a string of all digits of a large value would be one too long for V8. */
const BYTES_AT_ONCE = 2 ** 13;

function hexadecimal(value: Uint8Array): Buffer {
  const bytes = Buffer.from(value.buffer, value.byteOffset, value.length);
  const written = Buffer.allocUnsafe(2 + 2 * bytes.length);
  written.write('\\x', 0, 'latin1');
  for (let from = 0; from < bytes.length; from += BYTES_AT_ONCE)
    written.write(bytes.toString('hex', from, from + BYTES_AT_ONCE), 2 + 2 * from, 'latin1');
  return written;
}
