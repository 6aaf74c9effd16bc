/** The extension dblink: it may be missing, lie in any schema, and be forbidden. */
import { dblinkSchema } from './bridge.js';
import { type Database, onlyRow } from './database.js';
import { InstallationError, fieldsOf } from './errors.js';
import { attempt } from './transaction.js';

/** What the bridge uses of it. */
const functions = [
  'dblink_connect(text,text)',
  'dblink_disconnect(text)',
  'dblink_get_connections()',
  'dblink_send_query(text,text)',
  'dblink_is_busy(text)',
  'dblink_get_result(text)',
  'dblink_error_message(text)',
];

/**
 * The quoted name of the schema of dblink, which is created if need be, and which `user` may use. Throws
 * InstallationError, with the statements that an administrator must run.
 */
export async function settleDblink(database: Database, user: string): Promise<string> {
  const schema = (await dblinkSchema(database)) ?? (await createDblink(database));
  const missing = await missingGrants(database, schema, user);
  if (missing.length > 0)
    throw new InstallationError(
      `the role ${user} may not use dblink`,
      `have an administrator run in this database: ${missing.join('; ')};`,
    );
  return schema;
}

async function createDblink(database: Database): Promise<string> {
  const { available } = await onlyRow(
    database,
    `SELECT EXISTS (SELECT FROM pg_available_extensions WHERE name = 'dblink') AS available`,
  );
  if (!available)
    throw new InstallationError(
      'this server does not have the extension dblink',
      'install it there: it is in the package postgresql-contrib of most systems',
    );
  const error = await attempt(database, 'CREATE EXTENSION dblink SCHEMA public');
  if (error !== undefined)
    throw new InstallationError(
      `this database does not have the extension dblink, and it cannot be created: ${fieldsOf(error).message}`,
      'have an administrator run in this database: CREATE EXTENSION dblink;',
    );
  return (await dblinkSchema(database))!;
}

/** The GRANTs that would let `user` use dblink. */
export async function missingGrants(database: Database, schema: string, user: string): Promise<string[]> {
  const rows = await database.query(
    `SELECT format('GRANT USAGE ON SCHEMA %s TO %I', $1::text, $2::text) AS missing
     WHERE NOT has_schema_privilege($2, $1::regnamespace, 'USAGE')
     UNION ALL
     SELECT format('GRANT EXECUTE ON FUNCTION %s.%s TO %I', $1::text, name, $2::text)
     FROM unnest($3::text[]) AS name
     JOIN pg_proc ON pronamespace = $1::regnamespace AND format('%s(%s)', proname, replace(pg_get_function_identity_arguments(pg_proc.oid), ' ', '')) = name
     WHERE NOT has_function_privilege($2, pg_proc.oid, 'EXECUTE')`,
    [schema, user, functions],
  );
  return rows.map(({ missing }) => missing as string);
}
