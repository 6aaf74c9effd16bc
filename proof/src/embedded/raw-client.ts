/** A client that sends and receives single messages of the protocol, for what drivers never do. */
import net from 'node:net';
import type { TestContext } from 'node:test';
import type { EmbeddedServer } from '@pgml/embedded';
import {
  type BackendMessage,
  decodeBackend,
  encodeFrontend,
  encodeStartup,
  Framer,
  type FrontendMessage,
  ScramClient,
} from '@pgml/protocol';

export class RawClient {
  readonly socket: net.Socket;
  readonly #framer = new Framer({ from: 'backend' });
  #arrived: () => void = () => {};
  #ended = false;

  constructor(socket: net.Socket) {
    this.socket = socket;
    socket.on('data', (chunk) => {
      this.#framer.push(chunk);
      this.#arrived();
    });
    socket.on('error', () => {});
    socket.on('close', () => {
      this.#ended = true;
      this.#arrived();
    });
  }

  send(...messages: FrontendMessage[]): void {
    this.socket.write(Buffer.concat(messages.map(encodeFrontend)));
  }

  /** Undefined when the server has closed the connection. */
  async next(): Promise<BackendMessage | undefined> {
    for (;;) {
      const frame = this.#framer.next();
      if (frame) return decodeBackend(frame);
      if (this.#ended) return undefined;
      await new Promise<void>((resolve) => {
        this.#arrived = resolve;
      });
    }
  }

  /** All messages up to one of the type, it included; or up to the end of the connection. */
  async until(type: BackendMessage['type']): Promise<BackendMessage[]> {
    const messages = [];
    for (;;) {
      const message = await this.next();
      if (message) messages.push(message);
      if (!message || message.type === type) return messages;
    }
  }
}

/** Of a server, in this process or another. */
export type Address = Pick<EmbeddedServer, 'url' | 'host' | 'port'>;

export function openSocket(context: TestContext, server: Address): RawClient {
  const socket = net.connect(server.port, server.host);
  context.after(() => socket.destroy());
  return new RawClient(socket);
}

/** Connects and logs in; the startup messages are read up to ReadyForQuery. */
export async function connectRaw(context: TestContext, server: Address): Promise<RawClient & { key: Key }> {
  const { username, password } = new URL(server.url);
  const client = openSocket(context, server);
  const parameters = new Map([
    ['user', username],
    ['database', 'pgml'],
  ]);
  client.socket.write(encodeStartup({ type: 'StartupMessage', major: 3, minor: 0, parameters }));
  await client.next();
  const scram = new ScramClient({ password: decodeURIComponent(password) });
  client.send({ type: 'SASLInitialResponse', mechanism: 'SCRAM-SHA-256', data: scram.first() });
  const challenge = (await client.next()) as BackendMessage & { type: 'AuthenticationSASLContinue' };
  client.send({ type: 'SASLResponse', data: scram.respond(challenge.data) });
  const messages = await client.until('ReadyForQuery');
  const { processId, secretKey } = messages.find(({ type }) => type === 'BackendKeyData') as BackendMessage & Key;
  return Object.assign(client, { key: { processId, secretKey } });
}

export interface Key {
  readonly processId: number;
  readonly secretKey: Uint8Array;
}

/** Sends a cancel request and waits until the server has taken it. */
export async function requestCancel(context: TestContext, server: EmbeddedServer, key: Key): Promise<void> {
  const client = openSocket(context, server);
  client.socket.write(encodeStartup({ type: 'CancelRequest', ...key }));
  await client.next();
}

/** In short: type, and what matters of it. */
export function summary(message: BackendMessage): string {
  switch (message.type) {
    case 'CommandComplete':
      return `CommandComplete ${message.tag}`;
    case 'ReadyForQuery':
      return `ReadyForQuery ${message.status}`;
    case 'ErrorResponse':
      return `ErrorResponse ${message.fields.sqlstate}`;
    case 'DataRow':
      return `DataRow ${message.values.map((value) => (value ? Buffer.from(value).toString() : 'NULL')).join()}`;
    default:
      return message.type;
  }
}
