/** What the suite needs of a database with a bridge in it. */
import assert from 'node:assert/strict';
import type { Session } from '@pgml/runtime';
import type { SuiteSession } from './session.js';

export type Row = Record<string, unknown>;

/** One session of a database. It fails with errors that have code, message, and if given detail and hint. */
export interface Connection {
  /** The rows of the last statement. Several statements at once take no parameters. */
  query(sql: string, parameters?: readonly unknown[]): Promise<Row[]>;
  /** Asks to cancel the statement that runs. */
  cancel(): void;
  close(): Promise<void>;
}

/** Opens a fresh database with the schemas pgml and pgml_bridge, the latter filled, whose runtime is `session`. */
export type Connect = (session: Session) => Promise<Connection>;

/** What one part of the suite works on: the database is there when its tests run. */
export interface Bench {
  readonly session: SuiteSession;
  readonly database: Connection;
}

/** Where bridges may differ, because not all that PostgreSQL offers is open to each. */
export interface Traits {
  /**
   * The functions that predict are IMMUTABLE and PARALLEL SAFE; or STABLE and PARALLEL RESTRICTED, for a bridge that cannot
   * make cached plans forget, and whose connection is that of one process. STABLE functions cannot be indexed.
   */
  readonly predictions: 'immutable' | 'stable';
  /** When the runtime is told of a stream that a statement does not read to its end: at once, or with the next transaction. */
  readonly abandonedStreams: 'at once' | 'later';
}

export interface ExpectedError {
  readonly code: string;
  readonly message: string | RegExp;
  readonly detail?: string | RegExp;
  readonly hint?: string | RegExp;
}

/** The only value of a query with one row and one column. */
export async function value(database: Connection, sql: string, parameters?: readonly unknown[]): Promise<unknown> {
  const rows = await database.query(sql, parameters);
  assert.equal(rows.length, 1, `rows of ${sql}`);
  return Object.values(rows[0])[0];
}

/** The statement fails as expected, and outside of a transaction the next statement works. */
export async function fails(database: Connection, sql: string, expected: ExpectedError): Promise<void> {
  const error = await database.query(sql).then(
    (rows) => assert.fail(`${sql} gives ${JSON.stringify(rows)}`),
    (reason: unknown) => reason as Record<string, unknown>,
  );
  const shown = `${sql}: ${error.code} ${error.message} | ${error.detail} | ${error.hint}`;
  for (const [field, pattern] of Object.entries(expected)) {
    if (pattern instanceof RegExp) assert.match(String(error[field]), pattern, shown);
    else assert.equal(error[field], pattern, shown);
  }
}

/** Runs `body` in a transaction and rolls it back. */
export async function rolledBack(database: Connection, body: () => Promise<void>): Promise<void> {
  await database.query('BEGIN');
  try {
    await body();
  } finally {
    await database.query('ROLLBACK');
  }
}
