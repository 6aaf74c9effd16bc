/** Which bridge leads from a database to the runtime, and its installation. */
import path from 'node:path';
import { type Database, install, upgrade } from '@pgml/bridge-dblink';
import { buildExtension, ExtensionError, installExtension } from '@pgml/bridge-native';
import type pg from 'pg';
import { cacheDirectory } from './download.js';
import { HostError } from './errors.js';
import type { Programs } from './programs.js';

export type BridgeName = 'native' | 'dblink';

export interface BridgeChoice {
  readonly name: BridgeName;
  /** For people, after "because". */
  readonly because: string;
}

/** The bridge that the database has, or the wanted one, or the best that can be had. Throws HostError if there is none such. */
export async function chooseBridge(
  database: pg.Client,
  programs: Programs,
  wanted: BridgeName | undefined,
): Promise<BridgeChoice> {
  const present = await installedBridge(database);
  if (present && wanted && present !== wanted)
    throw new HostError(
      `the database was made with the bridge ${present}, not ${wanted}: leave --bridge out, or choose another directory with --data-dir`,
    );
  if ((present ?? wanted) === 'dblink')
    return { name: 'dblink', because: present ? 'the database was made with it' : 'it was asked for' };
  const obstacle = await placeExtension(programs);
  if (obstacle === undefined) return { name: 'native', because: `it was compiled for PostgreSQL ${programs.version}` };
  const { rowCount } = await database.query(`SELECT FROM pg_available_extensions WHERE name = 'pgml'`);
  if (rowCount) return { name: 'native', because: 'the extension is installed' };
  if (present ?? wanted) throw new HostError(`the bridge native cannot be had: ${obstacle}`);
  return { name: 'dblink', because: `the bridge native cannot be had: ${obstacle}` };
}

async function installedBridge(database: pg.Client): Promise<BridgeName | undefined> {
  const { rows } = await database.query<{ extension: boolean; schema: boolean }>(`
    SELECT EXISTS (SELECT FROM pg_extension WHERE extname = 'pgml') AS extension,
           to_regnamespace('pgml_bridge') IS NOT NULL AS schema`);
  const [{ extension, schema }] = rows;
  if (extension) return 'native';
  return schema ? 'dblink' : undefined;
}

/** Puts the extension where the server looks for it; or says why that cannot be. */
async function placeExtension({ directory }: Programs): Promise<string | undefined> {
  try {
    const pgConfig = path.join(directory, 'pg_config');
    await installExtension(await buildExtension({ pgConfig, cache: cacheDirectory() }));
    return undefined;
  } catch (error) {
    if (error instanceof ExtensionError) return error.message;
    throw error;
  }
}

/** Installs pgml over the bridge, or brings it up to date. `runtime` is a URL that the server can reach. */
export async function installBridge(database: pg.Client, name: BridgeName, runtime: string): Promise<void> {
  if (name === 'native') {
    await database.query('CREATE EXTENSION IF NOT EXISTS pgml; ALTER EXTENSION pgml UPDATE');
    return;
  }
  const connection: Database = {
    query: async (sql, parameters) => {
      const result: pg.QueryResult | pg.QueryResult[] = await database.query(sql, parameters && [...parameters]);
      return (Array.isArray(result) ? result.at(-1)!.rows : result.rows) as Record<string, unknown>[];
    },
  };
  if (await installedBridge(database)) await upgrade(connection, { runtime });
  else await install(connection, { runtime });
}
