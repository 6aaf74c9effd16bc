/** Databases of a real server that reach a runtime process through a bridge. */
import { type Database, install } from '@pgml/bridge-dblink';
import pg from 'pg';
import { installedExtension } from './native.js';
import type { Missing, Postgres } from './postgres.js';
import type { RuntimeProcess } from './runtime-process.js';

export const bridges = ['native', 'dblink'] as const;
/** Owns pgml and its secret in the database dblink; has no other rights. */
export const DBLINK_OWNER = 'pgml_owner';

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
    const extension = await installedExtension();
    if ('missing' in extension) return extension;
    await client.query('CREATE EXTENSION pgml');
    await client.query(`ALTER DATABASE native SET pgml.runtime_socket = '${runtime.socket}'`);
    return undefined;
  },
  async dblink(client, runtime) {
    const database: Database = {
      query: async (sql, parameters) => {
        const result: pg.QueryResult | pg.QueryResult[] = await client.query(sql, parameters && [...parameters]);
        return (Array.isArray(result) ? result.at(-1)!.rows : result.rows) as Record<string, unknown>[];
      },
    };
    await client.query(`CREATE ROLE ${DBLINK_OWNER}; GRANT CREATE ON DATABASE dblink TO ${DBLINK_OWNER}`);
    await install(database, { runtime: runtime.url, owner: DBLINK_OWNER });
    return undefined;
  },
};

async function using<T>(url: string, use: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client(url);
  await client.connect();
  try {
    return await use(client);
  } finally {
    await client.end();
  }
}
