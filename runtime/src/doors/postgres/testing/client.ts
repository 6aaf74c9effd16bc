/** A client of the door for tests, over a real socket: what it sends is whole and right, or exactly the bytes it is given. */
import assert from 'node:assert/strict';
import net from 'node:net';
import tls from 'node:tls';
import {
  type BackendMessage,
  decodeBackend,
  decodeText,
  encodeFrontend,
  encodeStartup,
  type ErrorFields,
  Framer,
  type FrontendMessage,
  SCRAM_SHA_256,
  ScramClient,
  type StartupPacket,
  type TransactionStatus,
} from '@pgml/protocol';

export interface Login {
  readonly user?: string;
  readonly password?: string;
  readonly parameters?: Readonly<Record<string, string>>;
}

/** What a query is answered, up to ReadyForQuery. */
export interface Answered {
  readonly columns: string[];
  /** Of all statements, in text format. */
  readonly rows: (string | null)[][];
  readonly tags: string[];
  readonly error: ErrorFields | undefined;
  readonly status: TransactionStatus;
}

export class TestClient {
  #socket: net.Socket;
  readonly #framer = new Framer({ from: 'backend' });
  #closed = false;
  #wake: () => void = () => {};
  /** Gets the answer to a request for encryption, which is no message. */
  #onLetter: ((letter: string) => void) | undefined;
  cancelKey: { processId: number; secretKey: Uint8Array } | undefined;
  /** As ParameterStatus told. */
  readonly settings: Record<string, string> = {};

  constructor(socket: net.Socket) {
    this.#socket = socket;
    this.#listen(socket);
  }

  static async dial(port: number): Promise<TestClient> {
    const socket = net.connect(port, '127.0.0.1');
    await new Promise((resolve, reject) => socket.once('connect', resolve).once('error', reject));
    return new TestClient(socket);
  }

  static async connect(port: number, login?: Login): Promise<TestClient> {
    const client = await TestClient.dial(port);
    await client.login(login);
    return client;
  }

  #listen(socket: net.Socket): void {
    const ended = () => {
      if (socket !== this.#socket) return;
      this.#closed = true;
      this.#wake();
    };
    socket.on('data', (chunk) => {
      const answered = this.#onLetter;
      this.#onLetter = undefined;
      if (answered) return answered(chunk.toString());
      this.#framer.push(chunk);
      this.#wake();
    });
    socket.on('error', ended);
    socket.on('close', ended);
  }

  /** Asks for encryption; the answer is a letter. */
  ask(type: 'SSLRequest' | 'GSSENCRequest'): Promise<string> {
    return new Promise((resolve) => {
      this.#onLetter = resolve;
      this.startup({ type });
    });
  }

  /** Goes on with TLS. */
  async encrypt(authority: string): Promise<void> {
    assert.equal(await this.ask('SSLRequest'), 'S');
    const plain = this.#socket;
    plain.removeAllListeners('data');
    const secure = tls.connect({ socket: plain, ca: authority, checkServerIdentity: () => undefined });
    this.#socket = secure;
    await new Promise((resolve, reject) => secure.once('secureConnect', resolve).once('error', reject));
    this.#listen(secure);
  }

  write(bytes: Uint8Array): void {
    this.#socket.write(bytes);
  }

  startup(packet: StartupPacket): void {
    this.write(encodeStartup(packet));
  }

  send(message: FrontendMessage): void {
    this.write(encodeFrontend(message));
  }

  /** Waits for the next message; undefined when the connection is closed. */
  async next(): Promise<BackendMessage | undefined> {
    for (;;) {
      const frame = this.#framer.next();
      if (frame) return decodeBackend(frame);
      if (this.#closed) return undefined;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  /** The error that ends the connection. */
  async fatal(): Promise<ErrorFields> {
    let last: ErrorFields | undefined;
    for (let message = await this.next(); message; message = await this.next())
      if (message.type === 'ErrorResponse') last = message.fields;
    assert.equal(last?.severity, 'FATAL');
    return last;
  }

  async login({ user = 'pgml', password = 'secret', parameters = {} }: Login = {}): Promise<void> {
    const all = new Map(Object.entries({ user, database: 'shop', ...parameters }));
    this.startup({ type: 'StartupMessage', major: 3, minor: 0, parameters: all });
    const scram = new ScramClient({ password });
    for (;;) {
      const message = await this.next();
      switch (message?.type) {
        case 'AuthenticationSASL':
          this.send({ type: 'SASLInitialResponse', mechanism: SCRAM_SHA_256, data: scram.first() });
          break;
        case 'AuthenticationSASLContinue':
          this.send({ type: 'SASLResponse', data: scram.respond(message.data) });
          break;
        case 'AuthenticationSASLFinal':
          scram.finish(message.data);
          break;
        case 'ParameterStatus':
          this.settings[message.name] = message.value;
          break;
        case 'BackendKeyData':
          this.cancelKey = { processId: message.processId, secretKey: message.secretKey };
          break;
        case 'ReadyForQuery':
          return;
        case 'ErrorResponse':
          throw new Error(`${message.fields.sqlstate} ${message.fields.message}`, { cause: message.fields });
        case undefined:
          throw new Error('the connection was closed');
      }
    }
  }

  async query(query: string): Promise<Answered> {
    this.send({ type: 'Query', query });
    return this.answer();
  }

  /** The rows of a query that must not fail. */
  async rows(query: string): Promise<(string | null)[][]> {
    const { rows, error } = await this.query(query);
    assert.equal(error, undefined, error?.message);
    return rows;
  }

  async answer(): Promise<Answered> {
    const columns: string[] = [];
    const rows: (string | null)[][] = [];
    const tags: string[] = [];
    let error: ErrorFields | undefined;
    for (;;) {
      const message = await this.next();
      switch (message?.type) {
        case 'RowDescription':
          columns.push(...message.fields.map(({ name }) => name));
          break;
        case 'DataRow':
          rows.push(message.values.map((value) => value && decodeText(value)));
          break;
        case 'CommandComplete':
          tags.push(message.tag);
          break;
        case 'ErrorResponse':
          error = message.fields;
          break;
        case 'ReadyForQuery':
          return { columns, rows, tags, error, status: message.status };
        case undefined:
          throw new Error('the connection was closed');
      }
    }
  }

  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  close(): void {
    this.#socket.destroy();
  }
}
