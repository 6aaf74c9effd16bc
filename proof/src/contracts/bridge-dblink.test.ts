/** The contract of bridges, kept by the dblink bridge for an owner who is no superuser, on the PostgreSQL of this machine and on 18. */
import { once } from 'node:events';
import net from 'node:net';
import { after, describe, test } from 'node:test';
import { bridgeContract, type Connection } from '@pgml/bridge';
import { applyBridge, dblinkSchema, storeConnection } from '@pgml/bridge-dblink';
import { makeVerifier } from '@pgml/protocol';
import { Cancels, createRuntime, type Session, servePostgres } from '@pgml/runtime';
import pg from 'pg';
import type { Programs } from '@pgml/postgres';
import { ENGINE_VARIABLE } from '../testing/engines/engine.js';
import { fetchedPrograms, installedPrograms, type Missing, type Postgres, startPostgres } from '../testing/postgres.js';

const PASSWORD = "pass'word \\ with quotes";
/** What the contract leaves to the runtime. */
const METHODS_OF_PREDICTION = ['load', 'predict', 'encode'];

const runtime = createRuntime({ workers: 1 });

/** The suite's session, but for predictions, which the runtime's own methods answer. */
function withPredictions(suite: Session): Session {
  const real = runtime.session();
  return {
    call: (method, ...rest) => (METHODS_OF_PREDICTION.includes(method) ? real : suite).call(method, ...rest),
    stream: (...parameters) => suite.stream(...parameters),
    pushRows: (...parameters) => suite.pushRows(...parameters),
    dropDatasets: () => suite.dropDatasets(),
    close: () => {
      suite.dropDatasets();
      real.close();
    },
  };
}

/** A door on a free port, before the session of a suite. */
async function openDoor(suite: Session): Promise<net.Server> {
  const verifier = makeVerifier(PASSWORD);
  const options = {
    findUser: (name: string) => (name === 'pgml' ? verifier : undefined),
    openSession: () => withPredictions(suite),
    cancels: new Cancels(),
    version: '0',
  };
  const door = net.createServer((socket) => servePostgres(socket, options));
  door.listen(0, '127.0.0.1');
  await once(door, 'listening');
  return door;
}

const quoted = (value: string) => `'${value.replace(/['\\]/g, '\\$&')}'`;

/** A database of an owner without special rights, in which the bridge leads to `suite`. */
async function connect(server: Postgres, suite: Session): Promise<Connection> {
  const door = await openDoor(suite);
  const { port } = door.address() as net.AddressInfo;
  const superuser = new pg.Client({ connectionString: server.url() });
  await superuser.connect();
  await superuser.query(`CREATE ROLE owner LOGIN CREATEROLE PASSWORD 'owner'; CREATE SCHEMA "Links of ""db""";
    CREATE EXTENSION dblink SCHEMA "Links of ""db"""; GRANT USAGE ON SCHEMA "Links of ""db""" TO owner;
    GRANT CREATE ON DATABASE postgres TO owner`);
  const owner = new pg.Client({ connectionString: server.url('owner', 'owner') });
  await owner.connect();
  const { rows } = await owner.query<{ id: number }>('SELECT pg_backend_pid() AS id');
  const database = {
    query: async (sql: string, parameters?: readonly unknown[]) => {
      const result = await owner.query(sql, parameters && [...parameters]);
      return (Array.isArray(result) ? result.at(-1).rows : result.rows) as Record<string, unknown>[];
    },
  };
  await database.query('CREATE SCHEMA pgml; BEGIN');
  await applyBridge(database, (await dblinkSchema(database))!);
  await storeConnection(database, `host=127.0.0.1 port=${port} user=pgml dbname=pgml password=${quoted(PASSWORD)}`);
  await database.query('COMMIT');
  return {
    ...database,
    cancel: () => void superuser.query('SELECT pg_cancel_backend($1)', [rows[0].id]),
    close: async () => {
      await owner.end();
      await superuser.end();
      door.close();
    },
  };
}

async function contractOn(version: string, programs: Programs | Missing): Promise<void> {
  const server = 'missing' in programs ? programs : await startPostgres({ programs });
  if ('missing' in server) {
    test(`dblink on PostgreSQL ${version}`, { skip: server.missing }, () => {});
    return;
  }
  describe(`on PostgreSQL ${server.programs.version}`, () => {
    after(() => server.stop());
    bridgeContract('dblink', (suite) => connect(server, suite), { predictions: 'stable', abandonedStreams: 'later' });
  });
}

// In a run for one engine only that one.
const engine = process.env[ENGINE_VARIABLE];
if (engine !== 'dblink-18') await contractOn('of this machine', installedPrograms());
if (engine !== 'dblink') await contractOn('18', await fetchedPrograms());
after(() => runtime.close());
