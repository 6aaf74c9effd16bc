/** What a door offers to those who come through it: the methods of the runtime, by name. */
import { type ColumnBatch, SqlError } from '@pgml/engine';

export type { ColumnBatch };

export interface CallResult {
  /** A JSON value. */
  readonly response: unknown;
  readonly result: Uint8Array | null;
}

/** One client's view of the runtime: a database session, or whatever else came through a door. */
export interface Session {
  /** Rejects with RuntimeError; aborting `signal` stops the work and rejects with SQLSTATE 57014. */
  call(method: string, request: unknown, payload: Uint8Array | null, signal: AbortSignal): Promise<CallResult>;
  /** As call, for methods that answer with many items. */
  stream(method: string, request: unknown, signal: AbortSignal): AsyncIterable<unknown>;
  /**
   * Appends rows to a dataset, which begins with its first push. The caller chooses the handle, a positive integer, and
   * gives the arrays away. Rows that cannot be taken (too many, or unlike those before) fail the call that uses them.
   */
  pushRows(dataset: number, columns: readonly ColumnBatch[]): void;
  /** Forgets datasets that no call has consumed: at the end of each transaction. */
  dropDatasets(): void;
  close(): void;
}

/** A failure of a call that the caller should see as it is. */
export class RuntimeError extends SqlError {}
