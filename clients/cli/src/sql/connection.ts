/** One session with a PostgreSQL server, by the simple query protocol. */
import net from 'node:net';
import tls from 'node:tls';
import {
  type BackendMessage,
  decodeBackend,
  decodeText,
  type ErrorFields,
  encodeFrontend,
  encodeStartup,
  encodeText,
  Framer,
  md5Password,
  ProtocolError,
  SCRAM_SHA_256,
  ScramClient,
  type TransactionStatus,
} from '@pgml/protocol';
import { CommandError } from '../errors.js';
import type { ConnectionParameters } from './connection-parameters.js';

/** The connection cannot be made, or is gone. */
export class ConnectionError extends CommandError {
  /** What the server said, where it said anything. */
  readonly fields: ErrorFields | undefined;
  constructor(message: string, fields?: ErrorFields) {
    super(message);
    this.name = 'ConnectionError';
    this.fields = fields;
  }
}

/** An ErrorResponse to a query of the tool's own. */
export class ServerError extends Error {
  readonly fields: ErrorFields;
  constructor(fields: ErrorFields) {
    super(fields.message);
    this.name = 'ServerError';
    this.fields = fields;
  }
}

export interface ConnectionEvents {
  /** Asked when the server wants a password and none was given; undefined gives up. */
  askPassword(parameters: ConnectionParameters): Promise<string | undefined>;
  notice(fields: ErrorFields): void;
}

export class Connection {
  #parameters: ConnectionParameters;
  readonly #socket: net.Socket;
  readonly #chunks: AsyncIterator<Uint8Array>;
  readonly #framer = new Framer({ from: 'backend' });
  readonly #settings = new Map<string, string>();
  #status: TransactionStatus = 'I';
  #key: { readonly processId: number; readonly secretKey: Uint8Array } | undefined;
  #fatal: ErrorFields | undefined;

  /** Connects and authenticates. Throws ConnectionError, which says where to and why not. */
  static async open(parameters: ConnectionParameters, events: ConnectionEvents): Promise<Connection> {
    const socket = await openSocket(parameters);
    const connection = new Connection(parameters, await secure(socket, parameters));
    try {
      await connection.#start(events);
      return connection;
    } catch (error) {
      connection.#socket.destroy();
      throw error instanceof ProtocolError
        ? new ConnectionError(`${address(parameters)} does not answer as a PostgreSQL server: ${error.message}`)
        : error;
    }
  }

  private constructor(parameters: ConnectionParameters, socket: net.Socket) {
    this.#parameters = parameters;
    this.#socket = socket;
    socket.on('error', () => {}); // It reaches those who read or write.
    this.#chunks = socket[Symbol.asyncIterator]();
  }

  /** With the password, if one was asked for. */
  get parameters(): ConnectionParameters {
    return this.#parameters;
  }

  get status(): TransactionStatus {
    return this.#status;
  }

  /** A setting that the server reports, such as server_version or is_superuser. */
  setting(name: string): string | undefined {
    return this.#settings.get(name);
  }

  get processId(): number | undefined {
    return this.#key?.processId;
  }

  get encrypted(): boolean {
    return this.#socket instanceof tls.TLSSocket;
  }

  /**
   * The answers to one query text, up to ReadyForQuery. All must be taken. After CopyInResponse the taker sends the data,
   * and CopyDone or CopyFail, before going on.
   */
  async *query(text: string): AsyncGenerator<BackendMessage, void, void> {
    await this.send(encodeFrontend({ type: 'Query', query: text }));
    for (;;) {
      const message = await this.#receive();
      if (message.type === 'ReadyForQuery') {
        this.#status = message.status;
        return;
      }
      yield message;
    }
  }

  /** The rows of a query of the tool's own. Throws ServerError. */
  async rows(text: string): Promise<(string | null)[][]> {
    const rows: (string | null)[][] = [];
    let error: ErrorFields | undefined;
    for await (const message of this.query(text)) {
      if (message.type === 'DataRow') rows.push(message.values.map((value) => value && decodeText(value)));
      else if (message.type === 'ErrorResponse') error = message.fields;
    }
    if (error) throw new ServerError(error);
    return rows;
  }

