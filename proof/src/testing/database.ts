/** A fresh database with pgml installed, for tests of the SQL surface, on the engine that this process is to test. */
import assert from 'node:assert/strict';
import type { RuntimeOptions } from '@pgml/runtime';
import {
  chosenEngine,
  type EngineName,
  type EngineSession,
  type ErrorFields,
  type Notice,
  type Row,
} from './engines/engine.js';
import { engines } from './engines/engines.js';

export type { Notice, Row };

/** What PostgreSQL says when a statement fails. */
export class DatabaseError extends Error {
  override readonly name = 'DatabaseError';
  readonly code: string;
  readonly detail: string | undefined;
  readonly hint: string | undefined;
  constructor({ code, message, detail, hint }: ErrorFields) {
    super(message);
    this.code = code;
    this.detail = detail;
    this.hint = hint;
  }
}

/** What a failing statement is expected to report. Texts are compared whole, patterns must match. */
export interface Expected {
  readonly code: string;
  readonly message: string | RegExp;
  readonly hint?: string | RegExp;
}

export class Database {
  readonly #session: EngineSession;
  #notices: Notice[] = [];

  private constructor(session: EngineSession) {
    this.#session = session;
  }

  static async open(options: RuntimeOptions = {}, engine: EngineName = chosenEngine()): Promise<Database> {
    return new Database(await engines[engine](options));
  }

  /** The rows of a statement, or of the last of several (which take no parameters). */
  async query(sql: string, parameters?: readonly unknown[]): Promise<Row[]> {
    const answer = await this.#session.ask(sql, parameters);
    this.#notices.push(...answer.notices);
    if ('error' in answer) throw new DatabaseError(answer.error);
    return answer.rows;
  }

  /** The only value of a statement with one row and one column. */
  async value(sql: string, parameters?: readonly unknown[]): Promise<unknown> {
    const rows = await this.query(sql, parameters);
    assert.equal(rows.length, 1, `${sql} gives ${rows.length} rows`);
    const values = Object.values(rows[0]);
    assert.equal(values.length, 1, `${sql} gives ${values.length} columns`);
    return values[0];
  }

  /** Notices since the last call. */
  takeNotices(): Notice[] {
    const notices = this.#notices;
    this.#notices = [];
    return notices;
  }

  /**
   * The statement fails as expected, leaves the catalog and the tables of the schema pgml as they were, and the next
   * statement works.
   */
  async refuses(sql: string, expected: Expected, parameters?: readonly unknown[]): Promise<DatabaseError> {
    const before = await this.#catalog();
    const error = await this.query(sql, parameters).then(
      (rows) => assert.fail(`${sql} works, and gives ${JSON.stringify(rows)}`),
      (reason: unknown) => reason,
    );
    assert.ok(error instanceof DatabaseError, String(error));
    const shown = `${sql} fails with ${error.code}: ${error.message}, hint: ${error.hint}`;
    assert.equal(error.code, expected.code, shown);
    for (const field of ['message', 'hint'] as const) {
      const pattern = expected[field];
      if (pattern instanceof RegExp) assert.match(error[field] ?? '', pattern, shown);
      else if (pattern !== undefined) assert.equal(error[field], pattern, shown);
    }
    assert.equal(await this.#catalog(), before, 'the catalog changed');
    return error;
  }

  /** Something that differs when any row of the catalog was changed, or a table of the schema pgml made or dropped. */
  async #catalog(): Promise<unknown> {
    return this.value(`
      SELECT md5(concat(
        (SELECT string_agg(p::text, ';' ORDER BY id) FROM pgml.projects p),
        (SELECT string_agg(s::text, ';' ORDER BY id) FROM pgml.snapshots s),
        (SELECT string_agg(m::text, ';' ORDER BY id) FROM pgml.models m),
        (SELECT string_agg(d::text, ';' ORDER BY id) FROM pgml.deployments d),
        (SELECT string_agg(md5(f.data) || f.model_id || f.path || f.part, ';' ORDER BY id) FROM pgml.files f),
        (SELECT string_agg(oid::text, ';' ORDER BY oid) FROM pg_class WHERE relnamespace = 'pgml'::regnamespace)))`);
  }

  /** A directory that the database server may write to. */
  get scratch(): string {
    return this.#session.scratch;
  }

  /** Runs statements as a superuser: the session itself may be another's. */
  async administer(sql: string): Promise<void> {
    await this.#session.administer(sql);
  }

  async close(): Promise<void> {
    await this.#session.close();
  }
}
