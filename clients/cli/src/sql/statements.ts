/**
 * Cuts what is typed or read from a script into statements and backslash commands, line by line. A statement ends at a
 * semicolon outside of quotes, comments, parentheses and the body of a SQL function (BEGIN ATOMIC … END).
 */

export type ScriptItem =
  /** With its semicolon, if it has one. `line` is where it begins, from 1. */
  | { readonly kind: 'statement'; readonly text: string; readonly line: number }
  /** The rest of its line, without the backslash. */
  | { readonly kind: 'command'; readonly text: string; readonly line: number };

/** Where the scanner stands. */
type Mode =
  | { readonly kind: 'plain' }
  | { readonly kind: 'string'; readonly backslashes: boolean }
  | { readonly kind: 'identifier' }
  | { readonly kind: 'dollar'; readonly delimiter: string }
  | { readonly kind: 'comment'; readonly depth: number };

const PLAIN: Mode = { kind: 'plain' };

/** What a prompt shows about an unfinished statement, as psql's %R. */
export type Unfinished = '=' | '-' | "'" | '"' | '$' | '*' | '(';

const wordCharacter = /[\p{L}\p{M}\p{N}_$]/u;
const word = /[\p{L}_][\p{L}\p{M}\p{N}_$]*/uy;
const dollarDelimiter = /\$(?:[\p{L}_][\p{L}\p{M}\p{N}_]*)?\$/uy;

export class StatementScanner {
  #mode: Mode = PLAIN;
  #text = '';
  #startLine = 1;
  #line = 0;
  #parentheses = 0;
  /** The first words of the statement, in lower case: enough to know CREATE OR REPLACE FUNCTION. */
  #words: string[] = [];
  /** Depth of BEGIN and CASE within the body of a SQL function. */
  #blocks = 0;

  /** Takes one line, with its newline if it has one; gives what ends on it. */
  push(line: string): ScriptItem[] {
    this.#line++;
    const items: ScriptItem[] = [];
    let at = 0;
    while (at < line.length) {
      if (this.#mode.kind !== 'plain') {
        at = this.#inside(this.#mode, line, at);
        continue;
      }
      const character = line[at];
      if (character === ';' && this.#parentheses === 0 && this.#blocks === 0) {
        this.#add(';');
        items.push(this.#take());
        at++;
      } else if (character === '\\') {
        items.push({ kind: 'command', text: line.slice(at + 1).trim(), line: this.#line });
        break;
      } else if (character === '-' && line[at + 1] === '-') {
        // A comment before the statement is not part of it.
        if (this.pending) this.#add(line.slice(at));
        break;
      } else at = this.#plain(line, at);
    }
    return items;
  }

  /** True if a statement has begun. */
  get pending(): boolean {
    return this.#text.trim() !== '';
  }

  get text(): string {
    return this.#text;
  }

  get unfinished(): Unfinished {
    const inside = { string: "'", identifier: '"', dollar: '$', comment: '*' } as const;
    if (this.#mode.kind !== 'plain') return inside[this.#mode.kind];
    return this.#parentheses > 0 ? '(' : this.pending ? '-' : '=';
  }

  /** The last statement of a script needs no semicolon. */
  finish(): ScriptItem | undefined {
    return this.pending ? this.#take() : undefined;
  }

  /** Forgets the unfinished statement. */
  reset(): void {
    this.#mode = PLAIN;
    this.#text = '';
    this.#parentheses = 0;
    this.#words = [];
    this.#blocks = 0;
  }

  #take(): ScriptItem {
    const item: ScriptItem = { kind: 'statement', text: this.#text.trimEnd(), line: this.#startLine };
    this.reset();
    return item;
  }

  #add(text: string): void {
    if (this.#text === '') {
      const trimmed = text.trimStart();
      if (trimmed === '') return;
      this.#startLine = this.#line;
      this.#text = trimmed;
    } else this.#text += text;
  }

  /** One token outside of quotes and comments; returns where the next begins. */
  #plain(line: string, at: number): number {
    const character = line[at];
    const afterWord = at > 0 && wordCharacter.test(line[at - 1]);
    let end = at + 1;
    if (character === "'") {
      const prefixed = /(?:^|[^\p{L}\p{M}\p{N}_$])[eE]$/u.test(line.slice(Math.max(0, at - 2), at));
      this.#mode = { kind: 'string', backslashes: prefixed };
    } else if (character === '"') this.#mode = { kind: 'identifier' };
    else if (character === '(') this.#parentheses++;
    else if (character === ')') this.#parentheses = Math.max(0, this.#parentheses - 1);
    else if (line.startsWith('/*', at)) {
      end = at + 2;
      this.#mode = { kind: 'comment', depth: 1 };
    } else if (!afterWord) {
      const delimiter = match(dollarDelimiter, line, at);
      const name = match(word, line, at);
      if (delimiter !== undefined) {
        end = at + delimiter.length;
        this.#mode = { kind: 'dollar', delimiter };
      } else if (name !== undefined) {
        end = at + name.length;
        this.#noteWord(name.toLowerCase());
      }
    }
    this.#add(line.slice(at, end));
    return end;
  }

  #noteWord(name: string): void {
    if (this.#words.length < 4) this.#words.push(name);
    const [first, ...rest] = this.#words;
    const object = rest[0] === 'or' && rest[1] === 'replace' ? rest[2] : rest[0];
    if (first !== 'create' || (object !== 'function' && object !== 'procedure') || this.#parentheses > 0) return;
    if (name === 'begin' || (name === 'case' && this.#blocks > 0)) this.#blocks++;
    else if (name === 'end' && this.#blocks > 0) this.#blocks--;
  }

  /** The rest of a string, quoted identifier or comment, as far as this line has it. */
  #inside(mode: Exclude<Mode, { kind: 'plain' }>, line: string, at: number): number {
    const end = this.#endInside(mode, line, at);
    this.#add(line.slice(at, end));
    return end;
  }

  #endInside(mode: Exclude<Mode, { kind: 'plain' }>, line: string, at: number): number {
    switch (mode.kind) {
      case 'dollar': {
        const close = line.indexOf(mode.delimiter, at);
        if (close < 0) return line.length;
        this.#mode = PLAIN;
        return close + mode.delimiter.length;
      }
      case 'identifier':
      case 'string': {
        const quote = mode.kind === 'string' ? "'" : '"';
        const backslashes = mode.kind === 'string' && mode.backslashes;
        for (let index = at; index < line.length; index++) {
          if (backslashes && line[index] === '\\') index++;
          else if (line[index] === quote) {
            if (line[index + 1] === quote) index++;
            else {
              this.#mode = PLAIN;
              return index + 1;
            }
          }
        }
        return line.length;
      }
      case 'comment': {
        const next = /\/\*|\*\//g;
        next.lastIndex = at;
        const found = next.exec(line);
        if (!found) return line.length;
        const depth = mode.depth + (found[0] === '/*' ? 1 : -1);
        this.#mode = depth === 0 ? PLAIN : { kind: 'comment', depth };
        return found.index + 2;
      }
    }
  }
}

function match(pattern: RegExp, text: string, at: number): string | undefined {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0];
}
