/** Values as PGlite gives them, from the texts of the protocol: the tests compare with the same on every engine. */
import pg from 'pg';

type Parser = (text: string) => unknown;

/** Types by their number in pg_type. */
const types = { bytea: 17, bigint: 20, charArray: 1002, nameArray: 1003, textArray: 1009, bigintArray: 1016 } as const;

const standardParser = (oid: number): Parser => pg.types.getTypeParser(oid);

const parseTexts = standardParser(types.textArray) as (text: string) => (string | null)[];

function parseBigint(text: string): number | bigint {
  const value = BigInt(text);
  return Number.isSafeInteger(Number(value)) ? Number(value) : value;
}

const parsers: Readonly<Record<number, Parser>> = {
  [types.bytea]: (text) => Uint8Array.from(Buffer.from(text.slice('\\x'.length), 'hex')),
  [types.bigint]: parseBigint,
  [types.bigintArray]: (text) => parseTexts(text).map((item) => (item === null ? null : parseBigint(item))),
  [types.charArray]: parseTexts,
  [types.nameArray]: parseTexts,
};

/** For `types` of a client's configuration. */
export const pgliteTypes = {
  getTypeParser: (oid: number): Parser => parsers[oid] ?? standardParser(oid),
};
