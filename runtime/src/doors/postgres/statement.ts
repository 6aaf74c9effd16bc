/**
 * The SQL that the door understands: calls of its functions with literals as arguments, and the statements that drivers
 * and poolers send of themselves. Everything is read on the bytes of the message: literals are views of it.
 *
 *   statement = SELECT [* FROM] name ( [literal {, literal}] ) | SELECT 1 | SHOW name
 *             | SET … | RESET … | BEGIN … | START TRANSACTION … | COMMIT | END | ROLLBACK | ABORT | DISCARD ALL | DEALLOCATE ALL
 *   literal   = 'text' | E'text' | integer | NULL
 *
 * In 'text' a quote is written twice and a backslash is a plain character; in E'text', which quote_literal and libpq
 * write for what has backslashes, a backslash is written twice too. There are no other escapes, comments or operators.
 */
import { RuntimeError } from '../../runtime.js';
import { readText } from './text.js';

export type Literal =
  | { readonly type: 'null' }
  | { readonly type: 'integer'; readonly value: number }
  | { readonly type: 'text'; readonly bytes: Buffer };

export type Statement =
  | { readonly type: 'call'; readonly name: string; readonly arguments: readonly Literal[] }
  | { readonly type: 'one' }
  | { readonly type: 'show'; readonly name: string }
  /** `words` are those after SET, in lower case, and the texts of literals as they are. */
  | { readonly type: 'set'; readonly words: readonly string[] }
  | { readonly type: 'reset' | 'begin' | 'commit' | 'rollback' | 'discard' | 'deallocate' };

/** Every statement costs memory before the first is executed. */
export const MAXIMUM_STATEMENTS = 1000;
const MAXIMUM_ARGUMENTS = 100;
/** Letters of the text that a syntax error quotes. */
const QUOTED_LENGTH = 40;

type Token =
  | { readonly type: 'word'; readonly text: string }
  | { readonly type: 'text'; readonly bytes: Buffer }
  | { readonly type: 'integer'; readonly value: number }
  | { readonly type: 'symbol'; readonly text: string }
  | { readonly type: 'end' };

/** The statements of one Query message; none for an empty one. Throws RuntimeError, mostly 42601. */
export function parseStatements(sql: Buffer): Statement[] {
  const parser = new Parser(new Lexer(sql));
  const statements: Statement[] = [];
  for (;;) {
    while (parser.takeSymbol(';'));
    if (parser.atEnd) return statements;
    if (statements.length === MAXIMUM_STATEMENTS)
      throw new RuntimeError('54000', `a query may have ${MAXIMUM_STATEMENTS} statements, but this one has more`, {
        hint: 'Send them in several queries.',
      });
    statements.push(parser.statement());
    if (!parser.atEnd && !parser.takeSymbol(';')) throw parser.unexpected();
  }
}

class Parser {
  readonly #lexer: Lexer;
  #token: Token;

  constructor(lexer: Lexer) {
    this.#lexer = lexer;
    this.#token = lexer.next();
  }

  get atEnd(): boolean {
    return this.#token.type === 'end';
  }

  unexpected(): RuntimeError {
    return this.#lexer.syntaxError();
  }

  takeSymbol(text: string): boolean {
    return this.#take('symbol', text);
  }

  #take(type: 'word' | 'symbol', text: string): boolean {
    if (this.#token.type !== type || this.#token.text !== text) return false;
    this.#token = this.#lexer.next();
    return true;
  }

