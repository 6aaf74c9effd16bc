/**
 * One client's connection, from its first byte to its last.
 *
 *   startup → authentication → opening → idle ⇄ queued → running ⇄ pinned → idle → … → closing → closed
 *
 *   idle     between transactions; messages may be gathered, none is executed
 *   queued   has a whole request and waits for the session
 *   running  owns the session, which executes
 *   pinned   owns the session, which waits for the client: in a transaction, before Sync, or in a COPY FROM STDIN
 *
 * `#move` is the only place that changes the state.
 */
import { randomBytes } from 'node:crypto';
import type { Socket } from 'node:net';
import {
  decodeStartup,
  type ErrorFields,
  encodeBackend,
  errorResponse,
  type Frame,
  Framer,
  ProtocolError,
  ScramExchange,
} from '@pgml/protocol';
import type { Login } from './logins.js';
import type { SessionImage, Setting, TurnReport } from './database-door.js';
import { PreparedStatements } from './prepared-statements.js';
import { readStartup, type StartupRequest } from './startup-options.js';

export type ClientState =
  'startup' | 'authentication' | 'opening' | 'idle' | 'queued' | 'running' | 'pinned' | 'closing' | 'closed';

const transitions: Readonly<Record<ClientState, readonly ClientState[]>> = {
  startup: ['authentication', 'closing'],
  authentication: ['opening', 'closing'],
  opening: ['idle', 'closing'],
  idle: ['queued', 'closing'],
  queued: ['running', 'idle', 'closing'],
  running: ['pinned', 'idle', 'closing'],
  pinned: ['running', 'idle', 'closing'],
  closing: ['closed'],
  closed: [],
};

/** What the client needs of the server. */
export interface ClientHost {
  readonly idleInTransactionTimeoutMs: number;
  readonly authenticationTimeoutMs: number;
  readonly stalledTimeoutMs: number;
  /** How often the session has lost all prepared statements. */
  readonly life: number;
  findLogin(user: string): Promise<Login | undefined>;
  /** Throws ProtocolError: too many clients, a role that may not log in. */
  admit(client: Client, login: Login): void;
  /** The client's session is made; answers with what to report, or why not. */
  open(image: SessionImage, database: string): Promise<readonly Setting[] | ErrorFields>;
  acquire(client: Client): void;
  withdraw(client: Client): void;
  release(client: Client): void;
  send(client: Client, serial: number, messages: ReturnType<PreparedStatements['translate']>): void;
  /** The client is gone; what it left in the session is to be removed. */
  gone(client: Client, owner: boolean, opened: boolean): void;
  cancelRequested(processId: number, secretKey: Uint8Array): void;
  log(line: string): void;
}

/** Input that a client may have waiting before its socket is no longer read. */
const INPUT_WINDOW = 4 << 20;
/** A batch larger than this is sent before its Sync has come. */
const BATCH_LIMIT = 1 << 18;
const CANCEL_KEY_LENGTH = 4;

export class Client {
  readonly id: number;
  readonly secretKey: Uint8Array = randomBytes(CANCEL_KEY_LENGTH);
  readonly #socket: Socket;
  readonly #host: ClientHost;
  readonly #framer = new Framer({ from: 'frontend' });
  readonly #statements: PreparedStatements;
  #state: ClientState = 'startup';
  #timer: NodeJS.Timeout | undefined;
  /** Pieces of output that the socket has not taken yet. */
  #untaken = 0;
  #authentication: ScramExchange | undefined;
  #request: StartupRequest | undefined;
  #login: Login | undefined;
  /** Messages not yet sent to the database. */
  #held: Frame[] = [];
  #heldBytes = 0;
  /** Bytes sent to the database and not yet read there. */
  #unread = 0;
  #serial = 0;
  /** Type of the last message sent to the database. */
  #lastSent = '';
  /** What the session waits for, while pinned or running. */
  #waitingFor: TurnReport['status'] = 'I';
  /** After an error that the server itself reported: what comes before the next Sync is not executed. */
  #skipping = false;
  #opened = false;
  #image: SessionImage | undefined;

