/**
 * Why a statement should stop: the client asked for it, its time is over, or PostgreSQL has something to say. PGlite
 * gets no signals, so whatever takes long here has to look for itself, and raises what PostgreSQL would raise.
 */
import { SqlError } from '@pgml/engine';
import { control } from '@pgml/runtime';
import type { Backend } from './backend.js';

/** statement_timestamp(), which takes no argument: the one it is given is ignored. */
const STATEMENT_TIMESTAMP = 2648;
/** PostgreSQL counts microseconds from the beginning of 2000. */
const POSTGRES_EPOCH_MS = Date.UTC(2000, 0, 1);

export class Interrupts {
  readonly #backend: Backend;
  readonly #words: Int32Array<SharedArrayBuffer>;

  constructor(backend: Backend, words: Int32Array<SharedArrayBuffer>) {
    this.#backend = backend;
    this.#words = words;
  }

  /** When statement_timeout ends the present statement, in milliseconds since 1970; Infinity without a limit. */
  deadline(): number {
    const { c } = this.#backend;
    const limit = Number(
      this.#backend.readCString(c.GetConfigOption(this.#backend.cString('statement_timeout'), 0, 0)),
    );
    if (limit === 0) return Number.POSITIVE_INFINITY;
    const microseconds = this.#backend.view.getBigInt64(c.OidFunctionCall1Coll(STATEMENT_TIMESTAMP, 0, 0), true);
    return POSTGRES_EPOCH_MS + Number(microseconds) / 1000 + limit;
  }

  /** Raises 57014, or what PostgreSQL has pending, if the statement should stop. */
  check(deadline: number): void {
    if (Atomics.exchange(this.#words, control.CANCEL, 0) !== 0)
      throw new SqlError('57014', 'canceling statement due to user request');
    if (Date.now() >= deadline) throw new SqlError('57014', 'canceling statement due to statement timeout');
    if (this.#backend.variable('InterruptPending') !== 0) this.#backend.c.ProcessInterrupts();
  }
}
