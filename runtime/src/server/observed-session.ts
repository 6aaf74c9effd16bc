/** A session that is counted: how many calls it runs, and what came of them. */
import type { CallResult, ColumnBatch, Session } from '../runtime.js';
import { RuntimeError } from '../runtime.js';

export type Outcome = 'ok' | 'error' | 'cancelled';

export interface SessionObserver {
  begin(method: string): void;
  end(method: string, outcome: Outcome, seconds: number): void;
}

export class ObservedSession implements Session {
  readonly #session: Session;
  readonly #observer: SessionObserver;
  #running = 0;

  constructor(session: Session, observer: SessionObserver) {
    this.#session = session;
    this.#observer = observer;
  }

  /** Calls and streams under way. */
  get running(): number {
    return this.#running;
  }

  async call(method: string, request: unknown, payload: Uint8Array | null, signal: AbortSignal): Promise<CallResult> {
    const end = this.#begin(method);
    try {
      const answer = await this.#session.call(method, request, payload, signal);
      end('ok');
      return answer;
    } catch (error) {
      end(outcomeOf(error));
      throw error;
    }
  }

  async *stream(method: string, request: unknown, signal: AbortSignal): AsyncIterable<unknown> {
    const end = this.#begin(method);
    // Who stops reading before the end has cancelled.
    let outcome: Outcome = 'cancelled';
    try {
      yield* this.#session.stream(method, request, signal);
      outcome = 'ok';
    } catch (error) {
      outcome = outcomeOf(error);
      throw error;
    } finally {
      end(outcome);
    }
  }

  pushRows(dataset: number, columns: readonly ColumnBatch[]): void {
    this.#session.pushRows(dataset, columns);
  }

  dropDatasets(): void {
    this.#session.dropDatasets();
  }

  close(): void {
    this.#session.close();
  }

  #begin(method: string): (outcome: Outcome) => void {
    const began = performance.now();
    this.#running++;
    this.#observer.begin(method);
    return (outcome) => {
      this.#running--;
      this.#observer.end(method, outcome, (performance.now() - began) / 1000);
    };
  }
}

const outcomeOf = (error: unknown): Outcome =>
  error instanceof RuntimeError && error.sqlstate === '57014' ? 'cancelled' : 'error';
