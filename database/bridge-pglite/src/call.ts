/** pgml_bridge.call and pgml_bridge.stream: one exchange with the runtime, answered at once or item by item. */
import { SqlError } from '@pgml/engine';
import type { Backend } from './backend.js';
import type { Channel, Exchange } from './channel.js';
import {
  argument,
  argumentIsNull,
  makeBytea,
  makeComposite,
  makeJsonb,
  readBytea,
  readJsonb,
  readText,
  returnNull,
} from './values.js';

export function call(backend: Backend, channel: Channel, fcinfo: number): number {
  const { method, request } = methodAndRequest(backend, fcinfo);
  const payload = argumentIsNull(backend, fcinfo, 2) ? null : readBytea(backend, argument(backend, fcinfo, 2));
  const answer = channel.next(channel.begin('call', method, request, payload));
  if (answer.type !== 'result') throw unexpected(method, answer.type);
  return makeComposite(backend, fcinfo, [
    makeJsonb(backend, answer.response),
    answer.result && makeBytea(backend, answer.result),
  ]);
}

function methodAndRequest(backend: Backend, fcinfo: number): { method: string; request: unknown } {
  if (argumentIsNull(backend, fcinfo, 0)) throw new SqlError('22004', 'the method of a call must not be NULL');
  const request = argumentIsNull(backend, fcinfo, 1) ? null : readJsonb(backend, argument(backend, fcinfo, 1));
  return { method: readText(backend, argument(backend, fcinfo, 0)), request };
}

const unexpected = (method: string, type: string): SqlError =>
  new SqlError('XX000', `the runtime answered the method "${method}" with a message of type ${type}`);

// FunctionCallInfoBaseData begins with FmgrInfo *flinfo, Node *context, Node *resultinfo.
const FLINFO = 0;
const RESULT_INFO = 8;
// FmgrInfo has void *fn_extra at byte 16, which init_MultiFuncCall sets.
const FN_EXTRA = 16;
// ReturnSetInfo has ExprDoneCond isDone at byte 20.
const IS_DONE = 20;
const MULTIPLE_RESULT = 1;
const END_RESULT = 2;
// FuncCallContext: uint64 call_cntr, uint64 max_calls, void *user_fctx, …, MemoryContext multi_call_memory_ctx, …
const USER_DATA = 16;
const MULTI_CALL_MEMORY = 24;

/**
 * A set that is returned value by value, as PostgreSQL asks for the next one. When PostgreSQL wants no more, or cannot
 * go on, it deletes the memory context of the set, which tells us, and we the runtime.
 */
export class Streams {
  readonly #backend: Backend;
  readonly #channel: Channel;
  /** The sets being read, by the id of the exchange, which the set's user_fctx holds. */
  readonly #open = new Map<number, Exchange>();
  /** void (*)(void *exchange), called when a set's memory goes. */
  readonly #onMemoryGone: number;

  constructor(backend: Backend, channel: Channel) {
    this.#backend = backend;
    this.#channel = channel;
    this.#onMemoryGone = backend.callable((id) => this.#close(id), 'vi');
  }

  next(fcinfo: number): number {
    const backend = this.#backend;
    const first = backend.word(backend.word(fcinfo + FLINFO) + FN_EXTRA) === 0;
    if (first) this.#begin(fcinfo);
    const set = backend.c.per_MultiFuncCall(fcinfo);
    const exchange = this.#open.get(backend.word(set + USER_DATA))!;
    const message = this.#channel.next(exchange);
    if (message.type === 'item') {
      this.#setDone(fcinfo, MULTIPLE_RESULT);
      return makeJsonb(backend, message.item);
    }
    backend.c.end_MultiFuncCall(fcinfo, set);
    this.#setDone(fcinfo, END_RESULT);
    return returnNull(backend, fcinfo);
  }

  #begin(fcinfo: number): void {
    const backend = this.#backend;
    const { method, request } = methodAndRequest(backend, fcinfo);
    const set = backend.c.init_MultiFuncCall(fcinfo);
    const memory = backend.word(set + MULTI_CALL_MEMORY);
    // MemoryContextCallback: func, arg, next; it must live as long as the context.
    const callback = backend.c.MemoryContextAlloc(memory, 12);
    const exchange = this.#channel.begin('stream', method, request, null);
    this.#open.set(exchange.id, exchange);
    backend.setWord(set + USER_DATA, exchange.id);
    backend.setWord(callback, this.#onMemoryGone);
    backend.setWord(callback + 4, exchange.id);
    backend.c.MemoryContextRegisterResetCallback(memory, callback);
  }

  #close(id: number): void {
    const exchange = this.#open.get(id);
    if (!exchange) return;
    this.#open.delete(id);
    this.#channel.abandon(exchange);
  }

  #setDone(fcinfo: number, done: number): void {
    this.#backend.setWord(this.#backend.word(fcinfo + RESULT_INFO) + IS_DONE, done);
  }
}
