/** The database that install, upgrade, uninstall and doctor work on: a URL, or the PG* environment. */
import type { Database } from '@pgml/bridge-dblink';
import pg from 'pg';
import type { Environment } from '../arguments.js';
import { CommandError, UsageError } from '../errors.js';
import { type ConnectionParameters, connectionParameters } from '../sql/connection-parameters.js';
import { address } from '../sql/connection.js';
import { askPassword } from '../sql/password.js';

/** Runs `work` on a connection, which is closed afterwards. */
export async function withDatabase<T>(
  url: string | undefined,
  environment: Environment,
  work: (database: Database) => Promise<T>,
): Promise<T> {
  if (url === undefined && !environment.PGHOST && !environment.PGPORT)
    throw new UsageError(
      'say which database: postgresql://user:password@host:port/database, or PGHOST and the like in the environment',
    );
  const parameters = connectionParameters(url, { values: [''], source: 'default' }, environment);
  const client = await connect(parameters);
  // What happens to an idle connection shows in the next statement.
  client.on('error', () => {});
  try {
    // An administrator's statements must not find what others have put on the search path.
    await client.query('SET search_path = pg_catalog, pg_temp');
    return await work({
      query: async (sql, values) => {
        const result: pg.QueryResult | pg.QueryResult[] = await client.query(sql, values && [...values]);
        return Array.isArray(result) ? (result.at(-1)?.rows ?? []) : result.rows;
      },
    });
  } finally {
    await client.end();
  }
}

const NO_TLS = 'The server does not support SSL connections';

async function connect(parameters: ConnectionParameters): Promise<pg.Client> {
  const { sslMode, host } = parameters;
  if (sslMode === 'disable' || host.startsWith('/')) return attempt(parameters, false);
  const ssl = { rejectUnauthorized: sslMode.startsWith('verify'), ...(sslMode === 'verify-ca' ? uncheckedName : {}) };
  try {
    return await attempt(parameters, ssl);
  } catch (error) {
    if (sslMode === 'prefer' && (error as Error).message.includes(NO_TLS)) return attempt(parameters, false);
    throw error;
  }
}

const uncheckedName = { checkServerIdentity: () => undefined };

async function attempt(parameters: ConnectionParameters, ssl: pg.ClientConfig['ssl']): Promise<pg.Client> {
  const { host, port, user, database, password, applicationName, options } = parameters;
  const client = new pg.Client({
    host,
    port,
    user,
    database,
    password: async () => {
      const known = password ?? (await askPassword(parameters));
      if (known === undefined)
        throw new Error(`it wants a password for "${user}": give it in the URL or as PGPASSWORD`);
      return known;
    },
    ssl: ssl ?? false,
    application_name: applicationName,
    ...(options === undefined ? {} : { options }),
  });
  try {
    await client.connect();
    return client;
  } catch (error) {
    const { message, code } = error as NodeJS.ErrnoException;
    const reason =
      code === 'ECONNREFUSED' || code === 'ENOENT' ? 'nobody listens there. Is the server running?' : message || code;
    throw new CommandError(`cannot connect to ${address(parameters)}: ${reason}`);
  }
}
