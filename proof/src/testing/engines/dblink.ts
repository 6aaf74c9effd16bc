/** The dblink bridge: installed by the owner of the database, and the PostgreSQL protocol over TCP. */
import net from 'node:net';
import { type Database, install } from '@pgml/bridge-dblink';
import { makeVerifier } from '@pgml/protocol';
import { Cancels, servePostgres } from '@pgml/runtime';
import type pg from 'pg';
import type { Door, Site } from './postgres.js';

const PASSWORD = 'p@ss/wörd of the runtime';

export async function openDblinkDoor({ runtime, superuser }: Site): Promise<Door> {
  const verifier = makeVerifier(PASSWORD);
  const options = {
    findUser: (name: string) => (name === 'pgml' ? verifier : undefined),
    openSession: () => runtime.session(),
    cancels: new Cancels(),
    version: '0',
  };
  const door = net.createServer((socket) => servePostgres(socket, options));
  await new Promise<void>((resolve) => door.listen(0, '127.0.0.1', resolve));
  const { port } = door.address() as net.AddressInfo;
  await superuser.query('CREATE EXTENSION dblink');
  const url = `postgresql://pgml:${encodeURIComponent(PASSWORD)}@127.0.0.1:${port}/pgml`;
  return {
    install: async (owner) => {
      await install(queries(owner), { runtime: url });
    },
    close: () => void door.close(),
  };
}

const queries = (client: pg.Client): Database => ({
  query: async (sql, parameters) => {
    const result: pg.QueryResult | pg.QueryResult[] = await client.query(sql, parameters && [...parameters]);
    return (Array.isArray(result) ? result.at(-1)!.rows : result.rows) as Record<string, unknown>[];
  },
});
