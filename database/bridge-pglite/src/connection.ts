/** The way from the database thread to a runtime on another thread; see the in-process door of @pgml/runtime. */
import type { MessagePort } from 'node:worker_threads';
import { control } from '@pgml/runtime';

export interface Connection {
  /** Undefined where no runtime is: then only prediction works. */
  readonly port: MessagePort | undefined;
  /** The control words that both sides share. */
  readonly words: Int32Array<SharedArrayBuffer>;
}

export function connection(port?: MessagePort, shared?: SharedArrayBuffer): Connection {
  return { port, words: new Int32Array(shared ?? new SharedArrayBuffer(4 * control.WORDS)) };
}
