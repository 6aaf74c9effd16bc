/**
 * The patterns of backslash commands: `name`, `schema.name`, with * for any characters and ? for one. Letters fold to lower
 * case unless in double quotes, where * and ? stand for themselves.
 */
import { quoteLiteral } from './literals.js';

export interface Pattern {
  /** Regular expressions for whole names. */
  readonly schema: string | undefined;
  readonly name: string;
}

export function parsePattern(text: string): Pattern {
  const parts = [''];
  let quoted = false;
  for (let index = 0; index < text.length; index++) {
    const character = text[index];
    const last = parts.length - 1;
    if (character === '"') {
      if (quoted && text[index + 1] === '"') {
        parts[last] += '"';
        index++;
      } else quoted = !quoted;
    } else if (character === '.' && !quoted) parts.push('');
    else if (character === '*' && !quoted) parts[last] += '.*';
    else if (character === '?' && !quoted) parts[last] += '.';
    else parts[last] += (quoted ? character : character.toLowerCase()).replace(/[\\^$.|?*+()[\]{}]/g, '\\$&');
  }
  // A database name in front, as in database.schema.name, is not looked at.
  return { schema: parts.at(-2), name: parts.at(-1)! };
}

interface Columns {
  readonly schema?: string;
  readonly name: string;
  /** A condition that holds for objects that need no schema in front; used where the pattern has none. */
  readonly visible?: string;
}

/** A condition for WHERE: what the pattern matches, or everything visible if there is none. */
export function patternCondition(text: string | undefined, columns: Columns): string {
  const pattern = text === undefined ? undefined : parsePattern(text);
  const conditions: string[] = [];
  const matches = (column: string, expression: string) =>
    conditions.push(`${column} OPERATOR(pg_catalog.~) ${quoteLiteral(`^(${expression})$`)} COLLATE pg_catalog.default`);
  if (pattern && pattern.name !== '.*') matches(columns.name, pattern.name);
  if (pattern?.schema !== undefined && columns.schema) matches(columns.schema, pattern.schema);
  if (pattern?.schema === undefined && columns.visible) conditions.push(columns.visible);
  return conditions.length > 0 ? conditions.join('\n  AND ') : 'true';
}
