/** The streams that a connection has opened: from each, items are fetched a few at a time, in statements of their own. */
import { RuntimeError, type Session } from '../../runtime.js';

const MAXIMUM_STREAMS = 100;

interface OpenStream {
  readonly items: AsyncIterator<unknown>;
  readonly work: AbortController;
}

export class OpenStreams {
  readonly #session: Session;
  readonly #streams = new Map<number, OpenStream>();
  #last = 0;

  constructor(session: Session) {
    this.#session = session;
  }

  /** Returns the number of the stream. */
  open(method: string, request: unknown): number {
    if (this.#streams.size === MAXIMUM_STREAMS)
      throw new RuntimeError('53400', `a connection may have ${MAXIMUM_STREAMS} streams open, and has as many`, {
        hint: 'Read streams to their end, or close them with close_stream.',
      });
    const work = new AbortController();
    const items = this.#session.stream(method, request, work.signal)[Symbol.asyncIterator]();
    this.#streams.set(++this.#last, { items, work });
    return this.#last;
  }

  /**
   * Gives up to `count` items to `take`; the stream has ended, and is closed, if there are fewer. A stream that fails is
   * closed, and so is one that is cancelled by `signal`.
   */
  async fetch(
    stream: number,
    count: number,
    signal: AbortSignal,
    take: (item: unknown) => Promise<void> | undefined,
  ): Promise<void> {
    const open = this.#streams.get(stream);
    if (!open)
      throw new RuntimeError('34000', `there is no open stream ${stream}`, {
        hint: 'A stream is closed after its last item, by an error and by a cancel.',
      });
    const { items, work } = open;
    const stop = () => work.abort();
    signal.addEventListener('abort', stop, { once: true });
    try {
      for (let taken = 0; taken < count; taken++) {
        const next = await items.next();
        if (next.done) return void this.#streams.delete(stream);
        await take(next.value);
      }
    } catch (error) {
      this.close(stream);
      throw error;
    } finally {
      signal.removeEventListener('abort', stop);
      if (work.signal.aborted) this.close(stream);
    }
  }

  /** A stream that has ended already may be closed again. */
  close(stream: number): void {
    const open = this.#streams.get(stream);
    if (!open) return;
    this.#streams.delete(stream);
    open.work.abort();
    // What it was doing ends with an error that nobody waits for.
    open.items.return?.().catch(() => {});
  }

  closeAll(): void {
    for (const stream of [...this.#streams.keys()]) this.close(stream);
  }
}
