/** The dblink bridge: installed by the owner of the database, and the PostgreSQL protocol over TCP. */
import net from 'node:net';
import { applyBridge, dblinkSchema, storeConnection } from '@pgml/bridge-dblink';
import { makeVerifier } from '@pgml/protocol';
import { Cancels, servePostgres } from '@pgml/runtime';
import { schemaFiles } from '@pgml/schema';
import type { InstallBridge } from './postgres.js';

const PASSWORD = 'p@ss/wörd of the runtime';

export const installDblink: InstallBridge = async ({ runtime, superuser, owner }) => {
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
  const database = {
    query: async (sql: string, parameters?: readonly unknown[]) => {
      const result = await owner.query(sql, parameters && [...parameters]);
      return (Array.isArray(result) ? result.at(-1).rows : result.rows) as Record<string, unknown>[];
    },
  };
  await database.query('CREATE SCHEMA pgml; BEGIN');
  await applyBridge(database, (await dblinkSchema(database))!);
  for (const { name, sql } of schemaFiles)
    if (!name.startsWith('90')) await database.query(`SET LOCAL check_function_bodies = off; ${sql}`);
  await storeConnection(database, `host=127.0.0.1 port=${port} user=pgml dbname=pgml password='${PASSWORD}'`);
  await database.query('COMMIT');
  return async () => {
    door.close();
  };
};
