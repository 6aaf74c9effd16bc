/**
 * The prepared statements of one client. Each gets a name of its own in the shared session, and its Parse message is
 * kept: when the session has lost the statement, it is parsed again just before it is needed.
 */
import { decodeText, encodeText, type Frame, namesIn, renameIn } from '@pgml/protocol';
import { statementPrefix } from './client-sessions.js';
import type { InputMessage } from './database-door.js';

interface Statement {
  readonly parse: Uint8Array;
  readonly internalName: string;
  /** In which life of the session it was parsed. */
  life: number;
}

export class PreparedStatements {
  readonly #prefix: string;
  readonly #statements = new Map<string, Statement>();
  /** Sent and not yet known to have succeeded, by internal name. */
  readonly #unconfirmed = new Map<string, { readonly name: string; readonly statement: Statement }>();
  #unnamed: Uint8Array | undefined;
  /** The unnamed statement is there only in the turn in which it was parsed. */
  #unnamedPresent = false;
  #count = 0;

  constructor(client: number) {
    this.#prefix = statementPrefix(client);
  }

  beginTurn(): void {
    this.#unnamedPresent = false;
  }

  /** What the database gets for a client's message. `life` counts how often the session has lost all statements. */
  translate(frame: Frame, life: number): InputMessage[] {
    switch (frame.type) {
      case 'Q':
        this.#unnamedPresent = false;
        return [{ bytes: this.#renameInText(frame) }];
      case 'P':
        return [this.#parse(frame, life)];
      case 'B':
      case 'D':
      case 'C':
        return this.#use(frame, life);
      default:
        return [{ bytes: frame.bytes }];
    }
  }

  #parse(frame: Frame, life: number): InputMessage {
    const name = decodeText(namesIn(frame)[0].name);
    if (name === '') {
      this.#unnamed = frame.bytes.slice();
      this.#unnamedPresent = true;
      return { bytes: frame.bytes };
    }
    const known = this.#statements.get(name);
    const internalName = known?.internalName ?? `${this.#prefix}${++this.#count}`;
    const parse = renameIn(frame, () => encodeText(internalName)).slice();
    this.#unconfirmed.set(internalName, { name, statement: { parse, internalName, life } });
    return { bytes: parse, statement: name };
  }

  #use(frame: Frame, life: number): InputMessage[] {
    const reference = namesIn(frame).find(({ target }) => target === 'statement');
    if (!reference) return [{ bytes: frame.bytes }];
    const name = decodeText(reference.name);
    const messages: InputMessage[] = [];
    if (name === '') {
      if (!this.#unnamedPresent && this.#unnamed && frame.type !== 'C') {
        messages.push({ bytes: this.#unnamed, hidden: true });
        this.#unnamedPresent = true;
      }
      return [...messages, { bytes: frame.bytes }];
    }
    const statement = this.#find(name);
    if (!statement) return [{ bytes: frame.bytes }];
    if (frame.type === 'C') {
      this.#statements.delete(name);
      this.#unconfirmed.delete(statement.internalName);
    } else if (statement.life !== life) {
      statement.life = life;
      messages.push({ bytes: statement.parse, hidden: true });
    }
    const bytes = renameIn(frame, (old) =>
      old.target === 'statement' ? encodeText(statement.internalName) : old.name,
    );
    return [...messages, { bytes, statement: name }];
  }

  #find(name: string): Statement | undefined {
    for (const entry of this.#unconfirmed.values()) if (entry.name === name) return entry.statement;
    return this.#statements.get(name);
  }

  /** DEALLOCATE and EXECUTE can name a statement that came in a Parse message. */
  #renameInText(frame: Frame): Uint8Array {
    if (this.#statements.size === 0) return frame.bytes;
    const text = decodeText(frame.body.subarray(0, -1));
    const command =
      /^\s*(deallocate\s+(?:prepare\s+)?|execute\s+)(?:"((?:[^"]|"")+)"|([\p{L}_][\p{L}\p{N}_$]*))/iu.exec(text);
    if (!command) return frame.bytes;
    const name = command[2]?.replace(/""/g, '"') ?? command[3].toLowerCase();
    const statement = this.#statements.get(name);
    if (!statement) return frame.bytes;
    if (/^\s*deallocate/i.test(text)) this.#statements.delete(name);
    const body = encodeText(`${command[1]}${statement.internalName}${text.slice(command[0].length)}\0`);
    const bytes = new Uint8Array(5 + body.length);
    bytes[0] = 'Q'.charCodeAt(0);
    new DataView(bytes.buffer).setInt32(1, 4 + body.length);
    bytes.set(body, 5);
    return bytes;
  }

  /** The database says which statements it has prepared. */
  confirm(internalNames: readonly string[]): void {
    for (const internalName of internalNames) {
      const entry = this.#unconfirmed.get(internalName);
      if (entry) this.#statements.set(entry.name, entry.statement);
    }
    this.#unconfirmed.clear();
  }

  clear(): void {
    this.#statements.clear();
    this.#unconfirmed.clear();
    this.#unnamed = undefined;
  }
}
