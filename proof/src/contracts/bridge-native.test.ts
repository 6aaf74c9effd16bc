import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { bridgeContract, type Connection } from '@pgml/bridge';
import { bridgeSql } from '@pgml/bridge-native';
import { giveTo, systemUser } from '@pgml/postgres';
import { type Session, serveFrames } from '@pgml/runtime';
import pg from 'pg';
import { compiledExtension } from '../testing/native.js';
import { type Postgres, startPostgres } from '../testing/postgres.js';

const extension = await compiledExtension();
if ('missing' in extension) test('native bridge', { skip: extension.missing }, () => {});
else {
  let server: Postgres;
  before(async () => {
    server = (await startPostgres()) as Postgres;
  });
  after(() => server.stop());

  describe('contract', () => {
    bridgeContract(`native, ${extension.server}`, (session) => connect(server, extension.library, session));
  });
}

async function connect(server: Postgres, library: string, session: Session): Promise<Connection> {
  const socket = path.join(server.socketDirectory, 'pgml.sock');
  const door = net.createServer((client) => serveFrames(client, session));
  await new Promise<void>((resolve) => door.listen(socket, resolve));
  giveTo(systemUser(undefined), socket);
  const client = new pg.Client({ connectionString: server.url() });
  const other = new pg.Client({ connectionString: server.url() });
  await Promise.all([client.connect(), other.connect()]);
  const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
  await client.query(`SET pgml.runtime_socket = '${socket}'; CREATE SCHEMA pgml; ${bridgeSql(library)}`);
  return {
    query: async (sql, parameters) => {
      const results = await client.query(sql, parameters as unknown[] | undefined);
      return ((Array.isArray(results) ? results.at(-1) : results) as pg.QueryResult).rows;
    },
    cancel: () => void other.query('SELECT pg_cancel_backend($1)', [rows[0].pid]),
    close: async () => {
      await Promise.all([client.end(), other.end()]);
      door.close();
      fs.rmSync(socket, { force: true });
    },
  };
}
