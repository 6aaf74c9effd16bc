/**
 * Cancelling the statement that runs, from the server's thread (see shared-memory.ts for how that is possible).
 *
 * Cancel requests are late by nature: one must never hit the statement after the one it was meant for. So both threads
 * take a lock for the few instructions in which a statement begins or ends, or is cancelled.
 */
import { words } from './control-words.js';

/** Where PostgreSQL keeps its two flags. */
export interface InterruptFlags {
  readonly memory: SharedArrayBuffer;
  readonly interruptPending: number;
  readonly queryCancelPending: number;
}

export const reasons = { NONE: 0, USER: 1, TIMEOUT: 2 } as const;

function locked(control: Int32Array, action: () => void): void {
  while (Atomics.compareExchange(control, words.LOCK, 0, 1) !== 0) Atomics.wait(control, words.LOCK, 1, 1);
  try {
    action();
  } finally {
    Atomics.store(control, words.LOCK, 0);
    Atomics.notify(control, words.LOCK);
  }
}

function raise(flags: InterruptFlags, value: 0 | 1): void {
  const memory = new Int32Array(flags.memory);
  Atomics.store(memory, flags.queryCancelPending >> 2, value);
  Atomics.store(memory, flags.interruptPending >> 2, value);
}

/** Server thread: before it sends the first message of a turn, to forget cancels that came too late for the last. */
export function allowTurn(control: Int32Array): void {
  Atomics.store(control, words.CANCEL_EARLY, 0);
}

/** Server thread: cancels what `client` runs, or the rest of its turn if it is between two messages, or all of it if it has not begun. */
export function requestCancel(control: Int32Array, flags: InterruptFlags, client: number, reason: number): void {
  locked(control, () => {
    if (Atomics.load(control, words.CLIENT) !== client) {
      Atomics.store(control, words.CANCEL_EARLY, client);
      return;
    }
    Atomics.store(control, words.CANCEL_REASON, reason);
    if (Atomics.load(control, words.RUNNING) === 1) raise(flags, 1);
  });
}

/** Database thread: the turn of `client` begins (0: of nobody). */
export function beginTurn(control: Int32Array, client: number): void {
  locked(control, () => {
    Atomics.store(control, words.CLIENT, client);
    const cancelled = client !== 0 && Atomics.exchange(control, words.CANCEL_EARLY, 0) === client;
    Atomics.store(control, words.CANCEL_REASON, cancelled ? reasons.USER : reasons.NONE);
  });
}

/** Database thread: around each message. A cancel that came between two messages hits the next. */
export function setRunning(control: Int32Array, flags: InterruptFlags, running: boolean, cancellable: boolean): void {
  locked(control, () => {
    Atomics.store(control, words.RUNNING, running ? 1 : 0);
    const cancelled = Atomics.load(control, words.CANCEL_REASON) !== reasons.NONE;
    raise(flags, running && cancellable && cancelled ? 1 : 0);
  });
}
