/** Text as PostgreSQL sends it in a database of encoding UTF8. */
import { isUtf8 } from 'node:buffer';
import { RuntimeError } from '../../runtime.js';

const REPLACEMENT = '\ufffd';
/** Characters of V8's longest string are about twice as many. */
const MAXIMUM_TEXT = 2 ** 28;

/** Throws RuntimeError: 22021 for bytes that are not UTF-8, 54000 for text that no string can hold. */
export function readText(bytes: Buffer): string {
  if (bytes.length > MAXIMUM_TEXT)
    throw new RuntimeError('54000', `a text of ${bytes.length} bytes is too long for the runtime`, {
      detail: `The longest has ${MAXIMUM_TEXT} bytes.`,
    });
  const text = bytes.toString('utf8');
  // Decoding puts U+FFFD for what is not UTF-8; only texts that have it can be wrong, and some mean it.
  if (text.includes(REPLACEMENT) && !isUtf8(bytes))
    throw new RuntimeError('22021', 'invalid byte sequence for encoding "UTF8"', {
      hint: 'The runtime speaks UTF8 only: the calling database must have that encoding.',
    });
  return text;
}
