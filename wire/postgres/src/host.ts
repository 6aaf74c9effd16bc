/** `pgml up --postgres`: a PostgreSQL server and a runtime beside it, joined by a bridge, in one data directory. */
import fs from 'node:fs';
import path from 'node:path';
import readline from 'node:readline';
import { PassThrough } from 'node:stream';
import {
  newPassword,
  openServerDirectory,
  type ServerDirectory,
  type Supervisor,
  superviseRuntime,
} from '@pgml/runtime';
import { type BridgeChoice, type BridgeName, chooseBridge, installBridge } from './bridge.js';
import { choosePrograms } from './choose-programs.js';
import { createCluster } from './cluster.js';
import { connect, createDatabase, DATABASE, settlePassword, SUPERUSER } from './login.js';
import type { Programs } from './programs.js';
import { type PostgresServer, settlePort, startServer, stopLeftBehind } from './server.js';
import { createSocketDirectory, type SocketDirectory } from './socket-directory.js';
import { checkReach, giveTo, type SystemUser, systemUser } from './system-user.js';

export interface HostOptions {
  /** Where PostgreSQL is to listen. */
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  readonly dataDirectory: string;
  /** Of the role pgml. Undefined: the one kept in the data directory, made at the first start. */
  readonly password?: string | undefined;
  /** Undefined: native where it can be had, else dblink. */
  readonly bridge?: BridgeName | undefined;
  /** Where initdb and postgres are. Undefined: the newest that are installed, else from npm. */
  readonly postgresBin?: string | undefined;
  /** As whom PostgreSQL runs, if root starts it. Undefined: postgres. */
  readonly runAs?: string | undefined;
  /** Gets one line for each event, and the lines that PostgreSQL and the runtime write. */
  readonly log?: ((line: string) => void) | undefined;
}

export interface HostedPostgres {
  /** With the password. */
  readonly url: string;
  readonly port: number;
  readonly programs: Programs;
  readonly bridge: BridgeChoice;
  /** Resolves when PostgreSQL or the runtime has ended for good: then the rest is to be closed. */
  readonly failed: Promise<Error>;
  /** Fast shutdown of PostgreSQL, then of the runtime. */
  close(): Promise<void>;
}

/** Ends one thing that was started. They are ended in the reverse order. */
type Undo = () => Promise<void> | void;

/** Throws HostError or DirectoryInUse for what one sentence explains. Nothing goes on running then. */
export async function hostPostgres(options: HostOptions): Promise<HostedPostgres> {
  const undo: Undo[] = [];
  const close = async () => {
    for (let step = undo.pop(); step; step = undo.pop()) await step();
  };
  try {
    const { host, log } = options;
    const user = systemUser(options.runAs);
    const folder = path.resolve(options.dataDirectory);
    const directory = openServerDirectory(folder, 'postgresql');
    undo.push(() => directory.release());
    const { cluster } = directory;
    // It may have the port.
    await stopLeftBehind(cluster, log);
    const port = await settlePort(host, options.port);
    const programs = await choosePrograms({ directory: options.postgresBin, cluster, log });
    await settleCluster(directory, folder, { programs, user, password: options.password });
    const sockets = createSocketDirectory(folder, user);
    undo.push(() => sockets.remove());
    const runtime = await startRuntime(folder, sockets, user, port, log);
    undo.push(() => runtime.supervisor.close());
    const server = await startServer({
      programs,
      user,
      cluster,
      host,
      port,
      socketDirectory: sockets.path,
      settings: { 'pgml.runtime_socket': path.join(sockets.path, 'pgml.sock') },
      log,
    });
    undo.push(() => server.stop());
    const address = { socketDirectory: sockets.path, port };
    const password = await settlePassword(address, directory, options.password);
    await createDatabase(address, password);
    const bridge = await joinBridge(await connect(address, password, DATABASE), programs, options.bridge, runtime.url);
    log?.(
      `PostgreSQL ${programs.version} (${programs.directory}) with the bridge ${bridge.name}, because ${bridge.because}`,
    );
    const reachable = reachableHost(host);
    directory.writeServerFile({ host: reachable, port, pid: process.pid });
    return {
      url: `postgres://${SUPERUSER}:${encodeURIComponent(password)}@${bracketed(reachable)}:${port}/${DATABASE}`,
      port,
      programs,
      bridge,
      failed: Promise.race([endOf(server), runtime.supervisor.failed]),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

interface ClusterPlan {
  readonly programs: Programs;
  readonly user: SystemUser;
  readonly password: string | undefined;
}

/** Makes the cluster if there is none. The password is kept first: a cluster whose password nobody knows is lost. */
async function settleCluster(
  directory: ServerDirectory,
  folder: string,
  { programs, user, password: given }: ClusterPlan,
): Promise<void> {
  giveTo(user, folder);
  checkReach(user, folder);
  if (fs.existsSync(directory.cluster)) return;
  const password = given ?? directory.readPassword() ?? newPassword();
  directory.writePassword(password);
  await directory.makeCluster((aside) =>
    createCluster({ programs, user, directory: aside, superuser: SUPERUSER, password }),
  );
}

/** Names the runtime's socket of the PostgreSQL protocol, which nobody reaches over the network. */
const RUNTIME_PORTS = [6433, 6434] as const;

async function startRuntime(
  folder: string,
  sockets: SocketDirectory,
  user: SystemUser,
  serverPort: number,
  log: HostOptions['log'],
): Promise<{ supervisor: Supervisor; url: string }> {
  const port = RUNTIME_PORTS.find((candidate) => candidate !== serverPort)!;
  // Nobody but the bridge needs it.
  const password = newPassword();
  const output = new PassThrough();
  readline.createInterface({ input: output }).on('line', (line) => log?.(`runtime: ${line}`));
  const supervisor = await superviseRuntime({
    host: '',
    port,
    socketDirectory: sockets.path,
    socketGroup: user.ids ? String(user.ids.gid) : '',
    stateDirectory: path.join(folder, 'runtime'),
    password,
    logFormat: 'text',
    logLevel: 'warning',
    output,
  });
  return { supervisor, url: `postgresql://pgml:${password}@${encodeURIComponent(sockets.path)}:${port}/pgml` };
}

async function joinBridge(
  database: Awaited<ReturnType<typeof connect>>,
  programs: Programs,
  wanted: BridgeName | undefined,
  runtime: string,
): Promise<BridgeChoice> {
  try {
    const bridge = await chooseBridge(database, programs, wanted);
    await installBridge(database, bridge.name, runtime);
    return bridge;
  } finally {
    await database.end();
  }
}

const endOf = async (server: PostgresServer): Promise<Error> => new Error(`PostgreSQL ${await server.ended}`);

/** An address to connect to: those that stand for all of a machine are only to listen on. */
function reachableHost(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1';
  return host === '::' ? '::1' : host;
}

const bracketed = (host: string): string => (host.includes(':') ? `[${host}]` : host);
