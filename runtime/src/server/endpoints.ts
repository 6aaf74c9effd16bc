/**
 * Where clients come in. A listening socket is made once; a serving process that follows another is given the open
 * descriptor, so that clients who connect while there is no such process wait in the kernel's queue, and are served.
 */
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { ConfigurationError } from './configuration-error.js';
import type { Configuration } from './settings.js';

export type Door = 'postgres' | 'frames';

export type Address = { readonly host: string; readonly port: number } | { readonly path: string };

export interface Endpoint {
  readonly door: Door;
  readonly address: Address;
}

/** An endpoint whose listening socket another process has made: `descriptor` is its number in this process. */
export interface InheritedEndpoint extends Endpoint {
  readonly descriptor: number;
}

export interface Listener extends Endpoint {
  readonly server: net.Server;
}

/** A server that does not listen yet, but knows what to do with clients: some may wait already. */
export type MakeServer = (door: Door, local: boolean) => net.Server;

/** As long as the kernel lets it be. */
const BACKLOG = 511;
/** sun_path is 108 bytes with its terminator. */
const LONGEST_SOCKET_PATH = 107;

export const printAddress = (address: Address): string =>
  'path' in address
    ? address.path
    : `${address.host.includes(':') ? `[${address.host}]` : address.host}:${address.port}`;

/** Makes the listening sockets. Throws ConfigurationError, and then leaves none open. */
export async function listen(configuration: Configuration, makeServer: MakeServer): Promise<Listener[]> {
  const listeners: Listener[] = [];
  try {
    let { port } = configuration;
    if (configuration.host !== '') {
      const tcp = await listenTcp(makeServer('postgres', false), configuration.host, port);
      port = (tcp.address as { port: number }).port;
      listeners.push(tcp);
    } else if (port === 0)
      throw new ConfigurationError('without a host the port only names the unix socket: give one other than 0');
    const directory = socketDirectory(configuration);
    prepareDirectory(directory, configuration);
    for (const [door, name] of [
      ['postgres', `.s.PGSQL.${port}`],
      ['frames', 'pgml.sock'],
    ] as const) {
      const file = path.join(directory, name);
      const server = makeServer(door, true);
      await listenUnix(server, file, configuration);
      listeners.push({ door, address: { path: file }, server });
    }
    return listeners;
  } catch (error) {
    for (const { server } of listeners) server.close();
    throw error;
  }
}

/** Listens on the sockets that another process has made. */
export function inherit(endpoints: readonly InheritedEndpoint[], makeServer: MakeServer): Promise<Listener[]> {
  return Promise.all(
    endpoints.map(async ({ door, address, descriptor }) => {
      const server = makeServer(door, 'path' in address);
      await begin(server, { fd: descriptor, backlog: BACKLOG });
      return { door, address, server };
    }),
  );
}

export const socketDirectory = ({ socketDirectory, stateDirectory }: Configuration): string =>
  path.resolve(socketDirectory || stateDirectory);

async function listenTcp(server: net.Server, host: string, port: number): Promise<Listener> {
  try {
    await begin(server, { host, port, backlog: BACKLOG });
  } catch (error) {
    throw explain(error as NodeJS.ErrnoException, host, port);
  }
  return { door: 'postgres', address: { host, port: (server.address() as net.AddressInfo).port }, server };
}

function explain({ code }: NodeJS.ErrnoException, host: string, port: number): ConfigurationError {
  switch (code) {
    case 'EADDRINUSE':
      return new ConfigurationError(
        `port ${port} of ${host} is in use: stop the other runtime, or choose another with --port (0 takes a free one)`,
      );
    case 'EACCES':
      return new ConfigurationError(
        `port ${port} needs rights that you do not have: choose one above 1023 with --port`,
      );
    default:
      return new ConfigurationError(
        `cannot listen on ${host} (${code}): choose an address of this machine with --host`,
      );
  }
}

async function listenUnix(server: net.Server, file: string, configuration: Configuration): Promise<void> {
  if (Buffer.byteLength(file) > LONGEST_SOCKET_PATH)
    throw new ConfigurationError(
      `the path of a unix socket has at most ${LONGEST_SOCKET_PATH} bytes, and ${file} has more: choose another --socket-directory`,
    );
  await removeStale(file);
  // The file appears inside listen(), with rights for the owner alone until they are set below.
  const mask = process.umask(0o177);
  const listening = begin(server, { path: file, backlog: BACKLOG });
  process.umask(mask);
  try {
    await listening;
    if (configuration.socketGroup !== '') fs.chownSync(file, -1, groupNumber(configuration.socketGroup));
    fs.chmodSync(file, configuration.socketMode);
  } catch (error) {
    server.close();
    throw error instanceof ConfigurationError ? error : cannotUse(file, error);
  }
}

const cannotUse = (file: string, error: unknown): ConfigurationError =>
  new ConfigurationError(
    `cannot use ${file} (${(error as NodeJS.ErrnoException).code}): choose another --socket-directory`,
  );

/** A socket file outlives its process when that is killed. It is taken away only if nobody answers. */
async function removeStale(file: string): Promise<void> {
  if (!fs.existsSync(file)) return;
  if (!fs.statSync(file).isSocket())
    throw new ConfigurationError(`${file} is there and no socket: remove it, or choose another --socket-directory`);
  if (await answers(file))
    throw new ConfigurationError(
      `another runtime answers on ${file}: stop it, or choose another --socket-directory (and --port)`,
    );
  fs.rmSync(file, { force: true });
}

function answers(file: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect(file);
    const finish = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket.on('connect', () => finish(true));
    // ECONNREFUSED is the only certain sign that nobody listens.
    socket.on('error', (error: NodeJS.ErrnoException) => finish(error.code !== 'ECONNREFUSED'));
  });
}

const DIRECTORY_MODE = 0o750;

/** Rights of a directory that is there already are its owner's affair, unless it is the state directory. */
function prepareDirectory(directory: string, { socketGroup, stateDirectory }: Configuration): void {
  try {
    const made = fs.mkdirSync(directory, { recursive: true, mode: DIRECTORY_MODE }) !== undefined;
    if (socketGroup !== '' && (made || directory === path.resolve(stateDirectory)))
      fs.chownSync(directory, -1, groupNumber(socketGroup));
  } catch (error) {
    throw error instanceof ConfigurationError ? error : cannotUse(directory, error);
  }
}

function groupNumber(group: string): number {
  if (/^\d+$/.test(group)) return Number(group);
  const lines = fs.existsSync('/etc/group') ? fs.readFileSync('/etc/group', 'utf8').split('\n') : [];
  const found = lines.map((line) => line.split(':')).find(([name]) => name === group);
  if (!found) throw new ConfigurationError(`there is no group ${group} in /etc/group: give socket_group as a number`);
  return Number(found[2]);
}

function begin(server: net.Server, options: net.ListenOptions & { fd?: number }): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(options, () => {
      server.off('error', reject);
      resolve();
    });
  });
}
