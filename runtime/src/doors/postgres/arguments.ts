/** Literals as the values that a function wants. A reader throws RuntimeError; `what` names the argument in it. */
import { RuntimeError } from '../../runtime.js';
import type { Literal } from './statement.js';
import { readText } from './text.js';

export interface Argument<Value> {
  /** As SQL calls it. */
  readonly type: string;
  read(literal: Literal, what: string): Value;
}

const notNull = (what: string) => new RuntimeError('22004', `${what} must not be NULL`);

/** Integers stand for their digits, as an untyped literal in PostgreSQL would. */
const textBytes = (literal: Literal, what: string): Buffer => {
  if (literal.type === 'null') throw notNull(what);
  return literal.type === 'text' ? literal.bytes : Buffer.from(String(literal.value));
};

export const text: Argument<string> = {
  type: 'text',
  read: (literal, what) => readText(textBytes(literal, what)),
};

export const jsonb: Argument<unknown> = {
  type: 'jsonb',
  read(literal, what) {
    const written = readText(textBytes(literal, what));
    try {
      return JSON.parse(written) as unknown;
    } catch (error) {
      throw new RuntimeError('22P02', `${what} is not JSON`, { detail: (error as Error).message });
    }
  },
};

export const integer: Argument<number> = {
  type: 'bigint',
  read(literal, what) {
    if (literal.type === 'integer') return literal.value;
    const written = textBytes(literal, what).toString('latin1', 0, 21);
    const value = Number(written);
    if (!/^-?\d+$/.test(written) || !Number.isSafeInteger(value))
      throw new RuntimeError('22P02', `${what} must be an integer, but "${written}" was given`);
    return value;
  },
};

export const boolean: Argument<boolean> = {
  type: 'boolean',
  read(literal, what) {
    const written = textBytes(literal, what).toString('latin1', 0, 6);
    if (written !== 'true' && written !== 'false')
      throw new RuntimeError('22P02', `${what} must be 'true' or 'false', but "${written}" was given`);
    return written === 'true';
  },
};

/**
 * Hexadecimal digits decoded at a time. They become a string on the way; short ones cost half as much as one of all
 * digits, which for a large value would also be longer than strings can be.
 */
const DIGITS_AT_ONCE = 2 ** 14;

/** In the format '\x…'. The bytes have their buffer to themselves, and are no Buffer, of which slices are views. */
export const bytea: Argument<Uint8Array> = {
  type: 'bytea',
  read(literal, what) {
    const digits = hexadecimalDigits(literal, what);
    const bytes = Buffer.allocUnsafeSlow(digits.length / 2);
    decode(digits, bytes, what);
    return new Uint8Array(bytes.buffer);
  },
};

/** As bytea, for functions that look at the bytes and let them go: small ones lie in a buffer with others. */
export const image: Argument<Buffer> = {
  type: 'bytea',
  read(literal, what) {
    const digits = hexadecimalDigits(literal, what);
    const bytes = Buffer.allocUnsafe(digits.length / 2);
    decode(digits, bytes, what);
    return bytes;
  },
};

const SHA256_DIGITS = 64;

/** A SHA-256 as bytea, for functions that want its hexadecimal digits. */
export const digest: Argument<string> = {
  type: 'bytea',
  read(literal, what) {
    const digits = hexadecimalDigits(literal, what)
      .toString('latin1', 0, SHA256_DIGITS + 1)
      .toLowerCase();
    if (digits.length !== SHA256_DIGITS || !/^[0-9a-f]+$/.test(digits))
      throw new RuntimeError('22023', `${what} must be a SHA-256, which has 32 bytes`);
    return digits;
  },
};

function hexadecimalDigits(literal: Literal, what: string): Buffer {
  const written = textBytes(literal, what);
  if (written[0] !== 0x5c || written[1] !== 0x78 || written.length % 2 !== 0) throw notHexadecimal(what);
  return written.subarray(2);
}

function decode(digits: Buffer, bytes: Buffer, what: string): void {
  for (let from = 0; from < digits.length; from += DIGITS_AT_ONCE) {
    const some = digits.toString('latin1', from, Math.min(from + DIGITS_AT_ONCE, digits.length));
    // It stops at the first character that is no digit.
    if (2 * bytes.write(some, from / 2, 'hex') !== some.length) throw notHexadecimal(what);
  }
}

const notHexadecimal = (what: string) =>
  new RuntimeError('22P02', `${what} must be written as '\\x' and pairs of hexadecimal digits`);

export const nullable = <Value>({ type, read }: Argument<Value>): Argument<Value | null> => ({
  type,
  read: (literal, what) => (literal.type === 'null' ? null : read(literal, what)),
});
