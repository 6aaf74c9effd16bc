/** Runs PostgreSQL on a cluster, as a child process. */
import { type ChildProcess, spawn } from 'node:child_process';
import net from 'node:net';
import path from 'node:path';
import readline from 'node:readline';
import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { HostError } from './errors.js';
import { findPostmaster, isReady, stopPostmaster } from './postmaster.js';
import type { Programs } from './programs.js';
import type { SystemUser } from './system-user.js';
import { watch } from './watchdog.js';

const POLL_MILLISECONDS = 20;
/** Log lines that are kept to explain a start that failed. */
const KEPT_LINES = 20;

export interface ServerOptions {
  readonly programs: Programs;
  readonly user: SystemUser;
  readonly cluster: string;
  /** Where to listen; undefined: on the unix socket only. */
  readonly host: string | undefined;
  readonly port: number;
  readonly socketDirectory: string;
  /** More settings, by name. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Gets each line that the server writes. */
  readonly log?: ((line: string) => void) | undefined;
}

export interface PostgresServer {
  readonly pid: number;
  /** Resolves when the server has ended, with what is to be said if nobody asked it to. */
  readonly ended: Promise<string>;
  /** Fast shutdown. */
  stop(): Promise<void>;
}

/** Starts a server and waits until it answers. */
export async function startServer(options: ServerOptions): Promise<PostgresServer> {
  const { programs, user, cluster, host, port, socketDirectory, settings, log } = options;
  const values = {
    listen_addresses: host ?? '',
    port: String(port),
    unix_socket_directories: socketDirectory,
    ...settings,
  };
  const child = spawn(
    path.join(programs.directory, 'postgres'),
    ['-D', cluster, ...Object.entries(values).flatMap(([name, value]) => ['-c', `${name}=${value}`])],
    // Detached: a Ctrl-C at the terminal is for us, and we stop the server in its turn.
    { ...user.ids, cwd: cluster, detached: true, stdio: ['ignore', 'ignore', 'pipe'] },
  );
  const lines = keepLines(child.stderr, log);
  const ended = endOf(child);
  if (child.pid === undefined) throw new HostError(await ended);
  const { pid } = child;
  const watchdog = watch(pid, user);
  child.once('exit', () => watchdog.dismiss());
  let over = false;
  void ended.then(() => (over = true));
  while (!isReady(cluster, pid)) {
    if (over) throw new HostError(`PostgreSQL did not start (${await ended}):\n${lines.join('\n')}`);
    await sleep(POLL_MILLISECONDS);
  }
  return {
    pid,
    ended,
    stop: async () => {
      child.kill('SIGINT');
      await ended;
    },
  };
}

/** Stops the server that runs on a cluster because whoever started it was killed. */
export async function stopLeftBehind(cluster: string, log: ServerOptions['log']): Promise<void> {
  const pid = findPostmaster(cluster);
  if (pid === undefined) return;
  log?.(`stopping the PostgreSQL server (process ${pid}) that was left behind on ${cluster}`);
  await stopPostmaster(pid, cluster);
}

function endOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('exit', (code, signal) => resolve(signal ? `ended by ${signal}` : `ended with status ${code}`));
  });
}

/** The last lines, for whoever must explain a failure. */
function keepLines(stream: Readable, log: ServerOptions['log']): readonly string[] {
  const lines: string[] = [];
  readline.createInterface({ input: stream }).on('line', (line) => {
    lines.push(line);
    if (lines.length > KEPT_LINES) lines.shift();
    log?.(line);
  });
  return lines;
}

/** A port that can be listened on: the one given, or a free one for 0. Rejects as a listening socket does. */
export async function settlePort(host: string, port: number): Promise<number> {
  const probe = net.createServer();
  await new Promise<void>((resolve, reject) => {
    probe.once('error', reject);
    probe.listen({ host, port }, resolve);
  });
  const { port: settled } = probe.address() as net.AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  return settled;
}
