/** The SQL of the bridge in a database. */
import { type Database, onlyRow } from './database.js';
import { bridgeSql } from './generated/bridge-sql.js';

/** The quoted name of the schema that has dblink; undefined without the extension. */
export async function dblinkSchema(database: Database): Promise<string | undefined> {
  const [found] = await database.query(
    `SELECT quote_ident(nspname) AS schema FROM pg_extension JOIN pg_namespace ON pg_namespace.oid = extnamespace
     WHERE extname = 'dblink'`,
  );
  return found?.schema as string | undefined;
}

/**
 * Makes the schema pgml_bridge, or brings it up to date. Its functions speak to the runtime with dblink, and name
 * functions of the schema pgml, which need not be there yet.
 */
export async function applyBridge(database: Database, schemaOfDblink: string): Promise<void> {
  await database.query(
    `SET LOCAL check_function_bodies = off;\n${bridgeSql.replaceAll('@dblink@', () => schemaOfDblink)}`,
  );
  await hideSecret(database);
}

/** Default privileges of the owner may have given others rights to the new table. */
async function hideSecret(database: Database): Promise<void> {
  await database.query(`DO $$
    DECLARE
      grantee regrole;
    BEGIN
      REVOKE ALL ON pgml_bridge.connection FROM PUBLIC;
      FOR grantee IN
        SELECT DISTINCT acl.grantee FROM pg_catalog.pg_class, pg_catalog.aclexplode(relacl) AS acl
        WHERE pg_class.oid = 'pgml_bridge.connection'::regclass AND acl.grantee NOT IN (0, relowner)
      LOOP
        EXECUTE format('REVOKE ALL ON pgml_bridge.connection FROM %s', grantee);
      END LOOP;
    END $$`);
}

/** Says where the runtime is: keywords and values, as libpq takes them. */
export async function storeConnection(database: Database, parameters: string): Promise<void> {
  await onlyRow(
    database,
    `INSERT INTO pgml_bridge.connection (parameters) VALUES ($1)
     ON CONFLICT (only_row) DO UPDATE SET parameters = excluded.parameters`,
    [parameters],
  );
}
