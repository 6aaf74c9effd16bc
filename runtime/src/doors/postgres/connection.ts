/**
 * One client's connection, from its first byte to its last.
 *
 *   startup → authentication → ready ⇄ running → closing → closed
 *                                ⇅
 *                             skipping
 *
 *   startup         packets without a type: requests for encryption, a CancelRequest, the StartupMessage
 *   authentication  SCRAM
 *   ready           waits for a query
 *   running         executes the statements of a query; what comes meanwhile waits
 *   skipping        has refused a message of the extended protocol; ignores all up to Sync
 *   closing         has said its last word and waits for the client to take it
 *
 * From every state a connection that is lost goes to closed, and its work is aborted. `#move` is the only place that
 * changes the state.
 */
import type { Socket } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { type SecureContext, TLSSocket } from 'node:tls';
import {
  decodeStartup,
  encodeBackend,
  type Frame,
  Framer,
  ProtocolError,
  ScramExchange,
  type StartupMessage,
  type TransactionStatus,
} from '@pgml/protocol';
import { type ErrorReport, toReport } from '../../errors.js';
import { RuntimeError } from '../../runtime.js';
import { encodeError } from './answers.js';
import type { CancelKey } from './cancel.js';
import { Conversation } from './conversation.js';
import { defaults, type PostgresClient, type PostgresDoorOptions } from './options.js';
import { Outbox } from './outbox.js';
import { readStartup } from './startup.js';

export type ConnectionState = 'startup' | 'authentication' | 'ready' | 'running' | 'skipping' | 'closing' | 'closed';

const transitions: Readonly<Record<ConnectionState, readonly ConnectionState[]>> = {
  startup: ['authentication', 'closing', 'closed'],
  authentication: ['ready', 'closing', 'closed'],
  ready: ['running', 'skipping', 'closing', 'closed'],
  running: ['ready', 'closing', 'closed'],
  skipping: ['ready', 'closing', 'closed'],
  closing: ['closed'],
  closed: [],
};

const ready: Readonly<Record<TransactionStatus, Uint8Array>> = {
  I: encodeBackend({ type: 'ReadyForQuery', status: 'I' }),
  T: encodeBackend({ type: 'ReadyForQuery', status: 'T' }),
  E: encodeBackend({ type: 'ReadyForQuery', status: 'E' }),
};

/** Before a client has proved who it is. */
const MAXIMUM_AUTHENTICATION_MESSAGE = 65_535;
/** What a client may send ahead of the answers; then its socket is not read for a while, and its end not noticed. */
const INPUT_WINDOW = 2 ** 20;
/** For a client to take the last message and close its side. */
const CLOSING_MILLISECONDS = 1000;
/** What waits already is dealt with in a row, so many messages at most before other connections have their turn. */
const FRAMES_IN_A_ROW = 64;
/** Dead machines are noticed. */
const KEEP_ALIVE_MILLISECONDS = 60_000;

/** Serves one client, until either side closes the connection. */
export function servePostgres(socket: Socket, options: PostgresDoorOptions): PostgresConnection {
  return new PostgresConnection(socket, options);
}

export class PostgresConnection {
  readonly #options: PostgresDoorOptions;
  #socket: Socket;
  #outbox: Outbox;
  #framer = new Framer({ from: 'frontend' });
  #state: ConnectionState = 'startup';
  #encrypted = false;
  /** Ends a startup, and later a goodbye, that takes too long. */
  #timer: NodeJS.Timeout | undefined;
  #client: PostgresClient | undefined;
  #authentication: ScramExchange | undefined;
  #cancelKey: CancelKey | undefined;
  #conversation: Conversation | undefined;
  /** Aborts the query that runs. Used until it is: making one takes as long as a prediction. */
  #work = new AbortController();
  /** Why the connection is to be closed when its query is done. */
  #goodbye: RuntimeError | undefined;
  #reading = false;
  /** Bytes that came while others were being dealt with. */
  #inputAhead = 0;

  constructor(socket: Socket, options: PostgresDoorOptions) {
    this.#options = options;
    this.#socket = socket;
    this.#outbox = new Outbox(socket);
    socket.setNoDelay(true);
    socket.setKeepAlive(true, KEEP_ALIVE_MILLISECONDS);
    this.#listen(socket);
    const limit = options.startupMilliseconds ?? defaults.startupMilliseconds;
    const late = new RuntimeError('08P01', `the client did not log in within ${limit / 1000} seconds`);
    this.#timer = setTimeout(() => this.#fatal(late), limit);
  }

