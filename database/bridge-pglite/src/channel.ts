/**
 * Exchanges with the runtime on the other side of a MessagePort, from a thread that blocks while it waits.
 *
 * An exchange is a call or a stream, and in one of two states:
 *
 *   open    begin() ──► its messages are collected
 *   ended   the runtime has said the last word (result, error, end), or abandon() was called; later messages for it
 *           belong to nobody and are dropped
 *
 * Several can be open at once (streams are read item by item), so every message goes to the exchange with its id.
 */
import type { MessagePort } from 'node:worker_threads';
import { receiveMessageOnPort } from 'node:worker_threads';
import { SqlError } from '@pgml/engine';
import { control, type FromRuntime, type ToRuntime } from '@pgml/runtime';
import type { Interrupts } from './interrupts.js';

export interface Exchange {
  readonly id: number;
  /** When statement_timeout ends the statement that began this. */
  readonly deadline: number;
  readonly received: FromRuntime[];
  /** Messages taken without a look at what may interrupt the statement. */
  taken: number;
}

/** How long the thread sleeps at most before it looks for cancel requests and timeouts again. */
const NAP_MS = 50;
/** How many messages that are there already are taken before it looks. */
const MESSAGES_BETWEEN_CHECKS = 64;

export class Channel {
  readonly #port: MessagePort | undefined;
  readonly #words: Int32Array<SharedArrayBuffer>;
  readonly #interrupts: Interrupts;
  readonly #open = new Map<number, Exchange>();
  #lastId = 0;

  constructor(port: MessagePort | undefined, words: Int32Array<SharedArrayBuffer>, interrupts: Interrupts) {
    this.#port = port;
    this.#words = words;
    this.#interrupts = interrupts;
  }

  post(message: ToRuntime, transfer: readonly ArrayBuffer[] = []): void {
    if (!this.#port)
      throw new SqlError('58000', 'no runtime is connected to this database', {
        hint: 'Prediction with tabular models works without one; everything else needs the pgml server.',
      });
    this.#port.postMessage(message, transfer);
  }

  begin(type: 'call' | 'stream', method: string, request: unknown, payload: Uint8Array<ArrayBuffer> | null): Exchange {
    const exchange: Exchange = { id: ++this.#lastId, deadline: this.#interrupts.deadline(), received: [], taken: 0 };
    if (type === 'stream') this.post({ type, id: exchange.id, method, request });
    else this.post({ type, id: exchange.id, method, request, payload }, payload ? [payload.buffer] : []);
    this.#open.set(exchange.id, exchange);
    return exchange;
  }

  /** The next message of an exchange. Waits for it; raises the error that it is, or what interrupts the statement. */
  next(exchange: Exchange): Exclude<FromRuntime, { type: 'error' }> {
    if (++exchange.taken % MESSAGES_BETWEEN_CHECKS === 0) this.#checkInterrupts(exchange);
    for (;;) {
      const wake = Atomics.load(this.#words, control.WAKE);
      this.#distribute();
      const message = exchange.received.shift();
      if (message?.type === 'error') throw new SqlError(message.sqlstate, message.message, message);
      if (message) return message;
      this.#checkInterrupts(exchange);
      Atomics.wait(this.#words, control.WAKE, wake, NAP_MS);
    }
  }

  /** Nobody waits for this exchange any more. Tells the runtime, unless it had ended. */
  abandon(exchange: Exchange): void {
    if (this.#open.delete(exchange.id)) this.post({ type: 'cancel', id: exchange.id });
  }

  #checkInterrupts(exchange: Exchange): void {
    try {
      this.#interrupts.check(exchange.deadline);
    } catch (interruption) {
      this.abandon(exchange);
      throw interruption;
    }
  }

  #distribute(): void {
    for (let next = receiveMessageOnPort(this.#port!); next; next = receiveMessageOnPort(this.#port!)) {
      const message = next.message as FromRuntime;
      this.#open.get(message.id)?.received.push(message);
      if (message.type !== 'item') this.#open.delete(message.id);
    }
  }
}
