/** The server: accepts clients, gives them turns at the one database session, cancels, restarts, shuts down. */
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { extensionVersion } from '@pgml/schema';
import { formatVerifier, makeVerifier, ProtocolError, parseVerifier, verifyPassword } from '@pgml/protocol';
import { findLogin, type Login } from './logins.js';
import { Client, type ClientHost } from './client.js';
import { newPassword, type ServerDirectory } from '@pgml/runtime';
import { openDataDirectory } from './data-directory.js';
import { BOOTSTRAP_ROLE, DATABASE_NAME, Database } from './database.js';
import type { FromDatabase } from './database-door.js';
import { reasons } from './interrupts.js';
import { quoteLiteral } from './postgres-session.js';
import { Scheduler } from './scheduler.js';

export interface EmbeddedServerOptions {
  /** Where to listen. */
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  /** Undefined: a new directory that is removed with the server. */
  readonly dataDirectory?: string | undefined;
  /** Of the role pgml. Undefined: the one kept in the data directory, made at the first start. */
  readonly password?: string | undefined;
  /** Default 100. */
  readonly maximumClients?: number | undefined;
  /** How long a client may keep the session while it is silent; 0: for ever. Default 60,000. */
  readonly idleInTransactionTimeoutMs?: number | undefined;
  /** How long a client may take to log in. Default 60,000. */
  readonly authenticationTimeoutMs?: number | undefined;
  /** How long a client may take nothing of its result, while everybody waits for it; 0: for ever. Default 60,000. */
  readonly stalledTimeoutMs?: number | undefined;
  /** How long a cancelled statement may go on before the database thread is ended and opened again. Default 2,000. */
  readonly cancelGraceMs?: number | undefined;
  /** Gets one line for each event. */
  readonly log?: ((line: string) => void) | undefined;
}

export interface EmbeddedServer {
  /** With the password where it is known. */
  readonly url: string;
  readonly host: string;
  readonly port: number;
  /** Resolves when the database cannot be kept open: the server then serves nobody any more, and is to be closed. */
  readonly failed: Promise<Error>;
  close(): Promise<void>;
}

/** Connections that have not logged in yet, beyond the limit of clients. */
const UNAUTHENTICATED_LIMIT = 100;
/** At shutdown: for statements to finish, then for cancelled ones to end. */
const SHUTDOWN_GRACE_MS = 2_000;
/** So many losses of the database thread within the time are too many. */
const LOSSES_LIMIT = 3;
const LOSSES_WINDOW_MS = 60_000;

/** Starts a server. Throws DirectoryInUse if another one uses the directory. */
export async function startEmbeddedServer(options: EmbeddedServerOptions): Promise<EmbeddedServer> {
  const temporary = options.dataDirectory === undefined;
  const folder = options.dataDirectory ?? fs.mkdtempSync(path.join(os.tmpdir(), 'pgml-'));
  const directory = await openDataDirectory(path.resolve(folder));
  const database = new Database(directory.cluster);
  const server = new Server(options, database);
  const release = async () => {
    await database.stop();
    directory.release();
    if (temporary) fs.rmSync(folder, { recursive: true, force: true });
  };
  try {
    await database.start();
    await compareVersions(database, options.log);
    const password = await settlePassword(database, directory, options.password);
    const port = await server.listen();
    const host = reachable(options.host);
    directory.writeServerFile({ host, port, pid: process.pid });
    const login = password === undefined ? BOOTSTRAP_ROLE : `${BOOTSTRAP_ROLE}:${encodeURIComponent(password)}`;
    return {
      url: `postgres://${login}@${host.includes(':') ? `[${host}]` : host}:${port}/${DATABASE_NAME}`,
      host: options.host,
      port,
      failed: server.failed,
      close: () => server.close(release),
    };
  } catch (error) {
    await release();
    throw error;
  }
}

/** An address to connect to: those that stand for all of a machine are only to listen on. */
function reachable(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1';
  return host === '::' ? '::1' : host;
}

/** The extension in the directory may have been made by another version of pgml. */
async function compareVersions(database: Database, log: EmbeddedServerOptions['log']): Promise<void> {
  const [row] = await database.query(`SELECT extversion FROM pg_extension WHERE extname = 'pgml'`);
  if (row && row[0] !== extensionVersion)
    log?.(`the data directory holds version ${row[0]} of the extension pgml, this server brings ${extensionVersion}`);
}

