/** A notation for bytes in tests: hexadecimal digits and 'quoted ASCII', blanks ignored. */
import { Frame } from '../framer.js';

export function bytes(written: string): Uint8Array {
  const parts: number[] = [];
  for (const [, quoted, digits] of written.matchAll(/'([^']*)'|([0-9a-f]{2})/g)) {
    if (digits !== undefined) parts.push(Number.parseInt(digits, 16));
    else parts.push(...[...quoted].map((character) => character.charCodeAt(0)));
  }
  return Uint8Array.from(parts);
}

/** A frame of the message phase, as the framer would cut it. */
export const frame = (written: string): Frame => new Frame(bytes(written), 5);
