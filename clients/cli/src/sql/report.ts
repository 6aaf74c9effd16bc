/** Errors and notices as psql shows them: the message, the place in the query, detail, hint, context. */
import type { ErrorFields } from '@pgml/protocol';
import { displayWidth } from './width.js';

/** Ends with a newline. `query` is what was sent, to show where in it the error is. */
export function formatReport(fields: ErrorFields, query: string): string {
  const isError = ['ERROR', 'FATAL', 'PANIC'].includes(fields.severity);
  const lines = [`${fields.localizedSeverity ?? fields.severity}:  ${fields.message}`];
  if (fields.position !== undefined) lines.push(...excerpt(query, fields.position));
  else if (fields.internalPosition !== undefined && fields.internalQuery !== undefined)
    lines.push(...excerpt(fields.internalQuery, fields.internalPosition));
  if (fields.detail !== undefined) lines.push(`DETAIL:  ${fields.detail}`);
  if (fields.hint !== undefined) lines.push(`HINT:  ${fields.hint}`);
  if (fields.internalQuery !== undefined) lines.push(`QUERY:  ${fields.internalQuery}`);
  if (fields.where !== undefined && isError) lines.push(`CONTEXT:  ${fields.where}`);
  return `${lines.join('\n')}\n`;
}

/** A longer line is cut on either side, so that the caret stays in view. */
const EXCERPT_WIDTH = 60;
/** Columns kept to the right of the caret. */
const RIGHT_MARGIN = 10;

/** The line of the query with a caret under the character at `position`, which counts characters from 1. */
function excerpt(query: string, position: number): string[] {
  const characters = [...query];
  const at = position - 1;
  if (at < 0 || at > characters.length) return [];
  const before = characters.slice(0, at);
  const lineNumber = before.filter((character) => character === '\n').length + 1;
  const start = before.lastIndexOf('\n') + 1;
  const next = characters.indexOf('\n', at);
  const line = characters
    .slice(start, next < 0 ? characters.length : next)
    .map((character) => (/[\t\r]/.test(character) ? ' ' : character));

  const width = (from: number, to: number) => displayWidth(line.slice(from, to).join(''));
  const caret = at - start;
  let from = 0;
  let to = line.length;
  if (width(from, to) > EXCERPT_WIDTH) {
    if (width(0, caret) + RIGHT_MARGIN <= EXCERPT_WIDTH) while (width(from, to) > EXCERPT_WIDTH) to--;
    else {
      while (to > caret && width(caret, to) > RIGHT_MARGIN) to--;
      while (width(from, to) > EXCERPT_WIDTH) from++;
    }
  }
  const prefix = `LINE ${lineNumber}: ${from > 0 ? '...' : ''}`;
  const suffix = to < line.length ? '...' : '';
  return [`${prefix}${line.slice(from, to).join('')}${suffix}`, `${' '.repeat(prefix.length + width(from, caret))}^`];
}
