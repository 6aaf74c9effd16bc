/**
 * A database of a real PostgreSQL server, and a runtime in this process. All databases of a process share one server, which
 * stops with the last of them. They belong to a role that is no superuser, as databases mostly do.
 */
import type { Programs } from '@pgml/postgres';
import { createRuntime, type Runtime } from '@pgml/runtime';
import pg from 'pg';
import { type Missing, type Postgres, startPostgres } from '../postgres.js';
import { type Answer, type EngineSession, errorFields, type Notice, type OpenEngine, type Row } from './engine.js';
import { pgliteTypes } from './values.js';

const OWNER = 'owner';
const OWNER_PASSWORD = 'p@ss/wörd of the owner';

/** A new database without pgml. */
export interface Site {
  readonly server: Postgres;
  readonly database: string;
  readonly runtime: Runtime;
  /** In the database. */
  readonly superuser: pg.Client;
}

/** Where the runtime waits for what a bridge sends. */
export interface Door {
  /** Installs pgml with the rights of the owner. */
  install(owner: pg.Client): Promise<void>;
  close(): void;
}

export function postgresEngine(
  programs: () => Promise<Programs | Missing>,
  openDoor: (site: Site) => Promise<Door>,
): OpenEngine {
  return async (options) => {
    const ends: (() => Promise<void> | void)[] = [];
    const close = async () => {
      for (let end = ends.pop(); end; end = ends.pop()) await end();
    };
    try {
      ends.push(releaseServer);
      const server = await shareServer(programs);
      const runtime = createRuntime({ workers: 1, threads: 1, ...options });
      ends.push(() => runtime.close());
      const database = `test_${++databases}`;
      await asSuperuser(server, 'postgres', (superuser) =>
        superuser.query(`CREATE DATABASE ${database} OWNER ${OWNER}`),
      );
      const door = await asSuperuser(server, database, (superuser) =>
        openDoor({ server, database, runtime, superuser }),
      );
      ends.push(() => door.close());
      const owner = await connect(server.url(OWNER, OWNER_PASSWORD, database));
      ends.push(() => owner.end());
      await door.install(owner);
      return {
        scratch: server.socketDirectory,
        ask: (sql, parameters) => ask(owner, sql, parameters),
        administer: async (sql) => {
          await asSuperuser(server, database, (superuser) => superuser.query(sql));
        },
        close,
      };
    } catch (error) {
      await close();
      throw error;
    }
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
  const server = await shared?.catch(() => undefined);
  shared = undefined;
  await server?.stop();
}

async function start(programs: () => Promise<Programs | Missing>): Promise<Postgres> {
  const found = await programs();
  const server = 'missing' in found ? found : await startPostgres({ programs: found });
  if ('missing' in server) throw new Error(server.missing);
  await asSuperuser(server, 'postgres', async (superuser) => {
    await superuser.query(`CREATE ROLE ${OWNER} LOGIN CREATEROLE PASSWORD ${pg.escapeLiteral(OWNER_PASSWORD)};
      GRANT pg_read_server_files, pg_write_server_files TO ${OWNER}`);
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
