/** The runtime that the suite puts behind a bridge: methods that show what reached them, and keep a record. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { type CallResult, type ColumnBatch, RuntimeError, type Session } from '@pgml/runtime';

type Columns = Record<string, { type: string; width: number; values: (number | string | null)[] }>;

/**
 *   echo      answers with its request and payload
 *   fail      rejects with the RuntimeError whose fields the request has; a request without them is a defect
 *   dataset   consumes the dataset that the request names and answers with its columns; NaN as the text "NaN"
 *   sleep     answers never; ends only by being cancelled
 *   count     (stream) 1, 2, … up to "to", or without end; "failAt" makes it fail at that item, "sleepAt" makes it wait there
 */
export class SuiteSession implements Session {
  readonly #datasets = new Map<number, Columns>();
  /** The calls and streams that were told to stop, by method. */
  readonly cancelled: string[] = [];
  #onEvent: () => void = () => {};

  async call(method: string, request: unknown, payload: Uint8Array | null, signal: AbortSignal): Promise<CallResult> {
    const asked = request as Record<string, never>;
    this.#onEvent();
    if (method === 'echo') return { response: request, result: payload && Uint8Array.from(payload) };
    if (method === 'dataset') return { response: this.#take(asked.dataset), result: null };
    if (method === 'sleep') return this.#untilAborted(method, signal);
    if (method !== 'fail') throw new RuntimeError('42883', `no such method: ${method}`);
    if (!asked.sqlstate) throw new TypeError('a defect');
    throw new RuntimeError(asked.sqlstate, asked.message, asked);
  }

  async *stream(method: string, request: unknown, signal: AbortSignal): AsyncGenerator<unknown> {
    const { to = Number.POSITIVE_INFINITY, failAt, sleepAt } = request as Record<string, number>;
    try {
      for (let item = 1; item <= to; item++) {
        if (item === failAt) throw new RuntimeError('22023', `item ${item} cannot be made`, { hint: 'Ask for fewer.' });
        if (item === sleepAt) await this.#untilAborted(method, signal);
        // Other messages, cancelling among them, have their turn; and the other side is not drowned.
        if (item % 100 === 0) await nextTurn();
        signal.throwIfAborted();
        yield { item };
      }
    } finally {
      if (signal.aborted) this.#note(method);
      this.#onEvent();
    }
  }

  pushRows(dataset: number, columns: readonly ColumnBatch[]): void {
    const known = this.#datasets.get(dataset) ?? {};
    for (const { name, type, width, values } of columns) {
      const column = (known[name] ??= { type, width, values: [] });
      for (const value of values) column.values.push(typeof value === 'number' && Number.isNaN(value) ? 'NaN' : value);
    }
    this.#datasets.set(dataset, known);
    this.#onEvent();
  }

  dropDatasets(): void {
    this.#datasets.clear();
  }

  close(): void {}

  /** How many datasets are known. */
  get datasets(): number {
    return this.#datasets.size;
  }

  /** Waits until something reaches the session: a call, rows, the end of a stream. */
  async nextEvent(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#onEvent = resolve;
    });
    this.#onEvent = () => {};
  }

  /** Waits until `count` calls or streams have been cancelled since the record was last emptied. */
  async untilCancelled(count: number): Promise<void> {
    while (this.cancelled.length < count) await this.nextEvent();
  }

  #take(dataset: number): Columns {
    const columns = this.#datasets.get(dataset);
    if (!columns) throw new RuntimeError('22023', `no dataset ${dataset}`);
    this.#datasets.delete(dataset);
    return columns;
  }

  async #untilAborted(method: string, signal: AbortSignal): Promise<never> {
    if (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
    this.#note(method);
    throw new RuntimeError('57014', 'canceling statement due to user request');
  }

  #note(method: string): void {
    this.cancelled.push(method);
    this.#onEvent();
  }
}