  /** Resolves when the socket has room again. */
  async send(bytes: Uint8Array): Promise<void> {
    if (this.#socket.destroyed || !this.#socket.writable) throw this.#lost();
    if (this.#socket.write(bytes)) return;
    await new Promise<void>((resolve) => {
      const done = () => {
        this.#socket.off('drain', done);
        this.#socket.off('close', done);
        resolve();
      };
      this.#socket.on('drain', done);
      this.#socket.on('close', done);
    });
  }

  /** Asks the server, on a connection of its own, to stop the running query. Resolves when it has been asked. */
  async cancel(): Promise<void> {
    if (!this.#key) return;
    const socket = await secure(await openSocket(this.parameters), this.parameters);
    socket.on('error', () => {});
    socket.resume();
    await new Promise<void>((resolve) => {
      socket.on('close', () => resolve());
      socket.end(encodeStartup({ type: 'CancelRequest', ...this.#key! }));
    });
  }

  close(): void {
    this.#socket.end(encodeFrontend({ type: 'Terminate' }));
    this.#socket.resume();
  }

  async #start(events: ConnectionEvents): Promise<void> {
    const { user, database, applicationName, options } = this.parameters;
    const parameters = new Map([
      ['user', user],
      ['database', database],
      ['application_name', applicationName],
      ['client_encoding', 'UTF8'],
      ...(options === undefined ? [] : [['options', options] as const]),
    ]);
    await this.send(encodeStartup({ type: 'StartupMessage', major: 3, minor: 0, parameters }));
    let scram: ScramClient | undefined;
    for (;;) {
      const message = await this.#receive();
      switch (message.type) {
        case 'AuthenticationOk':
          if (scram && scram.state !== 'done')
            throw new ConnectionError('the server let us in without proving that it knows the password');
          break;
        case 'AuthenticationCleartextPassword':
          await this.send(encodeFrontend({ type: 'PasswordMessage', password: await this.#password(events) }));
          break;
        case 'AuthenticationMD5Password': {
          const password = md5Password(user, await this.#password(events), message.salt);
          await this.send(encodeFrontend({ type: 'PasswordMessage', password }));
          break;
        }
        case 'AuthenticationSASL':
          if (!message.mechanisms.includes(SCRAM_SHA_256))
            throw new ConnectionError(
              `the server wants ${message.mechanisms.join(' or ')}; pgml sql can do ${SCRAM_SHA_256}`,
            );
          scram = new ScramClient({ password: await this.#password(events) });
          await this.send(
            encodeFrontend({ type: 'SASLInitialResponse', mechanism: SCRAM_SHA_256, data: scram.first() }),
          );
          break;
        case 'AuthenticationSASLContinue':
          if (!scram) throw new ProtocolError('unexpected SASL message');
          await this.send(encodeFrontend({ type: 'SASLResponse', data: scram.respond(message.data) }));
          break;
        case 'AuthenticationSASLFinal':
          if (!scram) throw new ProtocolError('unexpected SASL message');
          scram.finish(message.data);
          break;
        case 'BackendKeyData':
          this.#key = { processId: message.processId, secretKey: message.secretKey };
          break;
        case 'NoticeResponse':
          events.notice(message.fields);
          break;
        case 'ErrorResponse':
          throw new ConnectionError(
            `connection to ${address(this.parameters)} failed: ${message.fields.message}`,
            message.fields,
          );
        case 'ReadyForQuery':
          this.#status = message.status;
          return;
        default:
          throw new ConnectionError(`the server wants ${message.type}, which pgml sql cannot do`);
      }
    }
  }

  async #password(events: ConnectionEvents): Promise<string> {
    const password = this.parameters.password ?? (await events.askPassword(this.parameters));
    if (password === undefined)
      throw new ConnectionError(
        `${address(this.parameters)} wants a password for "${this.parameters.user}": give it in the URL or as PGPASSWORD`,
      );
    this.#parameters = { ...this.parameters, password };
    return password;
  }

  /** The next message that is not a mere report of a setting. */
  async #receive(): Promise<BackendMessage> {
    for (;;) {
      const frame = this.#framer.next();
      if (!frame) {
        this.#framer.push(await this.#chunk());
        continue;
      }
      const message = decodeBackend(frame);
      if (message.type === 'ParameterStatus') {
        this.#settings.set(message.name, message.value);
        continue;
      }
      if (message.type === 'ErrorResponse' && message.fields.severity === 'FATAL') this.#fatal = message.fields;
      return message;
    }
  }

  async #chunk(): Promise<Uint8Array> {
    try {
      const { value, done } = await this.#chunks.next();
      if (!done) return value;
    } catch {
      // The reason is in the message below as far as anybody knows it.
    }
    throw this.#lost();
  }

  #lost(): ConnectionError {
    return new ConnectionError(
      `${address(this.parameters)} closed the connection${this.#fatal ? '' : ' unexpectedly'}`,
      this.#fatal,
    );
  }
}

/** How a server is named in messages. */
export function address({ host, port }: ConnectionParameters): string {
  return `the server at ${host.startsWith('/') ? `${host}/.s.PGSQL.${port}` : `${host} port ${port}`}`;
}

function openSocket(parameters: ConnectionParameters): Promise<net.Socket> {
  const { host, port } = parameters;
  const socket = host.startsWith('/')
    ? net.connect({ path: `${host}/.s.PGSQL.${port}` })
    : net.connect({ host, port, noDelay: true, keepAlive: true });
  return new Promise((resolve, reject) => {
    const refuse = (error: NodeJS.ErrnoException) => {
      const reason = error.code === 'ECONNREFUSED' || error.code === 'ENOENT' ? 'nobody listens there' : error.code;
      reject(new ConnectionError(`cannot connect to ${address(parameters)}: ${reason}. Is the server running?`));
    };
    socket.once('error', refuse);
    socket.once('connect', () => resolve(socket.off('error', refuse)));
  });
}

/** Asks for TLS as far as sslmode wants it; the server answers with one byte, S or N. */
async function secure(socket: net.Socket, parameters: ConnectionParameters): Promise<net.Socket> {
  const { sslMode, host } = parameters;
  // libpq does not encrypt unix sockets either.
  if (sslMode === 'disable' || host.startsWith('/')) return socket;
  socket.write(encodeStartup({ type: 'SSLRequest' }));
  const answer = await firstBytes(socket);
  if (answer.length > 1 || !['S', 'N'].includes(decodeText(answer))) {
    socket.destroy();
    throw new ConnectionError(`${address(parameters)} does not answer as a PostgreSQL server`);
  }
  if (decodeText(answer) === 'N') {
    if (sslMode === 'prefer') return socket;
    socket.destroy();
    throw new ConnectionError(`${address(parameters)} offers no encryption, which sslmode=${sslMode} demands`);
  }
  const secured = tls.connect({
    socket,
    host, // Not to connect to, the socket is: the certificate must be for it.
    ...(net.isIP(host) ? {} : { servername: host }),
    rejectUnauthorized: sslMode.startsWith('verify'),
    ...(sslMode === 'verify-ca' ? { checkServerIdentity: () => undefined } : {}),
  });
  return new Promise((resolve, reject) => {
    const refuse = (error: Error) =>
      reject(new ConnectionError(`no encrypted connection to ${address(parameters)}: ${error.message}`));
    secured.once('error', refuse);
    secured.once('secureConnect', () => resolve(secured.off('error', refuse)));
  });
}

/** What comes first; nothing if the connection ends before. */
function firstBytes(socket: net.Socket): Promise<Uint8Array> {
  return new Promise((resolve) => {
    const finish = (bytes: Uint8Array) => {
      socket.pause();
      socket.off('data', finish).off('end', nothing).off('error', nothing);
      resolve(bytes);
    };
    const nothing = () => finish(encodeText(''));
    socket.on('data', finish).on('end', nothing).on('error', nothing);
  });
}
