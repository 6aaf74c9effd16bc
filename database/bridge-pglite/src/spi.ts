/**
 * SQL from inside a function, through PostgreSQL's Server Programming Interface. Everything palloc'ed between connecting
 * and finishing is freed by finishing. An error, PostgreSQL's or ours, needs no finish: it ends (sub)transactions, and
 * their end cleans SPI up.
 */
import { SqlError } from '@pgml/engine';
import type { Backend } from './backend.js';

// SPITupleTable begins with TupleDesc tupdesc, HeapTuple *vals; TupleDescData with int32 natts.
const TABLE_TUPLES = 4;

/** The rows that a statement gave; they live until SPI finishes. */
export class Rows {
  readonly #backend: Backend;
  readonly table: number;
  readonly description: number;
  readonly count: number;

  constructor(backend: Backend) {
    this.#backend = backend;
    this.table = backend.variable('SPI_tuptable');
    // A 64-bit count, of which the lower half is enough for what fits into memory.
    this.count = backend.variable('SPI_processed');
    this.description = backend.word(this.table);
  }

  get columns(): number {
    return this.#backend.word(this.description);
  }

  /** The HeapTuple of a row. */
  tuple(row: number): number {
    return this.#backend.word(this.#backend.word(this.table + TABLE_TUPLES) + 4 * row);
  }
}

export class Spi {
  readonly #backend: Backend;
  /** Prepared plans by their text, kept for the life of the process. PostgreSQL plans them anew when it must. */
  readonly #plans = new Map<string, number>();

  constructor(backend: Backend) {
    this.#backend = backend;
  }

  /** Runs `body` with SPI connected, in the caller's snapshot. */
  connected<T>(body: () => T): T {
    const { c } = this.#backend;
    this.#check(c.SPI_connect());
    const pushed = c.ActiveSnapshotSet() === 0;
    if (pushed) c.PushActiveSnapshot(c.GetTransactionSnapshot());
    const result = body();
    if (pushed) c.PopActiveSnapshot();
    this.#check(c.SPI_finish());
    return result;
  }

  /**
   * The first column of the first row of a query with one parameter, given to `read` while SPI is connected; undefined
   * if there is no row or it is NULL. The query only reads, in the caller's snapshot and with the caller's rights.
   */
  lookUp<T>(sql: string, parameterType: number, parameter: number, read: (datum: number) => T): T | undefined {
    return this.connected(() => {
      const { c } = this.#backend;
      const values = c.palloc(4);
      this.#backend.setWord(values, parameter);
      this.#check(c.SPI_execute_plan(this.#plan(sql, parameterType), values, 0, 1, 1));
      const rows = new Rows(this.#backend);
      if (rows.count === 0) return undefined;
      const isNull = c.palloc(1);
      const datum = c.SPI_getbinval(rows.tuple(0), rows.description, 1, isNull);
      return this.#backend.bytes[isNull] ? undefined : read(datum);
    });
  }

  #plan(sql: string, parameterType: number): number {
    const known = this.#plans.get(sql);
    if (known !== undefined) return known;
    const { c } = this.#backend;
    const types = c.palloc(4);
    this.#backend.setWord(types, parameterType);
    const plan = c.SPI_prepare(this.#backend.cString(sql), 1, types);
    if (plan === 0) this.#check(this.#backend.variable('SPI_result'));
    this.#check(c.SPI_keepplan(plan));
    this.#plans.set(sql, plan);
    return plan;
  }

  /** SPI reports misuse by negative codes; PostgreSQL's errors do not come this way. */
  #check(code: number): void {
    if (code >= 0) return;
    const name = this.#backend.readCString(this.#backend.c.SPI_result_code_string(code));
    throw new SqlError('XX000', `PostgreSQL's Server Programming Interface refused: ${name}`);
  }
}
