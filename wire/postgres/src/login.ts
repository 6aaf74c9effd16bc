/** The server's own connection: as the superuser, through the unix socket. */
import type { ServerDirectory } from '@pgml/runtime';
import pg from 'pg';
import { HostError } from './errors.js';

export const SUPERUSER = 'pgml';
export const DATABASE = 'pgml';
/** Present in every cluster. */
const MAINTENANCE_DATABASE = 'postgres';

const INVALID_PASSWORD = '28P01';

export interface Address {
  readonly socketDirectory: string;
  readonly port: number;
}

export async function connect(address: Address, password: string, database: string): Promise<pg.Client> {
  const client = new pg.Client({
    host: address.socketDirectory,
    port: address.port,
    user: SUPERUSER,
    password,
    database,
  });
  // The server may go at any time; whoever waits for an answer hears of it there.
  client.on('error', () => {});
  await client.connect();
  return client;
}

/**
 * The password of the superuser: `given`, which becomes it, or the one kept in the data directory. Throws HostError when
 * the database knows another one.
 */
export async function settlePassword(
  address: Address,
  directory: ServerDirectory,
  given: string | undefined,
): Promise<string> {
  const kept = directory.readPassword();
  for (const candidate of [given, kept]) {
    if (candidate === undefined) continue;
    const client = await tryPassword(address, candidate);
    if (!client) continue;
    try {
      const password = given ?? candidate;
      if (password !== candidate)
        await client.query(`ALTER ROLE ${SUPERUSER} PASSWORD ${client.escapeLiteral(password)}`);
      if (password !== kept) directory.writePassword(password);
      return password;
    } finally {
      await client.end();
    }
  }
  throw new HostError(
    `the role ${SUPERUSER} has another password than the one in the data directory: give it with --password`,
  );
}

async function tryPassword(address: Address, password: string): Promise<pg.Client | undefined> {
  try {
    return await connect(address, password, MAINTENANCE_DATABASE);
  } catch (error) {
    if ((error as { code?: string }).code === INVALID_PASSWORD) return undefined;
    throw error;
  }
}

/** Makes the database if it is not there yet. */
export async function createDatabase(address: Address, password: string): Promise<void> {
  const client = await connect(address, password, MAINTENANCE_DATABASE);
  try {
    const { rowCount } = await client.query('SELECT FROM pg_database WHERE datname = $1', [DATABASE]);
    if (rowCount) return;
    // The role is called as the schema of the extension: what it makes must not get into that by "$user".
    await client.query(`ALTER ROLE ${SUPERUSER} SET search_path = public`);
    await client.query(`CREATE DATABASE ${DATABASE}`);
  } finally {
    await client.end();
  }
}
