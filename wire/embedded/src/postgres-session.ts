/**
 * The one PostgreSQL session of the process, spoken to in the wire protocol: messages in, messages out, one at a time.
 *
 * PGlite calls back for bytes to read and with bytes written. Both callbacks may block, so a COPY in either direction
 * streams through the session without being held in memory.
 */
import { decodeBackend, decodeText, type ErrorFields, encodeFrontend, Frame } from '@pgml/protocol';
import { type PostgresModule, permanentString } from './postgres-module.js';

/** PGlite leaves PostgreSQL's error handling with this exit status (POSTGRES_MAIN_LONGJMP in its source). */
const LONGJMP_STATUS = 100;
const HEADER_LENGTH = 5;
/** PGC_BACKEND of enum GucContext, PGC_S_OVERRIDE of enum GucSource. */
const CONTEXT_BACKEND = 4;
const SOURCE_OVERRIDE = 10;
const SECURITY_LOCAL_USERID_CHANGE = 1;
/** The role that initdb makes. */
const BOOTSTRAP_SUPERUSER = 10;

/** The session cannot go on: PostgreSQL has left through exit(), or the module's state is no longer sound. */
export class SessionLost extends Error {}

export class QueryFailed extends Error {
  readonly fields: ErrorFields;
  constructor(fields: ErrorFields) {
    super(fields.message);
    this.fields = fields;
  }
}

export interface SessionHost {
  written(bytes: Uint8Array): void;
  /** COPY FROM STDIN wants its next message. */
  nextCopyMessage(): Uint8Array;
}

export type Rows = (string | null)[][];

export class PostgresSession {
  readonly #module: PostgresModule;
  readonly #host: SessionHost;
  #message: Uint8Array = new Uint8Array(0);
  #offset = 0;
  /** Where the server's own queries are answered; undefined: to the client. */
  #answers: Uint8Array[] | undefined;

  constructor(module: PostgresModule, host: SessionHost) {
    this.#module = module;
    this.#host = host;
    const read = module.addFunction((pointer, length) => this.#read(pointer, length), 'ipi');
    const write = module.addFunction((pointer, length) => {
      const bytes = module.HEAPU8.subarray(pointer, pointer + length);
      if (this.#answers) this.#answers.push(bytes.slice());
      else host.written(bytes);
      return length;
    }, 'ipi');
    module._pgl_set_rw_cbs(read, write);
  }

  #read(pointer: number, length: number): number {
    if (this.#offset === this.#message.length) {
      this.#message = this.#host.nextCopyMessage();
      this.#offset = 0;
    }
    const bytes = this.#message.subarray(this.#offset, this.#offset + length);
    this.#module.HEAPU8.set(bytes, pointer);
    this.#offset += bytes.length;
    return bytes.length;
  }

  /** Executes one whole message; what it answers goes to the host. */
  execute(message: Uint8Array): void {
    this.#message = message;
    this.#offset = 0;
    do this.#step();
    while (this.#offset < this.#message.length || this.#module._pq_buffer_remaining_data() > 0);
    this.#module._PostgresSendReadyForQueryIfNecessary();
    this.#module._pgl_pq_flush();
  }

  #step(): void {
    const module = this.#module;
    const stack = module.stackSave();
    try {
      module._PostgresMainLoopOnce();
    } catch (error) {
      if ((error as { status?: number }).status !== LONGJMP_STATUS)
        throw new SessionLost(`PostgreSQL ended: ${error instanceof Error ? error.message : String(error)}`);
      module.stackRestore(stack);
      module._PostgresMainLongJmp();
    }
  }

  /** A query of the server itself, only between transactions. Throws QueryFailed. */
  query(sql: string): Rows {
    this.#answers = [];
    this.execute(encodeFrontend({ type: 'Query', query: sql }));
    const frames = framesOf(Buffer.concat(this.#answers));
    this.#answers = undefined;
    for (const frame of frames) if (frame.type === 'A') this.#host.written(frame.bytes);
    return rowsIn(frames);
  }

  /** PostgreSQL reports changed settings only to a session that has sent a startup packet. */
  startUp(user: string, database: string): void {
    const body = Buffer.from(`\0\x03\0\0user\0${user}\0database\0${database}\0\0`);
    const length = Buffer.alloc(4);
    length.writeInt32BE(4 + body.length);
    this.#message = Buffer.concat([length, body]);
    this.#offset = 0;
    this.#answers = [];
    if (this.#module._ProcessStartupPacket(this.#module._pgl_getMyProcPort(), 1, 1) !== 0)
      throw new SessionLost('PostgreSQL refused the startup packet');
    this.#module._pgl_sendConnData();
    this.#module._pgl_pq_flush();
    this.#answers = undefined;
    this.#nameSessionUser(user);
  }

  /** A single-user session has no default for RESET SESSION AUTHORIZATION, as other sessions have. */
  #nameSessionUser(user: string): void {
    const module = this.#module;
    const setting = permanentString(module, 'session_authorization');
    module._StartTransactionCommand();
    module._SetConfigOption(setting, permanentString(module, user), CONTEXT_BACKEND, SOURCE_OVERRIDE);
    module._CommitTransactionCommand();
  }

  /** The session acts as the bootstrap superuser, whoever it was. */
  becomeSuperuser(): void {
    this.#module._SetUserIdAndSecContext(BOOTSTRAP_SUPERUSER, 0);
  }

  /**
   * After SET SESSION AUTHORIZATION: shuts the way back. That command can be undone by whoever speaks to the session,
   * because the session was started by the superuser. In this security context PostgreSQL refuses every change
   * of `role` and `session_authorization`, as it does within a SECURITY DEFINER function.
   */
  lockUser(user: number): void {
    this.#module._SetUserIdAndSecContext(user, SECURITY_LOCAL_USERID_CHANGE);
  }
}

function framesOf(bytes: Buffer): Frame[] {
  const frames = [];
  for (let at = 0; at < bytes.length;) {
    const end = at + 1 + bytes.readInt32BE(at + 1);
    frames.push(new Frame(bytes.subarray(at, end), HEADER_LENGTH));
    at = end;
  }
  return frames;
}

function rowsIn(frames: readonly Frame[]): Rows {
  const messages = frames.filter(({ type }) => type === 'D' || type === 'E').map(decodeBackend);
  const rows: Rows = [];
  for (const message of messages) {
    if (message.type === 'ErrorResponse') throw new QueryFailed(message.fields);
    if (message.type === 'DataRow') rows.push(message.values.map((value) => (value ? decodeText(value) : null)));
  }
  return rows;
}

export const quoteLiteral = (text: string): string =>
  `${text.includes('\\') ? ' E' : ''}'${text.replace(/'/g, "''").replace(/\\/g, '\\\\')}'`;

export const quoteIdentifier = (name: string): string => `"${name.replace(/"/g, '""')}"`;