  get state(): ConnectionState {
    return this.#state;
  }

  /** Closes the connection with this error: at once, or when the query that runs is done. */
  endWhenIdle(error: RuntimeError): void {
    this.#goodbye = error;
    if (this.#state !== 'running') this.#fatal(error);
  }

  /** Closes the connection and aborts its work. */
  destroy(): void {
    this.#socket.destroy();
  }

  #move(next: ConnectionState): void {
    if (!transitions[this.#state].includes(next))
      throw new Error(`a connection cannot go from ${this.#state} to ${next}`);
    this.#state = next;
    if (next === 'ready') clearTimeout(this.#timer);
    if (next === 'closing') {
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => this.#socket.destroy(), CLOSING_MILLISECONDS);
      void this.#outbox.flush();
      this.#socket.end();
    }
    if (next === 'closed') {
      clearTimeout(this.#timer);
      this.#socket.destroy();
    }
    if (next === 'closing' || next === 'closed') this.#leave();
  }

  /** Ends the work, and forgets what came and was not read. */
  #leave(): void {
    this.#work.abort();
    this.#conversation?.close();
    this.#conversation = undefined;
    if (this.#cancelKey) this.#options.cancels.forget(this.#cancelKey);
    this.#cancelKey = undefined;
    this.#framer = new Framer({ from: 'frontend' });
  }

  // ---- the socket ----

  #listen(socket: Socket): void {
    const closed = () => {
      if (this.#state !== 'closed') this.#move('closed');
    };
    socket.on('data', (chunk: Buffer) => this.#receive(chunk));
    // A client that has said its last word does not wait for answers.
    socket.on('end', closed);
    socket.on('close', closed);
    // It is closed next.
    socket.on('error', () => {});
  }

  #receive(chunk: Buffer): void {
    if (this.#state === 'closing' || this.#state === 'closed') return;
    this.#framer.push(chunk);
    if (!this.#reading) return void this.#read();
    this.#inputAhead += chunk.length;
    if (this.#inputAhead > INPUT_WINDOW) this.#socket.pause();
  }

  /** Takes the frames that have come, one after the other; never more than one call of it is under way. */
  async #read(): Promise<void> {
    if (this.#reading) return;
    this.#reading = true;
    try {
      for (let count = 1; this.#state !== 'closing' && this.#state !== 'closed'; count++) {
        const frame = this.#framer.next();
        if (!frame) break;
        await this.#frame(frame);
        await this.#outbox.flush();
        if (count % FRAMES_IN_A_ROW === 0) await nextTurn();
      }
    } catch (error) {
      this.#fatal(error);
    } finally {
      this.#reading = false;
      this.#inputAhead = 0;
      if (this.#socket.isPaused()) this.#socket.resume();
    }
  }

  #frame(frame: Frame): Promise<void> | void {
    switch (this.#state) {
      case 'startup':
        return this.#startup(frame);
      case 'authentication':
        return this.#authenticate(frame);
      case 'skipping':
        return this.#skip(frame);
      case 'ready':
        return this.#message(frame);
    }
  }

  /** Tells why, and ends the connection. */
  #fatal(error: unknown): void {
    if (this.#state === 'closing' || this.#state === 'closed') return;
    const report = reportOf(error);
    this.#options.onFatal?.(report, this.#client?.user);
    void this.#outbox.add(encodeError(report, 'FATAL'));
    this.#move('closing');
  }

  // ---- startup ----

  #startup(frame: Frame): void {
    const packet = decodeStartup(frame.body);
    switch (packet.type) {
      case 'GSSENCRequest':
        return this.#write(Buffer.from('N'));
      case 'SSLRequest':
        if (this.#options.tls && !this.#encrypted) return this.#encrypt(this.#options.tls);
        return this.#write(Buffer.from('N'));
      case 'CancelRequest':
        this.#options.cancels.request(packet);
        return this.#move('closing');
      case 'StartupMessage':
        return this.#login(packet);
    }
  }

  #encrypt(secureContext: SecureContext): void {
    // What came with the request came unencrypted, from anybody on the way.
    if (this.#framer.buffered > 0)
      throw new ProtocolError('received unencrypted data after SSL request', {
        detail: 'This could be either a client-software bug or evidence of an attempted man-in-the-middle attack.',
      });
    const plain = this.#socket;
    plain.removeAllListeners('data');
    plain.write('S');
    this.#encrypted = true;
    this.#socket = new TLSSocket(plain, { isServer: true, secureContext });
    this.#outbox = new Outbox(this.#socket);
    this.#listen(this.#socket);
  }

  #login(packet: StartupMessage): void {
    if (this.#options.requireTls && !this.#encrypted)
      throw new ProtocolError('the connection must be encrypted', {
        sqlstate: '28000',
        hint: 'Connect with sslmode=require, or better sslmode=verify-full.',
      });
    const { client, unknownExtensions } = readStartup(packet);
    this.#client = client;
    this.#framer.beginMessages();
    this.#framer.maximumLength = MAXIMUM_AUTHENTICATION_MESSAGE;
    if (packet.minor > 0 || unknownExtensions.length > 0)
      this.#write(encodeBackend({ type: 'NegotiateProtocolVersion', version: 3 << 16, options: unknownExtensions }));
    this.#authentication = new ScramExchange(client.user, this.#options.findUser(client.user));
    this.#write(this.#authentication.request());
    this.#move('authentication');
  }

  #authenticate(frame: Frame): void {
    const authentication = this.#authentication!;
    this.#write(authentication.receive(frame));
    if (authentication.authenticated) this.#open(this.#client!);
  }

  #open(client: PostgresClient): void {
    const { openSession, cancels, version } = this.#options;
    const about = { version, encrypted: this.#encrypted, user: client.user, database: client.database };
    this.#conversation = new Conversation(openSession(client), about, client.applicationName);
    this.#cancelKey = cancels.register(() => this.#cancel());
    this.#framer.maximumLength = this.#options.maximumMessageBytes ?? defaults.maximumMessageBytes;
    this.#write(encodeBackend({ type: 'AuthenticationOk' }));
    for (const [name, value] of Object.entries(this.#conversation.settings))
      this.#write(encodeBackend({ type: 'ParameterStatus', name, value }));
    this.#write(encodeBackend({ type: 'BackendKeyData', ...this.#cancelKey }));
    this.#writeReady();
    this.#move('ready');
  }

  // ---- messages ----

  #message(frame: Frame): Promise<void> | void {
    switch (frame.type) {
      case 'Q':
        return this.#runQuery(frame);
      case 'X':
        return this.#move('closing');
      case 'S':
        return this.#writeReady();
      case 'F':
        this.#write(this.#conversation!.fail(notSimple()));
        return this.#writeReady();
      case 'P':
      case 'B':
      case 'D':
      case 'E':
      case 'C':
        this.#write(this.#conversation!.fail(notSimple()));
        return this.#move('skipping');
      case 'p':
        throw new ProtocolError('a password message was not expected');
      // Flush, and the rest of a COPY that never began, are ignored, as PostgreSQL does.
    }
  }

  #skip(frame: Frame): void {
    if (frame.type === 'X') return this.#move('closing');
    if (frame.type !== 'S') return;
    this.#writeReady();
    this.#move('ready');
  }

  async #runQuery(frame: Frame): Promise<void> {
    const sql = textOf(frame);
    if (this.#work.signal.aborted) this.#work = new AbortController();
    this.#move('running');
    await this.#conversation!.query(sql, this.#work.signal, (message) => this.#outbox.add(message));
    // The client may be gone.
    if (this.#state !== 'running') return;
    this.#writeReady();
    this.#move('ready');
    if (this.#goodbye) this.#fatal(this.#goodbye);
  }

  #cancel(): void {
    if (this.#state === 'running') this.#work.abort();
  }

  #write(message: Uint8Array): void {
    void this.#outbox.add(message);
  }

  #writeReady(): void {
    this.#write(ready[this.#conversation!.status]);
  }
}

/** The text of a Query message, which a zero byte ends. */
function textOf({ body }: Frame): Buffer {
  // A Buffer finds a byte much faster than a Uint8Array does.
  const text = Buffer.from(body.buffer, body.byteOffset, body.length);
  if (text.indexOf(0) !== text.length - 1) throw new ProtocolError('invalid Query message: it is no single string');
  return text.subarray(0, -1);
}

const notSimple = () =>
  new RuntimeError('0A000', 'the runtime does not understand the extended query protocol', {
    hint: 'Send simple queries, with literals instead of parameters.',
  });

function reportOf(error: unknown): ErrorReport {
  if (!(error instanceof ProtocolError)) return toReport(error);
  const { sqlstate, message, detail, hint } = error;
  return { sqlstate, message, ...(detail === undefined ? {} : { detail }), ...(hint === undefined ? {} : { hint }) };
}
