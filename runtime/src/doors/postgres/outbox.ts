/** Messages on their way to a client: gathered, so that an answer is one packet, and never more than the client takes. */
import type { Socket } from 'node:net';

/** What is gathered before it is given to the socket. */
const GATHERED_BYTES = 2 ** 16;

export class Outbox {
  readonly #socket: Socket;
  #messages: Uint8Array[] = [];
  #bytes = 0;

  constructor(socket: Socket) {
    this.#socket = socket;
  }

  /** Returns undefined, or a promise to wait for before more is added: the client is slow. */
  add(message: Uint8Array): Promise<void> | undefined {
    this.#messages.push(message);
    this.#bytes += message.length;
    return this.#bytes > GATHERED_BYTES ? this.flush() : undefined;
  }

  /** Sends what there is. Returns as `add` does. */
  flush(): Promise<void> | undefined {
    if (this.#bytes === 0) return undefined;
    const messages = this.#messages;
    const small = this.#bytes <= GATHERED_BYTES;
    this.#messages = [];
    this.#bytes = 0;
    if (!this.#socket.writable) return undefined;
    if (small) {
      this.#socket.write(messages.length === 1 ? messages[0] : Buffer.concat(messages));
    } else {
      this.#socket.cork();
      for (const message of messages) this.#socket.write(message);
      this.#socket.uncork();
    }
    return this.#socket.writableNeedDrain ? this.#drained() : undefined;
  }

  /** A socket that is closed is not waited for. */
  #drained(): Promise<void> {
    const socket = this.#socket;
    return new Promise((resolve) => {
      const done = () => {
        socket.off('drain', done);
        socket.off('close', done);
        resolve();
      };
      socket.on('drain', done);
      socket.on('close', done);
    });
  }
}