  constructor(id: number, socket: Socket, host: ClientHost) {
    this.id = id;
    this.#socket = socket;
    this.#host = host;
    this.#statements = new PreparedStatements(id);
    socket.setNoDelay(true);
    socket.on('data', (chunk: Buffer) => this.#receive(chunk));
    socket.on('error', () => {});
    socket.on('close', () => this.#disconnected());
    socket.on('timeout', () => {
      host.log(`client ${id}: took nothing of its result for ${host.stalledTimeoutMs / 1000} s and is cut off`);
      socket.destroy();
    });
    const limit = host.authenticationTimeoutMs;
    this.#startTimer(limit, () =>
      this.fatal({ sqlstate: '08P01', message: `authentication was not finished within ${limit / 1000} seconds` }),
    );
  }

  get state(): ClientState {
    return this.#state;
  }

  get roleName(): string | undefined {
    return this.#image?.role.name;
  }

  /** Undefined until the session is open. */
  get image(): SessionImage | undefined {
    return this.#opened ? this.#image : undefined;
  }

  get inTransaction(): boolean {
    return this.#waitingFor !== 'I';
  }

  #move(next: ClientState): void {
    if (!transitions[this.#state].includes(next)) throw new Error(`a client cannot go from ${this.#state} to ${next}`);
    this.#state = next;
    if (next !== 'authentication' && next !== 'opening') this.#stopTimer();
    if (next === 'pinned')
      this.#startTimer(this.#host.idleInTransactionTimeoutMs, () =>
        this.fatal({
          sqlstate: '25P03',
          message: 'terminating connection due to idle-in-transaction timeout',
          detail:
            'The one session of the embedded server was kept from all other clients. The transaction is rolled back.',
        }),
      );
  }

  #startTimer(milliseconds: number, action: () => void): void {
    this.#stopTimer();
    if (milliseconds > 0) this.#timer = setTimeout(action, milliseconds);
  }

  #stopTimer(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  // ---- bytes of the client ----

  #receive(chunk: Buffer): void {
    if (this.#state === 'closing' || this.#state === 'closed') return;
    this.#framer.push(chunk);
    try {
      this.#readFrames();
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      const { sqlstate, message, detail, hint } = error;
      this.fatal({ sqlstate, message, ...(detail && { detail }), ...(hint && { hint }) });
    }
  }

  #readFrames(): void {
    while (this.#state !== 'closing' && this.#state !== 'closed') {
      // While the login is looked up, messages wait in the framer.
      if (this.#state === 'opening' || (this.#state === 'authentication' && !this.#authentication)) return;
      const frame = this.#framer.next();
      if (!frame) break;
      if (this.#state === 'startup') this.#startup(frame);
      else if (this.#state === 'authentication') this.#authenticate(frame);
      else this.#message(frame);
    }
    this.#advance();
    this.#balanceInput();
  }

  /** After a wait in which nothing was read. */
  #resume(): void {
    this.#receive(Buffer.alloc(0));
  }

  #startup(frame: Frame): void {
    const packet = decodeStartup(frame.body);
    switch (packet.type) {
      case 'SSLRequest':
      case 'GSSENCRequest':
        this.#socket.write('N');
        return;
      case 'CancelRequest':
        this.#host.cancelRequested(packet.processId, packet.secretKey);
        this.#end();
        return;
      case 'StartupMessage':
        this.#framer.beginMessages();
        this.#framer.maximumLength = 65_535;
        this.#request = readStartup(packet);
        if (packet.minor > 0 || this.#request.unknownExtensions.length > 0)
          this.#write(
            encodeBackend({
              type: 'NegotiateProtocolVersion',
              version: 3 << 16,
              options: this.#request.unknownExtensions,
            }),
          );
        this.#move('authentication');
        void this.#beginAuthentication(this.#request);
    }
  }

  async #beginAuthentication(request: StartupRequest): Promise<void> {
    try {
      this.#login = await this.#host.findLogin(request.user);
    } catch (error) {
      return this.fatal({ sqlstate: '57P03', message: `the database cannot be asked: ${(error as Error).message}` });
    }
    if (this.#state !== 'authentication') return;
    this.#authentication = new ScramExchange(request.user, this.#login?.verifier);
    this.#write(this.#authentication.request());
    this.#resume();
  }

