/**
 * The runtime behind its doors, in this process.
 *
 *   serving ── stop ──▶ stopping ── all connections are gone, or the time is over ──▶ stopped
 *
 * While it is stopping nobody is let in, running statements go on, and each connection is closed when its own is done.
 */
import type { Server } from 'node:http';
import net, { type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import type { SecureContext } from 'node:tls';
import { createRuntime, type Runtime } from '../create-runtime.js';
import { refuseFrames, serveFrames } from '../doors/frames/serve-frames.js';
import { Cancels } from '../doors/postgres/cancel.js';
import { servePostgres } from '../doors/postgres/connection.js';
import { methods } from '../methods/registry.js';
import { RuntimeError, type Session } from '../runtime.js';
import { version } from '../version.js';
import { type Door, type Endpoint, type Listener, type MakeServer, printAddress } from './endpoints.js';
import type { Log } from './log.js';
import type { Predecessors } from './messages.js';
import { Metrics } from './metrics.js';
import { ObservedSession } from './observed-session.js';
import type { Configuration } from './settings.js';
import { serveStatus } from './status-page.js';
import { loadTls, mustUseTls } from './tls.js';
import { loadUsers, type Users } from './users.js';
import { splitWorkerMemory } from './worker-memory.js';

const MEGABYTE = 2 ** 20;
/** Connections beyond the limit that are let in: to cancel, or to be told that there are too many. */
const CONNECTIONS_IN_RESERVE = 64;
/** For clients to take what they are told at the end. */
const FAREWELL_MILLISECONDS = 500;

/** One client, whatever the door. */
interface Connection {
  readonly socket: Socket;
  /** Closes it when it runs nothing. */
  end(): void;
}

/** What is read anew while the runtime runs. */
interface Secrets {
  readonly users: Users;
  readonly tls: SecureContext | undefined;
}

export class RuntimeServer {
  readonly #configuration: Configuration;
  readonly #log: Log;
  readonly #runtime: Runtime;
  readonly #metrics: Metrics;
  readonly #connections = new Set<Connection>();
  readonly #cancels = new Cancels();
  readonly #requireTls: boolean;
  #secrets: Secrets;
  #sessions = 0;
  #listeners: readonly Listener[] = [];
  #status: Server | undefined;
  #state: 'serving' | 'stopping' | 'stopped' = 'serving';
  /** Called when the last connection goes. */
  #deserted: () => void = () => {};

  /** Throws ConfigurationError. */
  constructor(configuration: Configuration, log: Log, predecessors: Predecessors) {
    this.#configuration = configuration;
    this.#log = log;
    this.#requireTls = mustUseTls(configuration);
    this.#secrets = { users: loadUsers(configuration), tls: loadTls(configuration) };
    this.#runtime = createRuntime({
      workers: configuration.workers,
      threads: configuration.threads,
      ...splitWorkerMemory(configuration.workerMemory),
      maximumWaitingFits: configuration.maxWaitingJobs,
      datasetMegabytes: configuration.datasetMemory / MEGABYTE,
      modelMegabytes: configuration.modelCache / MEGABYTE,
    });
    const names = methods.map(({ name }) => name);
    this.#metrics = new Metrics(this.#runtime, names, predecessors);
  }

  /** Lets clients in, by the sockets that `listen` makes. Throws ConfigurationError; `stop` is to be called then too. */
  async open(listen: (makeServer: MakeServer) => Promise<readonly Listener[]>): Promise<void> {
    const { metricsAddress } = this.#configuration;
    if (metricsAddress !== '')
      this.#status = await serveStatus(metricsAddress, {
        contentType: this.#metrics.contentType,
        print: () => this.#metrics.print(),
        stopping: () => this.#state !== 'serving',
      });
    this.#listeners = await listen((door, local) => this.#makeServer(door, local));
    for (const { door, address, server } of this.#listeners) {
      server.on('error', ({ message }) => this.#log.error('a client could not be let in', { door, reason: message }));
      this.#log.info('listening', { door, address: printAddress(address) });
    }
  }

  get endpoints(): readonly Endpoint[] {
    return this.#listeners.map(({ door, address }) => ({ door, address }));
  }

  /** Users, certificates and the log level from now on; connections that are open stay as they are. Throws ConfigurationError. */
  reload(configuration: Configuration): void {
    this.#secrets = { users: loadUsers(configuration), tls: loadTls(configuration) };
    this.#log.level = configuration.logLevel;
    this.#log.info('users, certificates and log level were read again');
  }

  /** Resolves when nothing is left. Statements may run on for `milliseconds`, then they fail with 57P01. */
  async stop(milliseconds: number = this.#configuration.shutdownTimeout): Promise<void> {
    if (this.#state !== 'serving') return;
    this.#state = 'stopping';
    this.#log.info('stopping', { connections: this.#connections.size });
    for (const { server } of this.#listeners) server.close();
    const deserted = new Promise<void>((resolve) => {
      this.#deserted = resolve;
    });
    for (const connection of this.#connections) connection.end();
    if (this.#connections.size > 0) await within(milliseconds, deserted);
    if (this.#connections.size > 0)
      this.#log.warning('statements are cut short', { connections: this.#connections.size });
    await this.#runtime.close();
    if (this.#connections.size > 0) await within(FAREWELL_MILLISECONDS, deserted);
    for (const { socket } of this.#connections) socket.destroy();
    this.#status?.close();
    this.#status?.closeAllConnections();
    this.#metrics.close();
    this.#state = 'stopped';
    this.#log.info('stopped');
  }

  #makeServer(door: Door, local: boolean): net.Server {
    const server = net.createServer((socket) => this.#connect(door, local, socket));
    server.maxConnections = this.#configuration.maxConnections + CONNECTIONS_IN_RESERVE;
    server.on('drop', () => this.#metrics.refuse(door));
    return server;
  }

  #connect(door: Door, local: boolean, socket: Socket): void {
    const connection = door === 'postgres' ? this.#postgres(socket, local) : this.#frames(socket);
    if (!connection) return;
    this.#connections.add(connection);
    this.#metrics.connect(door);
    socket.on('close', () => {
      this.#connections.delete(connection);
      this.#metrics.disconnect(door);
      if (this.#connections.size === 0) this.#deserted();
    });
    // It was accepted by the kernel before the listening socket was closed.
    if (this.#state !== 'serving') connection.end();
  }

  /** On a unix socket nobody listens in. */
  #postgres(socket: Socket, local: boolean): Connection {
    const connection = servePostgres(socket, {
      findUser: (name) => this.#secrets.users.get(name),
      openSession: ({ user, database, applicationName }) => {
        const session = this.#openSession('postgres', socket);
        this.#log.debug('client', { door: 'postgres', user, database, application: applicationName });
        return session;
      },
      cancels: this.#cancels,
      version,
      tls: local ? undefined : this.#secrets.tls,
      requireTls: this.#requireTls && !local,
      onFatal: ({ sqlstate, message }, user) =>
        this.#log.info('client turned away', { door: 'postgres', user: user ?? null, sqlstate, reason: message }),
    });
    return { socket, end: () => connection.endWhenIdle(shutDown()) };
  }

  /** Undefined if there are too many. */
  #frames(socket: Socket): Connection | undefined {
    let session: ObservedSession;
    try {
      session = this.#openSession('frames', socket, () => this.#state === 'stopping' && leaveWhenIdle());
    } catch (error) {
      this.#log.info('client turned away', { door: 'frames', reason: (error as Error).message });
      refuseFrames(socket, error);
      return undefined;
    }
    // The answer to the call that has just ended is written first. A backend that is idle does not look at its socket, so
    // nothing is gained by waiting for its goodbye.
    const leaveWhenIdle = () => void setImmediate(() => session.running === 0 && socket.destroySoon());
    serveFrames(socket, session);
    return { socket, end: leaveWhenIdle };
  }

  #openSession(door: Door, socket: Socket, afterCall: () => void = () => {}): ObservedSession {
    const limit = this.#configuration.maxConnections;
    if (this.#sessions >= limit) {
      this.#metrics.refuse(door);
      throw new RuntimeError('53300', 'the runtime has too many clients', {
        detail: `The limit is ${limit}.`,
        hint: 'Close connections that are not needed, or raise the limit: --max-connections of pgml runtime.',
      });
    }
    this.#sessions++;
    socket.once('close', () => this.#sessions--);
    const session: Session = this.#runtime.session();
    return new ObservedSession(session, {
      begin: (method) => this.#metrics.begin(method),
      end: (method, outcome, seconds) => {
        this.#metrics.end(method, outcome, seconds);
        this.#log.debug('call', { door, method, outcome, seconds });
        afterCall();
      },
    });
  }
}

const shutDown = () => new RuntimeError('57P01', 'terminating connection because the runtime stops');

/** Resolves when the promise does, or the time is over. */
async function within(milliseconds: number, promise: Promise<void>): Promise<void> {
  const over = new AbortController();
  await Promise.race([promise, delay(milliseconds, undefined, { signal: over.signal }).catch(() => {})]);
  over.abort();
}
