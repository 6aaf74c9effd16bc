/**
 * The in-process door: a database thread that blocks while it waits, and a runtime on another thread.
 *
 * Messages travel over a MessagePort. Because the database thread does not run its event loop while it waits, the
 * runtime adds 1 to word WAKE of the shared control words after each message it posts, and notifies; the database
 * thread sleeps on that word with a time limit, and takes messages with receiveMessageOnPort.
 */
import type { ColumnBatch } from '../runtime.js';

/** Words of the control block, an Int32Array over a SharedArrayBuffer. */
export const control = {
  /** Counts messages from the runtime, and cancel requests. */
  WAKE: 0,
  /** Set to 1 by the server to cancel the statement that runs; the database thread clears it when it begins one. */
  CANCEL: 1,
  WORDS: 16,
} as const;

export type ToRuntime =
  | {
      readonly type: 'call';
      readonly id: number;
      readonly method: string;
      readonly request: unknown;
      readonly payload: Uint8Array | null;
    }
  | { readonly type: 'stream'; readonly id: number; readonly method: string; readonly request: unknown }
  | { readonly type: 'cancel'; readonly id: number }
  | { readonly type: 'push'; readonly dataset: number; readonly columns: readonly ColumnBatch[] }
  | { readonly type: 'dropDatasets' };

export type FromRuntime =
  | { readonly type: 'result'; readonly id: number; readonly response: unknown; readonly result: Uint8Array | null }
  | { readonly type: 'item'; readonly id: number; readonly item: unknown }
  | { readonly type: 'end'; readonly id: number }
  | {
      readonly type: 'error';
      readonly id: number;
      readonly sqlstate: string;
      readonly message: string;
      readonly detail?: string;
      readonly hint?: string;
    };
