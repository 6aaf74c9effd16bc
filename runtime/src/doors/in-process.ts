/**
 * The in-process door: a database thread that blocks while it waits, and a runtime on another thread.
 *
 * Messages travel over a MessagePort. Because the database thread does not run its event loop while it waits, the
 * runtime adds 1 to word WAKE of the shared control words after each message it posts, and notifies; the database
 * thread sleeps on that word with a time limit, and takes messages with receiveMessageOnPort.
 */
import type { MessagePort } from 'node:worker_threads';
import { type ErrorReport, toReport } from '../errors.js';
import type { ColumnBatch, Session } from '../runtime.js';

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
  | ({ readonly type: 'error'; readonly id: number } & ErrorReport);

/**
 * Serves a session to the database thread at the other end of `port`, until either side closes it. Messages are handled
 * in the order they come: a call sees the rows pushed before it. The session is closed with the port.
 */
export function serveInProcess(session: Session, port: MessagePort, shared: SharedArrayBuffer): void {
  const words = new Int32Array(shared);
  const calls = new Map<number, AbortController>();

  const post = (message: FromRuntime, transfer: readonly ArrayBuffer[] = []) => {
    port.postMessage(message, transfer);
    Atomics.add(words, control.WAKE, 1);
    Atomics.notify(words, control.WAKE);
  };

  /** Runs one call; a failure is posted, whatever it is. */
  const serve = async (id: number, work: (signal: AbortSignal) => Promise<void>) => {
    const call = new AbortController();
    calls.set(id, call);
    try {
      await work(call.signal);
    } catch (error) {
      post({ type: 'error', id, ...toReport(error) });
    } finally {
      calls.delete(id);
    }
  };

  const answerCall = async ({ id, method, request, payload }: ToRuntime & { type: 'call' }, signal: AbortSignal) => {
    const { response, result } = await session.call(method, request, payload, signal);
    // A result that shares its buffer with something else is copied, otherwise handed over.
    const whole = result !== null && result.byteLength === result.buffer.byteLength;
    post({ type: 'result', id, response, result }, whole ? [result.buffer as ArrayBuffer] : []);
  };

  const answerStream = async ({ id, method, request }: ToRuntime & { type: 'stream' }, signal: AbortSignal) => {
    for await (const item of session.stream(method, request, signal)) post({ type: 'item', id, item });
    post({ type: 'end', id });
  };

  port.on('message', (message: ToRuntime) => {
    switch (message.type) {
      case 'call':
        return void serve(message.id, (signal) => answerCall(message, signal));
      case 'stream':
        return void serve(message.id, (signal) => answerStream(message, signal));
      case 'cancel':
        return calls.get(message.id)?.abort();
      case 'push':
        return session.pushRows(message.dataset, message.columns);
      case 'dropDatasets':
        return session.dropDatasets();
    }
  });
  port.on('close', () => {
    for (const call of calls.values()) call.abort();
    session.close();
  });
}
