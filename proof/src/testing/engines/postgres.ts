/**
 * A database of a real PostgreSQL server, and a runtime in this process. All databases of a process share one server, which
 * stops with the last of them. They belong to a role without special rights, as databases mostly do.
 */
import type { Programs } from '@pgml/postgres';
import { createRuntime, type Runtime } from '@pgml/runtime';
import pg from 'pg';
import { type Missing, type Postgres, startPostgres } from '../postgres.js';
import { type Answer, type EngineSession, errorFields, type Notice, type OpenEngine, type Row } from './engine.js';
import { pgliteTypes } from './values.js';

const OWNER = 'owner';
const OWNER_PASSWORD = 'p@ss/wörd of the owner';

/** Where pgml is to be installed. */
export interface Site {
  readonly server: Postgres;
  readonly database: string;
  readonly runtime: Runtime;
  /** Of the superuser and of the owner, in the database. */
  readonly superuser: pg.Client;
  readonly owner: pg.Client;
}

/** Installs pgml over a bridge; gives what ends the bridge's part of it. */
export type InstallBridge = (site: Site) => Promise<() => Promise<void>>;

export function postgresEngine(programs: () => Promise<Programs | Missing>, installBridge: InstallBridge): OpenEngine {
  return async (options) => {
    const server = await shareServer(programs);
    const database = `test_${++databases}`;
    await asSuperuser(server, 'postgres', async (superuser) => {
      await superuser.query(`CREATE DATABASE ${database} OWNER ${OWNER}`);
    });
    const runtime = createRuntime({ workers: 1, threads: 1, ...options });
    const owner = await connect(server.url(OWNER, OWNER_PASSWORD, database));
    const endBridge = await asSuperuser(server, database, (superuser) =>
      installBridge({ server, database, runtime, superuser, owner }),
    );
    return {
      ask: (sql, parameters) => ask(owner, sql, parameters),
      close: async () => {
        await owner.end();
        await endBridge();
        await runtime.close();
        await releaseServer();
      },
    };
  };
}

let databases = 0;
let shared: Promise<Postgres> | undefined;
let users = 0;

async function shareServer(programs: () => Promise<Programs | Missing>): Promise<Postgres> {
  users++;
  return (shared ??= start(programs));
}

async function releaseServer(): Promise<void> {
  if (--users > 0) return;
  const server = await shared!;
  shared = undefined;
  await server.stop();
}

async function start(programs: () => Promise<Programs | Missing>): Promise<Postgres> {
  const found = await programs();
  const server = 'missing' in found ? found : await startPostgres({ programs: found });
  if ('missing' in server) throw new Error(server.missing);
  await asSuperuser(server, 'postgres', async (superuser) => {
    await superuser.query(`CREATE ROLE ${OWNER} LOGIN CREATEROLE PASSWORD ${pg.escapeLiteral(OWNER_PASSWORD)}`);
  });
  return server;
}

async function connect(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url, types: pgliteTypes });
  await client.connect();
  return client;
}

async function asSuperuser<T>(server: Postgres, database: string, use: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = await connect(server.url(undefined, undefined, database));
  try {
    return await use(client);
  } finally {
    await client.end();
  }
}

async function ask(client: pg.Client, sql: string, parameters: Parameters<EngineSession['ask']>[1]): Promise<Answer> {
  const notices: Notice[] = [];
  const note = ({ severity = '', message = '' }: { severity?: string | undefined; message?: string | undefined }) =>
    void notices.push({ severity, message });
  client.on('notice', note);
  try {
    const result: pg.QueryResult<Row> | pg.QueryResult<Row>[] = await client.query<Row>(
      sql,
      parameters && [...parameters],
    );
    return { notices, rows: Array.isArray(result) ? (result.at(-1)?.rows ?? []) : result.rows };
  } catch (error) {
    return { notices, error: errorFields(error) };
  } finally {
    client.off('notice', note);
  }
}
