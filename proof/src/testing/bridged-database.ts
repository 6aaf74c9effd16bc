/** Databases of a real server that reach a runtime process through a bridge. */
import { bridgeSql } from '@pgml/bridge-native';
import { applyBridge, dblinkSchema, storeConnection } from '@pgml/bridge-dblink';
import { schemaFiles } from '@pgml/schema';
import pg from 'pg';
import { compiledExtension } from './native.js';
import type { Missing, Postgres } from './postgres.js';
import type { RuntimeProcess } from './runtime-process.js';

export const bridges = ['native', 'dblink'] as const;
export type BridgeName = (typeof bridges)[number];

/** The url of a new database with pgml, named after its bridge, for a superuser; or why there cannot be one. */
export async function createBridgedDatabase(
  server: Postgres,
  bridge: BridgeName,
  runtime: RuntimeProcess,
): Promise<string | Missing> {
  const url = server.url(undefined, undefined, bridge);
  await using(server.url(), (client) => client.query(`CREATE DATABASE ${bridge}`));
  const missing = await using(url, (client) => installers[bridge](client, runtime));
  return missing ?? url;
}

const installers: Readonly<
  Record<BridgeName, (client: pg.Client, runtime: RuntimeProcess) => Promise<Missing | undefined>>
> = {
  async native(client, runtime) {
    const extension = await compiledExtension();
    if ('missing' in extension) return extension;
    await client.query('CREATE SCHEMA pgml');
    await client.query(bridgeSql(extension.library));
    await installSchema(client);
    await client.query(`ALTER DATABASE native SET pgml.runtime_socket = '${runtime.socket}'`);
    return undefined;
  },
  async dblink(client, runtime) {
    const database = {
      query: async (sql: string, parameters?: readonly unknown[]) => {
        const result = await client.query(sql, parameters && [...parameters]);
        return (Array.isArray(result) ? result.at(-1).rows : result.rows) as Record<string, unknown>[];
      },
    };
    await client.query('CREATE EXTENSION dblink; CREATE SCHEMA pgml; BEGIN');
    await applyBridge(database, (await dblinkSchema(database))!);
    await storeConnection(database, runtime.url);
    await client.query('COMMIT');
    await installSchema(client);
    return undefined;
  },
};

/** What CREATE EXTENSION would run above the bridge, but for what only it can. */
async function installSchema(client: pg.Client): Promise<void> {
  await client.query('SET check_function_bodies = off');
  for (const { name, sql } of schemaFiles) if (name !== '90_extension.sql') await client.query(sql);
}

async function using<T>(url: string, use: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client(url);
  await client.connect();
  try {
    return await use(client);
  } finally {
    await client.end();
  }
}
