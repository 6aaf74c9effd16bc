/** The database thread: opens PGlite and serves the server's thread until told to stop. It blocks, see database-door.ts. */
import { type MessagePort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import {
  decodeBackend,
  decodeText,
  type ErrorFields,
  encodeBackend,
  encodeFrontend,
  errorResponse,
  Frame,
} from '@pgml/protocol';
import { control as bridgeWords } from '@pgml/runtime';
import { BackendStream } from './backend-stream.js';
import { ClientSessions, noEffects, type TurnEffects } from './client-sessions.js';
import { words } from './control-words.js';
import {
  type DatabaseThreadData,
  type FromDatabase,
  type InputMessage,
  OUTPUT_WINDOW,
  type ToDatabase,
  type TurnReport,
} from './database-door.js';
import { beginTurn, type InterruptFlags, reasons, setRunning } from './interrupts.js';
import { type OpenedDatabase, openDatabase } from './open-database.js';
import { PostgresSession, QueryFailed } from './postgres-session.js';
import { SessionSettings } from './session-settings.js';

const HEADER_LENGTH = 5;
/** How often the server hears that input was read. */
const CONSUMED_STEP = 1 << 18;

/** What one client sends and gets until the session may go to another. */
interface Turn {
  readonly client: number;
  serial: number;
  /** Input that is still to be executed. */
  readonly messages: InputMessage[];
  status: 'I' | 'T' | 'E';
  /** ReadyForQuery was the last that the client was told. */
  ready: boolean;
  prepared: string[];
  deallocatedAll: boolean;
  effects: TurnEffects;
  /** Of the Query or Parse last executed. */
  text: string;
  discarding: boolean;
}

const newTurn = (client: number): Turn => ({
  client,
  serial: 0,
  messages: [],
  status: 'I',
  ready: true,
  prepared: [],
  deallocatedAll: false,
  effects: noEffects(),
  text: '',
  discarding: false,
});

class DatabaseThread {
  readonly #port: MessagePort;
  readonly #control: Int32Array;
  readonly #bridgeControl: Int32Array;
  readonly #flags: InterruptFlags;
  readonly #settings: SessionSettings;
  readonly #session: PostgresSession;
  readonly #clients: ClientSessions;
  readonly #stream: BackendStream;
  #turn = newTurn(0);
  #message: InputMessage = { bytes: new Uint8Array(0) };
  /** Taken from the port too early. */
  readonly #postponed: ToDatabase[] = [];
  #sent = 0;
  #consumed = 0;

  constructor(database: OpenedDatabase, data: DatabaseThreadData) {
    this.#port = data.port;
    this.#control = new Int32Array(data.control);
    this.#bridgeControl = new Int32Array(data.bridge.control);
    this.#flags = database.flags;
    this.#settings = new SessionSettings(database.module);
    this.#stream = new BackendStream({
      message: (bytes) => this.#understand(bytes),
      output: (bytes) => this.#output(bytes),
    });
    this.#session = new PostgresSession(database.module, {
      written: (bytes) => this.#stream.push(bytes),
      nextCopyMessage: () => this.#nextCopyMessage(),
    });
    this.#session.startUp(data.role, data.database);
    this.#clients = new ClientSessions(this.#session, this.#settings, data.role);
  }

  #post(message: FromDatabase, transfer: ArrayBuffer[] = []): void {
    this.#port.postMessage(message, transfer);
  }

  /** Sleeps until `attempt` gives something, looking again after each wake-up. */
  #await<T>(attempt: () => T | undefined): T {
    for (;;) {
      const seen = Atomics.load(this.#control, words.WAKE);
      const result = attempt();
      if (result !== undefined) return result;
      Atomics.wait(this.#control, words.WAKE, seen);
    }
  }

  #receive(): ToDatabase | undefined {
    return receiveMessageOnPort(this.#port)?.message;
  }

  serve(): void {
    for (;;) {
      const message = this.#postponed.shift() ?? this.#await(() => this.#receive());
      switch (message.type) {
        case 'open':
          this.#post({ type: 'opened', client: message.image.client, parameters: this.#clients.open(message.image) });
          break;
        case 'restore':
          this.#clients.restore(message.image);
          break;
        case 'input':
          this.#input(message);
          break;
        case 'close':
          this.#endTurn();
          this.#clients.close(message.client);
          this.#post({ type: 'closed', client: message.client });
          break;
        case 'query':
          this.#query(message.id, message.sql);
          break;
        case 'stop':
          return;
      }
    }
  }

  #query(id: number, sql: string): void {
    try {
      this.#post({ type: 'rows', id, rows: this.#clients.query(sql) });
    } catch (error) {
      if (!(error instanceof QueryFailed)) throw error;
      this.#post({ type: 'rows', id, rows: error.fields });
    }
  }

  #input(input: ToDatabase & { type: 'input' }): void {
    if (this.#turn.client !== input.client) {
      this.#clients.enter(input.client);
      this.#turn = newTurn(input.client);
      beginTurn(this.#control, input.client);
    }
    const turn = this.#turn;
    turn.serial = input.serial;
    turn.messages.push(...input.messages);
    for (let message = turn.messages.shift(); message; message = turn.messages.shift()) this.#execute(message);
    const ended = turn.ready && turn.status === 'I';
    const settled = ended ? this.#clients.settle(turn.effects) : { settings: undefined, channels: undefined };
    this.#reportWaiting({
      status: turn.ready ? turn.status : 'batch',
      prepared: turn.prepared,
      deallocatedAll: turn.deallocatedAll,
      discardedAll: turn.effects.discardedAll,
      ...settled,
    });
    turn.prepared = [];
    turn.deallocatedAll = false;
    if (ended) this.#endTurn();
  }

  /** All input is read: says so, with the last of the output. */
  #reportWaiting(report: Omit<TurnReport, 'type' | 'client' | 'serial' | 'output' | 'consumed'>): void {
    const { client, serial } = this.#turn;
    const output = this.#stream.take();
    const consumed = this.#consumed;
    this.#consumed = 0;
    this.#sent = (this.#sent + (output?.length ?? 0)) | 0;
    const transfer = output ? [output.buffer as ArrayBuffer] : [];
    this.#post({ type: 'waiting', client, serial, output, consumed, ...report }, transfer);
  }

  #endTurn(): void {
    this.#turn = newTurn(0);
    beginTurn(this.#control, 0);
  }

  #execute(message: InputMessage): void {
    const letter = String.fromCharCode(message.bytes[0]);
    this.#message = message;
    // PostgreSQL ignores what is left of a COPY that failed, and answers nothing.
    if (!'dcf'.includes(letter)) this.#turn.ready = false;
    const bytes = letter === 'Q' || letter === 'P' ? this.#noteText(letter, message.bytes) : message.bytes;
    if (letter === 'Q' || letter === 'E') this.#announceDeadline();
    this.#setRunning(true, letter !== 'S');
    this.#session.execute(bytes);
    this.#setRunning(false, false);
    this.#reportConsumed(message.bytes.length);
  }

  get #cancelled(): boolean {
    return Atomics.load(this.#control, words.CANCEL_REASON) !== reasons.NONE;
  }

  #setRunning(running: boolean, cancellable: boolean): void {
    setRunning(this.#control, this.#flags, running, cancellable);
    if (!this.#cancelled) Atomics.store(this.#bridgeControl, bridgeWords.CANCEL, 0);
  }

  /** PostgreSQL's own timer cannot fire in a thread that is busy. */
  #announceDeadline(): void {
    const milliseconds = Number(this.#settings.valueOf('statement_timeout'));
    if (milliseconds > 0) this.#post({ type: 'deadline', client: this.#turn.client, milliseconds });
  }

  /** Keeps the text of a Query or Parse while it may matter; DISCARD ALL is executed without taking from others. */
  #noteText(letter: 'Q' | 'P', bytes: Uint8Array): Uint8Array {
    const turn = this.#turn;
    const start = letter === 'Q' ? HEADER_LENGTH : bytes.indexOf(0, HEADER_LENGTH) + 1;
    const end = bytes.indexOf(0, start);
    turn.text = decodeText(bytes.subarray(start, end));
    if (/temp/i.test(turn.text)) turn.effects.mayHaveMadeTemporaryObjects = true;
    turn.discarding = /^\s*discard\s+all\s*;?\s*$/i.test(turn.text) && turn.status === 'I';
    if (!turn.discarding) return bytes;
    const query = 'RESET ALL';
    if (letter === 'Q') return encodeFrontend({ type: 'Query', query });
    const statement = decodeText(bytes.subarray(HEADER_LENGTH, start - 1));
    return encodeFrontend({ type: 'Parse', statement, query, parameterTypes: [] });
  }

  /** The next message of a COPY FROM STDIN; a CopyFail when there will be none. */
  #nextCopyMessage(): Uint8Array {
    const turn = this.#turn;
    this.#reportConsumed(this.#message.bytes.length);
    if (turn.messages.length === 0) {
      this.#reportWaiting({
        status: 'copy',
        prepared: [],
        deallocatedAll: false,
        discardedAll: false,
        settings: undefined,
        channels: undefined,
      });
    }
    while (turn.messages.length === 0) {
      const next = this.#await(() => (this.#cancelled ? 'cancelled' : this.#receive()));
      if (next === 'cancelled' || next.type !== 'input') {
        if (next !== 'cancelled') this.#postponed.push(next);
        return encodeFrontend({ type: 'CopyFail', reason: 'canceled' });
      }
      turn.serial = next.serial;
      turn.messages.push(...next.messages);
    }
    this.#message = turn.messages.shift()!;
    return this.#message.bytes;
  }

  #reportConsumed(bytes: number): void {
    this.#consumed += bytes;
    if (this.#consumed < CONSUMED_STEP) return;
    this.#post({ type: 'consumed', bytes: this.#consumed });
    this.#consumed = 0;
  }

  #output(bytes: Uint8Array): void {
    const { client } = this.#turn;
    const length = bytes.length;
    this.#post({ type: 'output', client, bytes }, [bytes.buffer as ArrayBuffer]);
    this.#sent = (this.#sent + length) | 0;
    const taken = () => ((this.#sent - Atomics.load(this.#control, words.ACKNOWLEDGED)) | 0) <= OUTPUT_WINDOW;
    // A statement that is cancelled must get to its next check for interrupts, even if its client reads nothing.
    this.#await(() => (taken() || this.#cancelled ? true : undefined));
  }

  /** Messages of PostgreSQL that say more than the client needs to know, or not quite what it should. */
  #understand(bytes: Uint8Array): Uint8Array | undefined {
    const turn = this.#turn;
    switch (String.fromCharCode(bytes[0])) {
      case '1':
        return this.#parseComplete(bytes);
      case 'A':
        return this.#notification(bytes);
      case 'C':
        return this.#commandComplete(bytes);
      case 'E':
        return this.#error(bytes);
      case 'Z':
        turn.ready = true;
        turn.status = String.fromCharCode(bytes[HEADER_LENGTH]) as Turn['status'];
        return bytes;
      default:
        return bytes;
    }
  }

  #parseComplete(bytes: Uint8Array): Uint8Array | undefined {
    if (this.#message.hidden) return undefined;
    const message = this.#message.bytes;
    const name = decodeText(message.subarray(HEADER_LENGTH, message.indexOf(0, HEADER_LENGTH)));
    if (name !== '') this.#turn.prepared.push(name);
    return bytes;
  }

  #notification(bytes: Uint8Array): undefined {
    const message = decodeBackend(new Frame(bytes, HEADER_LENGTH));
    if (message.type !== 'NotificationResponse') return;
    this.#stream.flush();
    const { channel, payload } = message;
    this.#post({ type: 'notification', channel, payload, from: this.#turn.client });
  }

  #commandComplete(bytes: Uint8Array): Uint8Array {
    const turn = this.#turn;
    const tag = decodeText(bytes.subarray(HEADER_LENGTH, bytes.length - 1));
    const state = this.#clients.current;
    switch (tag) {
      case 'LISTEN':
      case 'UNLISTEN':
        turn.effects.channelCommands.push(turn.text);
        turn.effects.channelsMayDiffer = true;
        break;
      case 'DO':
      case 'CALL':
        turn.effects.channelsMayDiffer = true;
        break;
      case 'ROLLBACK':
        turn.effects.channelCommands.length = 0;
        break;
      case 'PREPARE':
        if (state) state.prepares = true;
        break;
      case 'DEALLOCATE ALL':
        turn.deallocatedAll = true;
        break;
      case 'RESET':
        turn.effects.wentBackToStartup = true;
        if (!turn.discarding) break;
        turn.effects.discardedAll = true;
        return encodeBackend({ type: 'CommandComplete', tag: 'DISCARD ALL' });
    }
    return bytes;
  }

  #error(bytes: Uint8Array): Uint8Array {
    const message = decodeBackend(new Frame(bytes, HEADER_LENGTH));
    if (message.type !== 'ErrorResponse') return bytes;
    const reason = Atomics.load(this.#control, words.CANCEL_REASON);
    const cancelled = message.fields.sqlstate === '57014' && reason === reasons.TIMEOUT;
    const copyCancelled = reason !== reasons.NONE && message.fields.routine === 'CopyGetData';
    if (identityLocked.test(message.fields.message)) return errorResponse({ ...message.fields, hint: identityHint });
    if (!cancelled && !copyCancelled) return this.#withClientsName(message.fields, bytes);
    const cause = reason === reasons.TIMEOUT ? 'statement timeout' : 'user request';
    return errorResponse({ ...message.fields, sqlstate: '57014', message: `canceling statement due to ${cause}` });
  }

  #withClientsName(fields: ErrorFields, bytes: Uint8Array): Uint8Array {
    const { statement } = this.#message;
    if (statement === undefined) return bytes;
    const message = fields.message.replace(internalName, () => `prepared statement "${statement}"`);
    return message === fields.message ? bytes : errorResponse({ ...fields, message });
  }
}

/** What PostgreSQL says to a client whose role is locked, see PostgresSession.lockUser. */
const identityLocked = /^cannot set parameter "(role|session_authorization)" within security-/;
const identityHint =
  'The clients of the embedded server share one session, in which only superusers can take another role: log in as the role that you need.';

/** The names that the server makes up, see PreparedStatements. */
const internalName = /^prepared statement "c\d+s\d+"/;

const data = workerData as DatabaseThreadData;
const database = await openDatabase(data);
const thread = new DatabaseThread(database, data);
data.port.postMessage({ type: 'ready', flags: database.flags } satisfies FromDatabase);
thread.serve();
await database.close();
data.port.postMessage({ type: 'stopped' } satisfies FromDatabase);
data.port.close();
