/** A PostgreSQL server and a runtime, as two processes, for the tests of what the dblink bridge makes of trouble. */
import { spawn } from 'node:child_process';
import type { Database } from '@pgml/bridge-dblink';
import type { Programs } from '@pgml/postgres';
import pg from 'pg';
import { type Missing, type Postgres, startPostgres } from '../testing/postgres.js';
import { RuntimeProcess } from '../testing/runtime-process.js';
import { pgml } from '../testing/server.js';

export const OWNER = 'owner';
export const OWNER_PASSWORD = 'the password of the owner';

export interface Setting {
  readonly server: Postgres;
  readonly runtime: RuntimeProcess;
  readonly superuser: pg.Client;
  close(): Promise<void>;
}

export async function startSetting(programs: Programs | Missing): Promise<Setting | Missing> {
  const server = 'missing' in programs ? programs : await startPostgres({ programs });
  if ('missing' in server) return server;
  const runtime = await RuntimeProcess.start();
  const superuser = await connect(server.url());
  await superuser.query(`CREATE ROLE ${OWNER} LOGIN PASSWORD '${OWNER_PASSWORD}'`);
  return {
    server,
    runtime,
    superuser,
    close: async () => {
      await superuser.end();
      await runtime.stop();
      await server.stop();
    },
  };
}

/** Creates a database of the owner, and gives its URL. */
export async function createDatabase({ server, superuser }: Setting, name: string): Promise<string> {
  await superuser.query(`CREATE DATABASE ${name} OWNER ${OWNER}`);
  return server.url(OWNER, OWNER_PASSWORD, name);
}

/** Runs statements as the superuser in a database. */
export async function administrate({ server }: Setting, database: string, sql: string): Promise<void> {
  await connected(server.url(undefined, undefined, database), (client) => client.query(sql));
}

export async function connect(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  return client;
}

/** Runs `work` on a connection of its own. */
export async function connected<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = await connect(url);
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

export const queries = (client: pg.Client): Database => ({
  query: async (sql, parameters) => {
    const result: pg.QueryResult | pg.QueryResult[] = await client.query(sql, parameters && [...parameters]);
    return (Array.isArray(result) ? result.at(-1)!.rows : result.rows) as Record<string, unknown>[];
  },
});

export interface Run {
  readonly status: number | null;
  readonly output: string;
  readonly errors: string;
}

/** Runs the command line tool, without a terminal. */
export async function run(...words: readonly string[]): Promise<Run> {
  const child = spawn(process.execPath, [pgml, ...words], { stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  let errors = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
  const status = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { status, output, errors };
}
