/** Binary images as PostgreSQL's array_send and record_send make them. */

const int4 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
};

const float4 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeFloatBE(value);
  return bytes;
};

const sized = (bytes: Buffer | null): Buffer => (bytes ? Buffer.concat([int4(bytes.length), bytes]) : int4(-1));

/** A real[] of the given dimensions; by default one, or none if it is empty. */
export function arrayImage(values: readonly (number | null)[], dimensions?: readonly number[]): Buffer {
  const lengths = dimensions ?? (values.length === 0 ? [] : [values.length]);
  const header = [lengths.length, values.includes(null) ? 1 : 0, 700, ...lengths.flatMap((length) => [length, 1])];
  return Buffer.concat([...header.map(int4), ...values.map((value) => sized(value === null ? null : float4(value)))]);
}

/** A value of a row: real, text or real[]; NULL must say of what type. */
export type Field = number | string | readonly (number | null)[] | { readonly nullOf: 700 | 25 | 1021 };

export function recordImage(fields: readonly Field[]): Buffer {
  const parts = fields.map((field) => {
    if (typeof field === 'number') return [int4(700), sized(float4(field))];
    if (typeof field === 'string') return [int4(25), sized(Buffer.from(field))];
    if ('nullOf' in field) return [int4(field.nullOf), int4(-1)];
    return [int4(1021), sized(arrayImage(field))];
  });
  return Buffer.concat([int4(fields.length), ...parts.flat()]);
}

export const bytea = (bytes: Buffer): string => `'\\x${bytes.toString('hex')}'`;
