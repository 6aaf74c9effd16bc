import type { Database } from './database.js';

/** All or nothing: what fails leaves nothing behind. Installing, upgrading and uninstalling wait for each other. */
export async function inTransaction<T>(database: Database, work: () => Promise<T>): Promise<T> {
  await database.query('BEGIN');
  try {
    await database.query(
      `SET LOCAL client_min_messages = warning; SELECT pg_advisory_xact_lock(hashtext('pgml installation'))`,
    );
    const result = await work();
    await database.query('COMMIT');
    return result;
  } catch (error) {
    // A connection that was lost cannot roll back; the error says so already.
    await database.query('ROLLBACK').catch(() => {});
    throw error;
  }
}

/** Runs a statement that may fail, and then undoes it alone. Returns its error. */
export async function attempt(database: Database, sql: string): Promise<unknown> {
  await database.query('SAVEPOINT attempt');
  try {
    await database.query(sql);
    await database.query('RELEASE attempt');
    return undefined;
  } catch (error) {
    await database.query('ROLLBACK TO attempt; RELEASE attempt');
    return error;
  }
}
