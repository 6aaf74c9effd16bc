/** What works in a database with pgml, and what does not, one finding after the other. */
import { dblinkSchema } from './bridge.js';
import { type Database, onlyRow } from './database.js';
import { missingGrants } from './dblink.js';
import { fieldsOf, InstallationError, oneLine } from './errors.js';
import { currentRelease } from './release.js';
import { checkServer, readInstallation, readServerFacts } from './server-facts.js';

export interface Finding {
  readonly subject: string;
  /** A warning is worth a look; with a problem, something does not work. */
  readonly state: 'good' | 'warning' | 'problem';
  readonly told: string;
  /** What to do about it. */
  readonly wayOut?: string;
}

type Examination = (database: Database) => Promise<Finding>;

/** Examines in an order in which one thing rests on those before; ends with the first problem that leaves no way on. */
export async function* examine(database: Database): AsyncGenerator<Finding> {
  for (const [subject, examination] of Object.entries(foundations)) {
    const finding = await examineSafely(subject, () => examination(database));
    yield finding;
    if (finding.state === 'problem') return;
  }
  for (const [subject, examination] of Object.entries(qualities))
    yield await examineSafely(subject, () => examination(database));
}

async function examineSafely(subject: string, examination: () => Promise<Finding>): Promise<Finding> {
  try {
    return await examination();
  } catch (error) {
    if (error instanceof InstallationError)
      return { subject, state: 'problem', told: error.message, wayOut: error.wayOut };
    const { message, detail } = fieldsOf(error);
    return { subject, state: 'problem', told: oneLine(detail === undefined ? message : `${message}: ${detail}`) };
  }
}

const good = (subject: string, told: string): Finding => ({ subject, state: 'good', told });

const foundations: Readonly<Record<string, Examination>> = {
  server: async (database) => {
    const facts = await readServerFacts(database);
    checkServer(facts);
    return good('server', `PostgreSQL ${facts.version}, database ${facts.database}, connected as ${facts.user}`);
  },
  pgml: async (database) => {
    const { bridge, version } = await readInstallation(database);
    if (version === currentRelease.version) return good('pgml', `version ${version}, bridge ${bridge}`);
    return {
      subject: 'pgml',
      state: 'warning',
      told: `version ${version} is installed, but this is the doctor of ${currentRelease.version}`,
      wayOut: 'pgml upgrade brings it up to date',
    };
  },
  dblink: async (database) => {
    const schema = await dblinkSchema(database);
    if (schema === undefined)
      throw new InstallationError(
        'the extension dblink is gone',
        'have an administrator run in this database: CREATE EXTENSION dblink; then pgml upgrade',
      );
    const { owner } = await onlyRow(
      database,
      `SELECT pg_get_userbyid(relowner) AS owner FROM pg_class WHERE oid = 'pgml_bridge.connection'::regclass`,
    );
    const missing = await missingGrants(database, schema, owner as string);
    if (missing.length > 0)
      throw new InstallationError(
        `the role ${owner as string}, which owns pgml, may not use dblink`,
        `have an administrator run in this database: ${missing.join('; ')};`,
      );
    return good('dblink', `in the schema ${schema}, used by the role ${owner as string}`);
  },
  secret: async (database) => {
    const rows = await database.query(
      `SELECT DISTINCT acl.grantee::regrole::text AS reader
       FROM pg_class, LATERAL (
         SELECT relacl AS rights UNION ALL SELECT attacl FROM pg_attribute WHERE attrelid = pg_class.oid
       ) AS granted, aclexplode(rights) AS acl
       WHERE pg_class.oid = 'pgml_bridge.connection'::regclass AND acl.grantee <> relowner`,
    );
    if (rows.length === 0) return good('secret', 'only its owner has rights to the password of the runtime');
    const readers = rows.map(({ reader }) => (reader === '-' ? 'PUBLIC' : (reader as string))).join(', ');
    throw new InstallationError(
      `others have rights to pgml_bridge.connection, which holds the password of the runtime: ${readers}`,
      `REVOKE ALL ON pgml_bridge.connection FROM ${readers}; and give the runtime another password`,
    );
  },
  connection: async (database) => {
    try {
      await database.query('SELECT pgml_bridge._disconnect(); SELECT pgml_bridge.runtime()');
      return good('connection', 'the database server reaches the runtime');
    } catch (error) {
      const { message, detail } = fieldsOf(error);
      throw new InstallationError(
        `the database server cannot reach the runtime: ${oneLine(detail ?? message)}`,
        'start it (pgml runtime), or tell the database where it is: pgml upgrade DATABASE --runtime URL',
      );
    }
  },
};

const qualities: Readonly<Record<string, Examination>> = {
  runtime: async (database) => {
    const { version } = await onlyRow(database, 'SELECT version FROM pgml_bridge.runtime()');
    const [{ installed }] = await database.query('SELECT version AS installed FROM pgml_bridge.installation');
    if (version === installed) return good('runtime', `version ${version as string}`);
    return {
      subject: 'runtime',
      state: 'warning',
      told: `the runtime has version ${version as string}, the database ${installed as string}`,
      wayOut: 'bring both to the later version',
    };
  },
  encryption: async (database) => {
    const { encrypted } = await onlyRow(database, 'SELECT encrypted FROM pgml_bridge.runtime()');
    if (encrypted) return good('encryption', 'TLS between the database server and the runtime');
    return {
      subject: 'encryption',
      state: 'warning',
      told: 'the database server and the runtime speak in the clear',
      wayOut:
        'fine on one machine or a private network; else give the runtime a certificate and use sslmode=verify-full',
    };
  },
  'latency of a call': async (database) =>
    good('latency of a call', await median(database, `pgml_bridge._ask('SELECT 1')`)),
  'latency of a prediction': async (database) => {
    const [model] = await database.query(
      `SELECT projects.name AS project, models.num_features AS features FROM pgml.deployments
       JOIN pgml.projects ON projects.id = deployments.project_id JOIN pgml.models ON models.id = deployments.model_id
       ORDER BY deployments.id DESC LIMIT 1`,
    );
    if (!model) return good('latency of a prediction', 'no model is deployed yet');
    const prediction = 'pgml_bridge.predict($1::text, array_fill(0::real, ARRAY[$2::int]))';
    return good('latency of a prediction', await median(database, prediction, [model.project, model.features]));
  },
};

const REPEATED = 100;

/**
 * Of the time that an expression takes, measured in the database server after some to warm up. Its answers are counted
 * because PostgreSQL computes nothing that nobody looks at.
 */
async function median(database: Database, expression: string, parameters: readonly unknown[] = []): Promise<string> {
  const { milliseconds } = await onlyRow(
    database,
    `SELECT 1000 * percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM after - before)::float8) AS milliseconds,
       count(answer) AS answers
     FROM (SELECT number, clock_timestamp() AS before, ${expression} AS answer, clock_timestamp() AS after
       FROM generate_series(1, ${REPEATED} + 10) AS number OFFSET 0) AS measured
     WHERE number > 10`,
    parameters,
  );
  return `${Number(milliseconds).toFixed(2)} ms, the median of ${REPEATED}`;
}