/** Makes sure that the role pgml has a password. Returns it if it is known. */
async function settlePassword(
  database: Database,
  directory: ServerDirectory,
  given: string | undefined,
): Promise<string | undefined> {
  const [[stored]] = (await database.query(
    `SELECT rolpassword FROM pg_authid WHERE rolname = ${quoteLiteral(BOOTSTRAP_ROLE)}`,
  )) as [[string | null]];
  const verifier = parseVerifier(stored ?? '');
  const password = given ?? directory.readPassword() ?? (stored === null ? newPassword() : undefined);
  if (password === undefined) return undefined;
  if (verifier && verifyPassword(password, verifier)) {
    if (directory.readPassword() !== password) directory.writePassword(password);
    return password;
  }
  // Somebody has changed the role's password: the file is out of date, and the database is right.
  if (given === undefined && stored !== null) return undefined;
  directory.writePassword(password);
  await database.query(`ALTER ROLE ${BOOTSTRAP_ROLE} PASSWORD ${quoteLiteral(formatVerifier(makeVerifier(password)))}`);
  return password;
}

const notInterruptible = {
  sqlstate: '57014',
  message: 'canceling statement: it could not be interrupted, and the database session was started again',
};

/** PostgreSQL counts only a part of the stack that WebAssembly uses: some recursions it does not stop in time. */
const crash = (reason: string): { sqlstate: string; message: string } =>
  /call stack/.test(reason)
    ? { sqlstate: '54001', message: 'stack depth limit exceeded, and the database session was started again' }
    : { sqlstate: 'XX000', message: `the database session ended and was started again: ${reason}` };

/** Who can own the session: a client, or a task of the server. */
type Owner = Client | symbol;

class Server implements ClientHost {
  readonly idleInTransactionTimeoutMs: number;
  readonly authenticationTimeoutMs: number;
  readonly stalledTimeoutMs: number;
  readonly failed: Promise<Error>;
  #fail: (error: Error) => void = () => {};
  #failed = false;
  readonly #options: EmbeddedServerOptions;
  readonly #database: Database;
  readonly #listener = net.createServer((socket) => this.#accept(socket));
  readonly #scheduler = new Scheduler<Owner>();
  readonly #clients = new Map<number, Client>();
  readonly #openings = new Map<number, (answer: (FromDatabase & { type: 'opened' })['parameters']) => void>();
  /** Ends the statement that runs when its time is over. */
  #deadline: NodeJS.Timeout | undefined;
  /** Ends the database thread when a cancel has no effect. */
  #lastResort: NodeJS.Timeout | undefined;
  #endedOnPurpose = false;
  readonly #losses: number[] = [];
  #life = 1;
  #count = 0;
  #closing: Promise<void> | undefined;

  constructor(options: EmbeddedServerOptions, database: Database) {
    this.#options = options;
    this.#database = database;
    this.idleInTransactionTimeoutMs = options.idleInTransactionTimeoutMs ?? 60_000;
    this.authenticationTimeoutMs = options.authenticationTimeoutMs ?? 60_000;
    this.stalledTimeoutMs = options.stalledTimeoutMs ?? 60_000;
    this.failed = new Promise((resolve) => {
      this.#fail = resolve;
    });
    database.onMessage = (message) => this.#received(message);
    database.onLost = (reason) => void this.#reopen(reason).catch((error: Error) => this.#giveUp(error));
  }

  get life(): number {
    return this.#life;
  }

  log(line: string): void {
    this.#options.log?.(line);
  }

  async listen(): Promise<number> {
    const { host, port } = this.#options;
    await new Promise<void>((resolve, reject) => {
      this.#listener.once('error', reject);
      this.#listener.listen({ host, port }, resolve);
    });
    const address = this.#listener.address() as net.AddressInfo;
    this.log(`listening on ${host} port ${address.port}`);
    return address.port;
  }

