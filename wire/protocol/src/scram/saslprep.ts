/** Passwords that look alike become the same bytes: SASLprep (RFC 4013), with PostgreSQL's way out. */
import { encodeText } from '../bytes.js';
import {
  contains,
  leftToRight,
  mappedToNothing,
  nonAsciiSpaces,
  prohibited,
  rightToLeft,
  unassigned,
} from './tables.js';

/**
 * The bytes of a password that SCRAM hashes. As in PostgreSQL, ASCII passwords are taken as they are, control characters
 * included, and one that SASLprep refuses is taken as its own UTF-8, so that every password works.
 */
export function passwordBytes(password: string): Uint8Array {
  const ascii = !/[^\0-\x7f]/.test(password);
  return encodeText(ascii ? password : (saslprep(password) ?? password));
}

/** Undefined if RFC 4013 prohibits the string. */
export function saslprep(text: string): string | undefined {
  // Step 1, map. U+200B is in both tables; PostgreSQL makes it a space.
  const mapped = [...text]
    .map((character) => (contains(nonAsciiSpaces, character.codePointAt(0)!) ? ' ' : character))
    .filter((character) => !contains(mappedToNothing, character.codePointAt(0)!))
    .join('');
  if (mapped === '') return undefined;

  // Step 2, normalize.
  const normalized = mapped.normalize('NFKC');

  // Step 3, prohibit.
  const codePoints = [...normalized].map((character) => character.codePointAt(0)!);
  if (codePoints.some((codePoint) => contains(prohibited, codePoint) || contains(unassigned, codePoint)))
    return undefined;

  // Step 4, bidirectional text: right-to-left characters stand at both ends and suffer no left-to-right one.
  if (codePoints.some((codePoint) => contains(rightToLeft, codePoint))) {
    const mixed = codePoints.some((codePoint) => contains(leftToRight, codePoint));
    const framed = contains(rightToLeft, codePoints[0]) && contains(rightToLeft, codePoints.at(-1)!);
    if (mixed || !framed) return undefined;
  }
  return normalized;
}
