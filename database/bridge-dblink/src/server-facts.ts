/** What a database is before anything is done to it. */
import { type Database, onlyRow } from './database.js';
import { InstallationError } from './errors.js';

export const OLDEST_VERSION = 13;
export const NEWEST_VERSION = 18;

export interface ServerFacts {
  /** As PostgreSQL tells it, and its first part. */
  readonly version: string;
  readonly major: number;
  readonly encoding: string;
  readonly database: string;
  readonly user: string;
  readonly superuser: boolean;
  /** The version of an installed extension pgml: PostgresML, or another bridge's. */
  readonly extension: string | null;
  readonly hasSchema: boolean;
  /** Whether there is a schema pgml_bridge, and whether pgml is in it. */
  readonly hasBridgeSchema: boolean;
  readonly hasBridge: boolean;
}

export async function readServerFacts(database: Database): Promise<ServerFacts> {
  const row = await onlyRow(
    database,
    `SELECT current_setting('server_version') AS version, current_setting('server_version_num')::int / 10000 AS major,
       getdatabaseencoding() AS encoding, current_database() AS database, current_user AS user,
       current_setting('is_superuser') = 'on' AS superuser,
       (SELECT extversion FROM pg_extension WHERE extname = 'pgml') AS extension,
       to_regnamespace('pgml') IS NOT NULL AS "hasSchema", to_regnamespace('pgml_bridge') IS NOT NULL AS "hasBridgeSchema",
       EXISTS (
         SELECT FROM pg_class WHERE relnamespace = to_regnamespace('pgml_bridge') AND relname = 'installation'
       ) AS "hasBridge"`,
  );
  return row as unknown as ServerFacts;
}

/** Throws InstallationError for a server that pgml does not know or a database that cannot speak to the runtime. */
export function checkServer({ version, major, encoding, database }: ServerFacts): void {
  if (major < OLDEST_VERSION || major > NEWEST_VERSION)
    throw new InstallationError(
      `this server is PostgreSQL ${version}`,
      `pgml is made for ${OLDEST_VERSION} to ${NEWEST_VERSION}: use a server of these versions`,
    );
  if (encoding !== 'UTF8')
    throw new InstallationError(
      `the encoding of the database ${database} is ${encoding}`,
      `the runtime speaks UTF8: CREATE DATABASE … ENCODING 'UTF8' TEMPLATE template0 makes a database for it`,
    );
}

export interface Installation {
  readonly bridge: string;
  readonly version: string;
}

/** What pgml_bridge says of itself. Throws InstallationError where pgml is not installed by this tool. */
export async function readInstallation(database: Database): Promise<Installation> {
  const facts = await readServerFacts(database);
  if (!facts.hasBridge) {
    if (facts.extension !== null)
      throw new InstallationError(
        `the database ${facts.database} has the extension pgml ${facts.extension}, which was not installed by this tool`,
        'ALTER EXTENSION and DROP EXTENSION are the statements for it',
      );
    throw new InstallationError(
      `pgml is not installed in the database ${facts.database}`,
      'pgml install puts it there',
    );
  }
  const [row] = await database.query('SELECT bridge, version FROM pgml_bridge.installation');
  if (!row)
    throw new InstallationError(
      'pgml_bridge.installation has no row: somebody has changed it',
      'restore the row, with the bridge (dblink) and the version of pgml',
    );
  return row as unknown as Installation;
}
