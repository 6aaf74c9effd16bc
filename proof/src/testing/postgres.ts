/** A real PostgreSQL server on a throw-away directory, where its programs are installed. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';

export interface Postgres {
  readonly port: number;
  /** Directory of the unix socket. */
  readonly socketDirectory: string;
  /** Of the superuser, or of another role; the database is `postgres`. */
  url(user?: string, password?: string): string;
  stop(): Promise<void>;
}

const SUPERUSER = 'postgres';
export const SUPERUSER_PASSWORD = 'p@ss/wörd';

/** The directory of initdb and postgres, the newest version first; or why there is none. */
function findPrograms(): { readonly directory: string } | { readonly missing: string } {
  const debian = '/usr/lib/postgresql';
  const versions = fs.existsSync(debian) ? fs.readdirSync(debian).sort((a, b) => Number(b) - Number(a)) : [];
  const candidates = [
    ...versions.map((version) => path.join(debian, version, 'bin')),
    ...(process.env.PATH ?? '').split(path.delimiter),
  ];
  const directory = candidates.find((candidate) => fs.existsSync(path.join(candidate, 'initdb')));
  return directory ? { directory } : { missing: 'no PostgreSQL server is installed here (initdb was not found)' };
}

/** PostgreSQL refuses to run as root: then it runs as the user `postgres`. */
function serverUser(): { uid?: number; gid?: number } | { missing: string } {
  if (process.getuid?.() !== 0) return {};
  try {
    const id = (flag: string) => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }));
    return { uid: id('-u'), gid: id('-g') };
  } catch {
    return { missing: 'PostgreSQL does not run as root, and there is no user postgres' };
  }
}

async function freePort(): Promise<number> {
  const probe = net.createServer();
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve));
  const { port } = probe.address() as net.AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  return port;
}

/**
 * Starts a server, or says why it cannot. The role cleartext_ada logs in with method `password`, all others with `md5`,
 * which is SCRAM for those whose password is stored so.
 */
export async function startPostgres(): Promise<Postgres | { readonly missing: string }> {
  const programs = findPrograms();
  if ('missing' in programs) return programs;
  const user = serverUser();
  if ('missing' in user) return user;
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'pgml-postgres-'));
  const data = path.join(directory, 'data');
  const passwordFile = path.join(directory, 'password');
  fs.writeFileSync(passwordFile, SUPERUSER_PASSWORD);
  if (user.uid !== undefined) for (const file of [directory, passwordFile]) fs.chownSync(file, user.uid, user.gid!);
  const options = [
    '-A',
    'scram-sha-256',
    '-U',
    SUPERUSER,
    `--pwfile=${passwordFile}`,
    '-E',
    'UTF8',
    '--locale=C',
    '-N',
  ];
  execFileSync(path.join(programs.directory, 'initdb'), ['-D', data, ...options], {
    ...user,
    cwd: directory,
    stdio: 'pipe',
  });
  fs.writeFileSync(
    path.join(data, 'pg_hba.conf'),
    `${[
      'local all all scram-sha-256',
      'host all cleartext_ada 127.0.0.1/32 password',
      'host all all 127.0.0.1/32 md5',
    ].join('\n')}\n`,
  );
  const port = await freePort();
  const settings = { port, listen_addresses: '127.0.0.1', unix_socket_directories: directory, fsync: 'off' };
  const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const server = spawn(path.join(programs.directory, 'postgres'), ['-D', data, ...flags], {
    ...user,
    cwd: directory,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const kill = () => server.kill('SIGQUIT');
  process.once('exit', kill);
  await ready(server);
  const ended = new Promise<void>((resolve) => server.once('exit', () => resolve()));
  return {
    port,
    socketDirectory: directory,
    url: (name = SUPERUSER, password = SUPERUSER_PASSWORD) =>
      `postgresql://${name}:${encodeURIComponent(password)}@127.0.0.1:${port}/postgres`,
    stop: async () => {
      server.kill('SIGINT');
      await ended;
      process.off('exit', kill);
      fs.rmSync(directory, { recursive: true, force: true });
    },
  };
}

function ready(server: ChildProcess): Promise<void> {
  let log = '';
  return new Promise((resolve, reject) => {
    server.stderr!.on('data', (chunk: Buffer) => {
      log += chunk.toString();
      if (log.includes('ready to accept connections')) resolve();
    });
    server.once('exit', (code) => reject(new Error(`postgres ended with ${code}:\n${log}`)));
  });
}