  #authenticate(frame: Frame): void {
    const authentication = this.#authentication!;
    this.#write(authentication.receive(frame));
    if (!authentication.authenticated) return;
    const login = this.#login!;
    this.#host.admit(this, login);
    const { id, name, superuser } = login;
    const startup = this.#request!.settings;
    this.#image = { client: this.id, role: { id, name, superuser }, startup, settings: [], channels: [] };
    this.#framer.maximumLength = 0x3fffffff;
    this.#move('opening');
    void this.#open(this.#image);
  }

  async #open(image: SessionImage): Promise<void> {
    let parameters: readonly Setting[] | ErrorFields;
    try {
      parameters = await this.#host.open(image, this.#request!.database);
    } catch (error) {
      return this.fatal({ sqlstate: '57P03', message: `the session cannot be opened: ${(error as Error).message}` });
    }
    if (!isSettings(parameters)) return this.fatal(parameters);
    this.#opened = true;
    if (this.#state !== 'opening') return this.#host.gone(this, false, true);
    this.#write(encodeBackend({ type: 'AuthenticationOk' }));
    for (const [name, value] of parameters) this.#write(encodeBackend({ type: 'ParameterStatus', name, value }));
    this.#write(encodeBackend({ type: 'BackendKeyData', processId: this.id, secretKey: this.secretKey }));
    this.#write(encodeBackend({ type: 'ReadyForQuery', status: 'I' }));
    this.#move('idle');
    this.#host.log(`client ${this.id}: connected as ${image.role.name}`);
    this.#resume();
  }

  // ---- messages ----

  #message(frame: Frame): void {
    const { type } = frame;
    if (type === 'X') {
      this.#end();
      return;
    }
    if (type === 'p') throw new ProtocolError('a password message was not expected');
    const owner = this.#state === 'running' || this.#state === 'pinned';
    // The rest of a COPY that failed; PostgreSQL ignores it as well.
    if ('dcf'.includes(type) && !owner && this.#held.length === 0) return;
    if (this.#skipping) {
      if (type === 'S') this.#endSkipping();
      return;
    }
    this.#held.push(frame);
    this.#heldBytes += frame.bytes.length;
  }

  #endSkipping(): void {
    this.#skipping = false;
    this.#write(encodeBackend({ type: 'ReadyForQuery', status: 'I' }));
  }

  /** How many of the held messages may go to the database together: a Query, or all up to a Sync or Flush. */
  #requestLength(): number {
    const end = this.#held.findIndex(({ type }) => 'QSHF'.includes(type));
    if (end >= 0) return end + 1;
    return this.#heldBytes > BATCH_LIMIT ? this.#held.length : 0;
  }

  #advance(): void {
    switch (this.#state) {
      case 'idle':
        if (this.#requestLength() === 0) return;
        this.#move('queued');
        this.#host.acquire(this);
        return;
      case 'pinned':
        if (this.#waitingFor === 'copy') this.#send(this.#held.length);
        else this.#send(this.#requestLength());
        return;
      case 'running':
        // COPY data follows its command at once; everything else waits for the answer.
        if (this.#held.every(({ type }) => 'dcf'.includes(type))) this.#send(this.#held.length);
    }
  }

  /** The session is this client's. */
  granted(): void {
    this.#statements.beginTurn();
    this.#send(this.#requestLength());
    this.#advance();
  }

  #send(count: number): void {
    if (count === 0) return;
    const frames = this.#held.splice(0, count);
    const bytes = frames.reduce((total, frame) => total + frame.bytes.length, 0);
    this.#heldBytes -= bytes;
    this.#unread += bytes;
    this.#lastSent = frames.at(-1)!.type;
    if (this.#state !== 'running') this.#move('running');
    const messages = frames.flatMap((frame) => this.#statements.translate(frame, this.#host.life));
    // A view would be sent with all of the chunk that it lies in.
    const whole = messages.map((message) => ({ ...message, bytes: Uint8Array.from(message.bytes) }));
    this.#host.send(this, ++this.#serial, whole);
  }

  #balanceInput(): void {
    if (this.#heldBytes + this.#unread > INPUT_WINDOW && this.#state !== 'idle') this.#socket.pause();
    else if (this.#socket.isPaused()) this.#socket.resume();
  }

  // ---- news of the database ----

  consumed(bytes: number): void {
    this.#unread = Math.max(0, this.#unread - bytes);
    this.#balanceInput();
  }

  /** Writes and calls `taken` when the socket has taken it, or will take nothing any more. */
  output(bytes: Uint8Array, taken: () => void): void {
    if (this.#state === 'closed' || this.#socket.destroyed) {
      taken();
      return;
    }
    // Everybody waits for a client that does not read. Bytes that it takes put the timeout off, also amid a piece.
    if (this.#untaken++ === 0) this.#socket.setTimeout(this.#host.stalledTimeoutMs);
    this.#socket.write(bytes, () => {
      if (--this.#untaken === 0) this.#socket.setTimeout(0);
      taken();
    });
  }

  report(report: TurnReport): void {
    this.consumed(report.consumed);
    this.#statements.confirm(report.prepared);
    if (report.discardedAll) this.#statements.clear();
    if (this.#image)
      this.#image = {
        ...this.#image,
        settings: report.settings ?? this.#image.settings,
        channels: report.channels ?? this.#image.channels,
      };
    if (report.serial !== this.#serial || this.#state !== 'running') return;
    this.#waitingFor = report.status;
    if (report.status === 'I') {
      this.#move('idle');
      this.#host.release(this);
    } else {
      this.#move('pinned');
    }
    this.#advance();
    this.#balanceInput();
  }

  notify(channel: string, payload: string, from: number): void {
    if (!this.#image?.channels.includes(channel)) return;
    this.#write(encodeBackend({ type: 'NotificationResponse', processId: from, channel, payload }));
  }

  /** A cancel request for a client that still waits for the session: its first request is answered without being executed. */
  cancelQueued(): void {
    if (this.#state !== 'queued') return;
    this.#host.withdraw(this);
    const skipped = this.#held.splice(0, this.#requestLength());
    this.#heldBytes -= skipped.reduce((total, frame) => total + frame.bytes.length, 0);
    this.#move('idle');
    this.#fail({ sqlstate: '57014', message: 'canceling statement due to user request' }, skipped.at(-1)?.type);
    this.#advance();
  }

  /** The session is lost while it was this client's. */
  sessionLost(fields: Omit<ErrorFields, 'severity'>): void {
    if (this.#state !== 'running' && this.#state !== 'pinned') return;
    const waiting = this.#state === 'running';
    const transaction = this.#waitingFor === 'T' || this.#waitingFor === 'E';
    this.#waitingFor = 'I';
    this.#unread = 0;
    this.#move('idle');
    // A client that waits for no answer cannot be told of a lost transaction but by the end of its connection.
    if (!waiting || transaction) this.fatal({ ...fields, sqlstate: waiting ? fields.sqlstate : '57P01' });
    else this.#fail(fields, this.#lastSent);
  }

  /** Reports an error to a request that ended with a message of type `last`. */
  #fail(fields: Omit<ErrorFields, 'severity'>, last: string | undefined): void {
    this.#write(errorResponse(fields));
    if (last === 'Q' || last === 'S') this.#write(encodeBackend({ type: 'ReadyForQuery', status: 'I' }));
    else this.#skipping = true;
  }

  // ---- the end ----

  /** Tells why, and ends the connection. */
  fatal(fields: Omit<ErrorFields, 'severity'>): void {
    if (this.#state === 'closing' || this.#state === 'closed') return;
    this.#host.log(`client ${this.id}: ${fields.sqlstate} ${fields.message}`);
    this.#write(errorResponse({ ...fields, severity: 'FATAL' }));
    this.#end();
  }

  #write(bytes: Uint8Array): void {
    if (!this.#socket.destroyed) this.#socket.write(bytes);
  }

  #end(): void {
    const before = this.#state;
    if (before === 'closing' || before === 'closed') return;
    this.#move('closing');
    this.#socket.end();
    // A client that does not close its side is not waited for.
    setTimeout(() => this.#socket.destroy(), 1000).unref();
    this.#leave(before);
  }

  #disconnected(): void {
    const before = this.#state;
    if (before !== 'closing') {
      this.#move('closing');
      this.#leave(before);
    }
    this.#stopTimer();
    this.#move('closed');
  }

  #leave(before: ClientState): void {
    this.#held = [];
    if (before === 'queued') this.#host.withdraw(this);
    this.#host.gone(this, before === 'running' || before === 'pinned', this.#opened);
  }
}

const isSettings = (answer: readonly Setting[] | ErrorFields): answer is readonly Setting[] => Array.isArray(answer);