  #takeWord(text: string): boolean {
    return this.#take('word', text);
  }

  #expect(taken: boolean): void {
    if (!taken) throw this.unexpected();
  }

  #name(): string {
    if (this.#token.type !== 'word') throw this.unexpected();
    const { text } = this.#token;
    this.#token = this.#lexer.next();
    return text;
  }

  statement(): Statement {
    if (this.#takeWord('select')) return this.#select();
    if (this.#takeWord('set')) return { type: 'set', words: this.#rest() };
    if (this.#takeWord('show')) return { type: 'show', name: this.#name() };
    if (this.#takeWord('reset')) return this.#withRest('reset');
    if (this.#takeWord('begin')) return this.#withRest('begin');
    if (this.#takeWord('start')) {
      this.#expect(this.#takeWord('transaction'));
      return this.#withRest('begin');
    }
    if (this.#takeWord('commit') || this.#takeWord('end')) return this.#endOfTransaction('commit');
    if (this.#takeWord('rollback') || this.#takeWord('abort')) return this.#endOfTransaction('rollback');
    for (const type of ['discard', 'deallocate'] as const)
      if (this.#takeWord(type)) {
        this.#expect(this.#takeWord('all'));
        return { type };
      }
    throw this.unexpected();
  }

  #select(): Statement {
    if (this.takeSymbol('*')) this.#expect(this.#takeWord('from'));
    else if (this.#token.type === 'integer' && this.#token.value === 1) {
      this.#token = this.#lexer.next();
      return { type: 'one' };
    }
    const name = this.#name();
    this.#expect(this.takeSymbol('('));
    const list: Literal[] = [];
    if (!this.takeSymbol(')')) {
      do list.push(this.#literal(list.length));
      while (this.takeSymbol(','));
      this.#expect(this.takeSymbol(')'));
    }
    return { type: 'call', name, arguments: list };
  }

  #literal(before: number): Literal {
    const token = this.#token;
    const literal: Literal | undefined =
      token.type === 'text' || token.type === 'integer'
        ? token
        : token.type === 'word' && token.text === 'null'
          ? { type: 'null' }
          : undefined;
    if (!literal || before === MAXIMUM_ARGUMENTS) throw this.unexpected();
    this.#token = this.#lexer.next();
    return literal;
  }

  #endOfTransaction(type: 'commit' | 'rollback'): Statement {
    if (!this.#takeWord('work')) this.#takeWord('transaction');
    return { type };
  }

  #withRest(type: 'reset' | 'begin'): Statement {
    this.#rest();
    return { type };
  }

  /** What stands before the next semicolon. */
  #rest(): string[] {
    const words: string[] = [];
    while (this.#token.type !== 'end' && !(this.#token.type === 'symbol' && this.#token.text === ';')) {
      if (words.length === MAXIMUM_ARGUMENTS) throw this.unexpected();
      words.push(textOf(this.#token));
      this.#token = this.#lexer.next();
    }
    return words;
  }
}

function textOf(token: Exclude<Token, { type: 'end' }>): string {
  if (token.type === 'text') return readText(token.bytes);
  return token.type === 'integer' ? String(token.value) : token.text;
}

const code = (character: string) => character.charCodeAt(0);
const QUOTE = code("'");
const BACKSLASH = code('\\');

const isSpace = (byte: number) => byte === 0x20 || (byte >= 0x09 && byte <= 0x0d);
const isDigit = (byte: number) => byte >= 0x30 && byte <= 0x39;
const isLetter = (byte: number) => (byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x7a;
const isWordByte = (byte: number) => isLetter(byte) || isDigit(byte) || byte === code('_');

class Lexer {
  readonly #sql: Buffer;
  #position = 0;
  /** Where the last token begins. */
  #start = 0;

  constructor(sql: Buffer) {
    this.#sql = sql;
  }

  /** About the last token. */
  syntaxError(): RuntimeError {
    const end = Math.min(this.#position, this.#start + QUOTED_LENGTH);
    const near = this.#sql.toString('utf8', this.#start, end);
    const hint = 'The runtime understands SELECT function(literal, …) and SELECT * FROM function(literal, …).';
    if (near === '') return new RuntimeError('42601', 'syntax error at end of input', { hint });
    return new RuntimeError('42601', `syntax error at or near "${near}"`, { hint });
  }

  next(): Token {
    const sql = this.#sql;
    while (this.#position < sql.length && isSpace(sql[this.#position])) this.#position++;
    const start = (this.#start = this.#position);
    if (start === sql.length) return { type: 'end' };
    const byte = sql[start];
    if (byte === QUOTE) return this.#text(start + 1);
    if ((byte === code('E') || byte === code('e')) && sql[start + 1] === QUOTE) return this.#escapedText(start + 2);
    if (isLetter(byte) || byte === code('_')) return this.#word(start);
    if (isDigit(byte) || (byte === code('-') && isDigit(sql[start + 1]))) return this.#integer(start);
    this.#position = start + 1;
    return { type: 'symbol', text: String.fromCharCode(byte) };
  }

  #word(start: number): Token {
    let end = start + 1;
    while (isWordByte(this.#sql[end])) end++;
    this.#position = end;
    // No word that means anything is longer.
    if (end - start > 63) throw this.syntaxError();
    return { type: 'word', text: this.#sql.toString('latin1', start, end).toLowerCase() };
  }

  #integer(start: number): Token {
    let end = start + 1;
    while (isWordByte(this.#sql[end]) || this.#sql[end] === code('.')) end++;
    this.#position = end;
    const digits = this.#sql.toString('latin1', start, Math.min(end, start + 20));
    const value = Number(digits);
    if (!/^-?\d+$/.test(digits) || !Number.isSafeInteger(value)) throw this.syntaxError();
    return { type: 'integer', value };
  }

  /** From behind the opening quote. A view of the message unless there are quotes in the text. */
  #text(start: number): Token {
    const sql = this.#sql;
    const parts: Buffer[] = [];
    for (let from = start; ;) {
      const quote = sql.indexOf(QUOTE, from);
      if (quote < 0) throw this.#unterminated();
      this.#position = quote + 1;
      if (sql[quote + 1] !== QUOTE) {
        const last = sql.subarray(from, quote);
        return { type: 'text', bytes: parts.length === 0 ? last : Buffer.concat([...parts, last]) };
      }
      parts.push(sql.subarray(from, quote + 1));
      from = quote + 2;
    }
  }

  #escapedText(start: number): Token {
    const sql = this.#sql;
    let end = start;
    for (; end < sql.length && !(sql[end] === QUOTE && sql[end + 1] !== QUOTE); end++)
      if (sql[end] === QUOTE || sql[end] === BACKSLASH) end++;
    if (end >= sql.length) throw this.#unterminated();
    this.#position = end + 1;
    const bytes = Buffer.allocUnsafe(end - start);
    let length = 0;
    for (let from = start; from < end; from++) {
      if (sql[from] === QUOTE || sql[from] === BACKSLASH) {
        from++;
        if (sql[from] !== QUOTE && sql[from] !== BACKSLASH)
          throw new RuntimeError('22025', `the escape "\\${String.fromCharCode(sql[from])}" is not understood`, {
            hint: "In E'…' write backslashes and quotes twice; every other character stands for itself.",
          });
      }
      bytes[length++] = sql[from];
    }
    return { type: 'text', bytes: bytes.subarray(0, length) };
  }

  #unterminated(): RuntimeError {
    return new RuntimeError('42601', 'unterminated quoted string', {
      detail: `It begins at byte ${this.#start + 1} of the query.`,
    });
  }
}