  #accept(socket: net.Socket): void {
    if (this.#closing || this.#clients.size >= this.#maximumClients + UNAUTHENTICATED_LIMIT) {
      socket.destroy();
      return;
    }
    const id = ++this.#count;
    this.#clients.set(id, new Client(id, socket, this));
  }

  get #maximumClients(): number {
    return this.#options.maximumClients ?? 100;
  }

  // ---- what clients ask for ----

  findLogin(user: string): Promise<Login | undefined> {
    return this.#exclusively(() => findLogin(this.#database, user));
  }

  admit(client: Client, login: Login): void {
    if (!login.canLogin)
      throw new ProtocolError(`role "${login.name}" is not permitted to log in`, { sqlstate: '28000' });
    const others = [...this.#clients.values()].filter((other) => other !== client && other.roleName !== undefined);
    if (others.length >= this.#maximumClients)
      throw new ProtocolError('sorry, too many clients already', {
        sqlstate: '53300',
        detail: `The limit is ${this.#maximumClients}.`,
        hint: 'Close connections that are not used, or share them in a pool: statements do not run in parallel anyway.',
      });
    const same = others.filter((other) => other.roleName === login.name).length;
    if (login.connectionLimit >= 0 && same >= login.connectionLimit && !login.superuser)
      throw new ProtocolError(`too many connections for role "${login.name}"`, { sqlstate: '53300' });
  }

  open: ClientHost['open'] = async (image, database) =>
    this.#exclusively(async () => {
      if (database !== DATABASE_NAME) return this.#noSuchDatabase(database);
      return new Promise((resolve) => {
        this.#openings.set(image.client, resolve);
        this.#database.send({ type: 'open', image });
      });
    });

  async #noSuchDatabase(name: string): Promise<Awaited<ReturnType<ClientHost['open']>>> {
    const [found] = await this.#database.query(`SELECT 1 FROM pg_database WHERE datname = ${quoteLiteral(name)}`);
    return {
      severity: 'FATAL',
      sqlstate: '3D000',
      message: found ? `database "${name}" is not open in this server` : `database "${name}" does not exist`,
      detail: `The embedded server has one session, which serves one database: "${DATABASE_NAME}".`,
      hint: `Connect to the database "${DATABASE_NAME}" and use schemas, or use a PostgreSQL server for several databases.`,
    };
  }

  acquire(client: Client): void {
    this.#scheduler.acquire(client, () => {
      this.#database.beginTurn();
      client.granted();
    });
  }

  withdraw(client: Client): void {
    this.#scheduler.withdraw(client);
  }

  release(client: Client): void {
    this.#scheduler.release(client);
  }

  send: ClientHost['send'] = (client, serial, messages) =>
    this.#database.send({ type: 'input', client: client.id, serial, messages });

  gone(client: Client, owner: boolean, opened: boolean): void {
    if (!opened) {
      this.#clients.delete(client.id);
      return;
    }
    this.log(`client ${client.id}: disconnected`);
    const close = () => this.#database.send({ type: 'close', client: client.id });
    if (!owner) {
      this.#scheduler.acquire(client, close);
      return;
    }
    this.#cancel(client, reasons.USER);
    close();
  }

  cancelRequested(processId: number, secretKey: Uint8Array): void {
    const client = this.#clients.get(processId);
    if (!client || !Buffer.from(client.secretKey).equals(secretKey)) return;
    if (client.state === 'queued') client.cancelQueued();
    else if (client.state === 'running' || (client.state === 'pinned' && client.inTransaction))
      this.#cancel(client, reasons.USER);
  }

  #cancel(client: Client, reason: number): void {
    this.#database.cancel(client.id, reason);
    this.#lastResort ??= setTimeout(() => {
      this.log(`client ${client.id}: its statement does not react to the cancel; the database thread is ended`);
      this.#endedOnPurpose = true;
      void this.#database.terminate();
    }, this.#options.cancelGraceMs ?? 2_000);
  }

  /** A task of the server, when no client has the session. */
  async #exclusively<T>(task: () => Promise<T>): Promise<T> {
    const owner = Symbol('server');
    await new Promise<void>((resolve) => this.#scheduler.acquire(owner, resolve));
    try {
      return await task();
    } finally {
      this.#scheduler.release(owner);
    }
  }

  // ---- what the database says ----

  #received(message: FromDatabase): void {
    switch (message.type) {
      case 'opened':
        this.#openings.get(message.client)?.(message.parameters);
        this.#openings.delete(message.client);
        break;
      case 'output':
        this.#output(message.client, message.bytes);
        break;
      case 'consumed':
        if (typeof this.#scheduler.owner === 'object') this.#scheduler.owner.consumed(message.bytes);
        break;
      case 'notification':
        for (const client of this.#clients.values()) client.notify(message.channel, message.payload, message.from);
        break;
      case 'deadline':
        this.#startDeadline(message.client, message.milliseconds);
        break;
      case 'waiting':
        this.#clearTimers();
        if (message.output) this.#output(message.client, message.output);
        if (message.deallocatedAll) this.#life++;
        this.#clients.get(message.client)?.report(message);
        break;
      case 'closed': {
        this.#clearTimers();
        this.#clients.delete(message.client);
        const { owner } = this.#scheduler;
        if (typeof owner === 'object' && owner.id === message.client) this.#scheduler.release(owner);
      }
    }
  }

  #output(id: number, bytes: Uint8Array): void {
    const taken = () => this.#database.acknowledge(bytes.length);
    const client = this.#clients.get(id);
    if (client) client.output(bytes, taken);
    else taken();
  }

  #startDeadline(id: number, milliseconds: number): void {
    clearTimeout(this.#deadline);
    const client = this.#clients.get(id);
    if (client) this.#deadline = setTimeout(() => this.#cancel(client, reasons.TIMEOUT), milliseconds);
  }

  #clearTimers(): void {
    clearTimeout(this.#deadline);
    clearTimeout(this.#lastResort);
    this.#deadline = undefined;
    this.#lastResort = undefined;
  }

  // ---- restart and shutdown ----

  /** The database thread is lost: opens the directory again and makes the clients' sessions again in it. */
  async #reopen(reason: string): Promise<void> {
    this.#clearTimers();
    this.log(`the database thread was lost: ${reason}`);
    const onPurpose = this.#endedOnPurpose;
    this.#endedOnPurpose = false;
    const holder = Symbol('reopening');
    if (this.#scheduler.owner === undefined) this.#scheduler.acquire(holder, () => {});
    const owner = this.#scheduler.owner;
    // A statement that brings the thread down costs its client a turn each time, as a crash in PostgreSQL does.
    if (typeof owner !== 'object') this.#countLoss(reason);
    await this.#database.start();
    this.#life++;
    for (const client of this.#clients.values())
      if (client.image) this.#database.send({ type: 'restore', image: client.image });
    this.log('the database is open again');
    if (typeof owner === 'object') {
      if (owner.state === 'closing' || owner.state === 'closed') this.#clients.delete(owner.id);
      owner.sessionLost({
        ...(onPurpose ? notInterruptible : crash(reason)),
        detail: 'What was committed is kept; the open transaction and temporary tables are lost.',
      });
    }
    this.#refuseOpenings('the database session was started again');
    if (owner !== undefined) this.#scheduler.release(owner);
  }

  /** A database that is lost again and again is not reopened for ever. */
  #countLoss(reason: string): void {
    const now = Date.now();
    this.#losses.push(now);
    const recent = this.#losses.filter((time) => time > now - LOSSES_WINDOW_MS).length;
    if (recent > LOSSES_LIMIT)
      throw new Error(`the database thread was lost ${recent} times within a minute, last because: ${reason}`);
  }

  #refuseOpenings(message: string): void {
    for (const resolve of this.#openings.values()) resolve({ severity: 'FATAL', sqlstate: '57P02', message });
    this.#openings.clear();
  }

  #giveUp(error: Error): void {
    this.log(`the server gives up: ${error.message}`);
    this.#failed = true;
    this.#listener.close();
    this.#refuseOpenings(error.message);
    for (const client of this.#clients.values()) client.fatal({ sqlstate: '57P02', message: error.message });
    this.#clearTimers();
    this.#fail(error);
  }

  close(release: () => Promise<void>): Promise<void> {
    this.#closing ??= this.#shutDown().finally(release);
    return this.#closing;
  }

  async #shutDown(): Promise<void> {
    this.log('shutting down');
    const stopped = new Promise((resolve) => this.#listener.close(resolve));
    if (this.#failed) return;
    const goodbye = { sqlstate: '57P01', message: 'terminating connection due to administrator command' };
    const running = () => [...this.#clients.values()].filter(({ state }) => state === 'running' || state === 'queued');
    const idle = () => [...this.#clients.values()].filter(({ state }) => state !== 'running' && state !== 'queued');
    for (const client of idle()) client.fatal(goodbye);
    await waitUntil(() => running().length === 0, SHUTDOWN_GRACE_MS);
    for (const client of this.#clients.values()) client.fatal(goodbye);
    await waitUntil(() => this.#clients.size === 0, SHUTDOWN_GRACE_MS);
    await this.#exclusively(() => this.#database.query('CHECKPOINT'));
    await stopped;
  }
}

async function waitUntil(condition: () => boolean, limit: number): Promise<void> {
  for (const end = Date.now() + limit; !condition() && Date.now() < end;)
    await new Promise((resolve) => setTimeout(resolve, 10));
}
