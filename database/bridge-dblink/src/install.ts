/** pgml in a database that has only dblink to reach the runtime with. */
import { applyBridge, storeConnection } from './bridge.js';
import { settleDblink } from './dblink.js';
import { type Database, onlyRow } from './database.js';
import { fieldsOf, InstallationError, oneLine } from './errors.js';
import { currentRelease, type Release } from './release.js';
import { runtimeParameters } from './runtime-address.js';
import { checkServer, readInstallation, readServerFacts, type ServerFacts } from './server-facts.js';
import { inTransaction } from './transaction.js';

export interface InstallOptions {
  /** postgresql://user:password@host:port/database, as the database server reaches it. */
  readonly runtime: string;
  /** The role that is to own pgml and its secret. Default: the role that installs. */
  readonly owner?: string | undefined;
}

export interface Installed {
  readonly version: string;
  readonly owner: string;
}

/** Installs in one transaction. Throws InstallationError, which says what is missing, and then has changed nothing. */
export async function install(
  database: Database,
  { runtime, owner }: InstallOptions,
  release: Release = currentRelease,
): Promise<Installed> {
  const parameters = runtimeParameters(runtime);
  return inTransaction(database, async () => {
    const facts = await readServerFacts(database);
    checkServer(facts);
    await refuseExisting(database, facts);
    await keepOutOfLog(database, facts.superuser);
    const schema = await settleDblink(database, owner ?? facts.user);
    if (owner !== undefined) await become(database, owner);
    await checkRights(database, facts.database);
    await database.query('CREATE SCHEMA pgml');
    await applyBridge(database, schema);
    for (const sql of release.schema) await database.query(sql);
    await declareStable(database);
    await storeConnection(database, parameters);
    await database.query('INSERT INTO pgml_bridge.installation (bridge, version) VALUES ($1, $2)', [
      'dblink',
      release.version,
    ]);
    await reachRuntime(database);
    return { version: release.version, owner: owner ?? facts.user };
  });
}

async function refuseExisting(
  database: Database,
  { extension, hasSchema, hasBridgeSchema, hasBridge, database: name }: ServerFacts,
): Promise<void> {
  if (extension !== null)
    throw new InstallationError(
      `the database ${name} already has the extension pgml ${extension}`,
      'install into another database; or drop it, with all its projects and models: DROP EXTENSION pgml CASCADE',
    );
  if (hasBridge) {
    const { bridge, version } = await readInstallation(database);
    throw new InstallationError(
      `pgml ${version} is already installed in the database ${name}, with the bridge ${bridge}`,
      'pgml upgrade brings it up to date, or tells it of another runtime; pgml uninstall removes it',
    );
  }
  // Whoever owns a schema can take out what others put into it, and put something else in its place.
  if (hasSchema || hasBridgeSchema) {
    const schema = hasSchema ? 'pgml' : 'pgml_bridge';
    throw new InstallationError(
      `the database ${name} already has a schema ${schema}, which this tool did not make`,
      `install into another database; or rename it: ALTER SCHEMA ${schema} RENAME TO …`,
    );
  }
}

/** The secret is a parameter, which servers that log their statements would log as well. Only superusers can stop that. */
export async function keepOutOfLog(database: Database, superuser: boolean): Promise<void> {
  if (superuser)
    await database.query(
      `SET LOCAL log_statement = 'none'; SET LOCAL log_min_duration_statement = -1; SET LOCAL log_parameter_max_length = 0`,
    );
}

async function become(database: Database, owner: string): Promise<void> {
  try {
    await database.query(`SELECT set_config('role', $1, true)`, [owner]);
  } catch (error) {
    throw new InstallationError(
      `pgml cannot be installed for the role ${owner}: ${fieldsOf(error).message}`,
      'name a role that exists, and install as a superuser or as a member of it',
    );
  }
}

async function checkRights(database: Database, name: string): Promise<void> {
  const { allowed, statement } = await onlyRow(
    database,
    `SELECT has_database_privilege(current_database(), 'CREATE') AS allowed,
       format('GRANT CREATE ON DATABASE %I TO %I', current_database(), current_user) AS statement`,
  );
  if (!allowed)
    throw new InstallationError(
      `you may not create schemas in the database ${name}`,
      `have its owner or an administrator run: ${statement as string};`,
    );
}

/**
 * On this bridge, what predicts depends on tables and on a connection of the leading process. PostgreSQL must be told so
 * of each function that uses the bridge, and of those that use them, or it would fold predictions into cached plans.
 */
export async function declareStable(database: Database): Promise<void> {
  await database.query(`DO $$
    DECLARE
      users oid[] := '{}';
      found oid[];
      declared regprocedure;
    BEGIN
      LOOP
        found := ARRAY(
          SELECT oid FROM pg_catalog.pg_proc
          WHERE pronamespace = 'pgml'::regnamespace AND oid <> ALL (users) AND (
            prosrc LIKE '%pgml\\_bridge.%' OR EXISTS (
              SELECT FROM pg_catalog.pg_proc AS used
              WHERE used.oid = ANY (users) AND strpos(pg_proc.prosrc, format('pgml.%I(', used.proname)) > 0)));
        EXIT WHEN found = '{}';
        users := users || found;
      END LOOP;
      FOR declared IN SELECT oid FROM pg_catalog.pg_proc WHERE oid = ANY (users) AND provolatile = 'i' LOOP
        EXECUTE format('ALTER FUNCTION %s STABLE', declared);
      END LOOP;
      FOR declared IN SELECT oid FROM pg_catalog.pg_proc WHERE oid = ANY (users) AND proparallel = 's' LOOP
        EXECUTE format('ALTER FUNCTION %s PARALLEL RESTRICTED', declared);
      END LOOP;
    END $$`);
}

/** What is installed must work: once over the way that all will go. */
export async function reachRuntime(database: Database): Promise<void> {
  try {
    await database.query('SELECT pgml_bridge._disconnect(); SELECT pgml_bridge.runtime()');
  } catch (error) {
    const { code = '', message, detail } = fieldsOf(error);
    if (!code.startsWith('08') && code !== '2F003') throw error;
    throw new InstallationError(
      `the database server cannot reach the runtime: ${oneLine(detail ?? message)}`,
      'start it (pgml runtime); its host and port must be those that the database server sees, its user and password the right ones',
    );
  }
}
