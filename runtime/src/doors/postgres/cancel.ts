/** Which running statement a CancelRequest, which comes over a connection of its own, is about. */
import { randomBytes, randomInt, timingSafeEqual } from 'node:crypto';

export interface CancelKey {
  readonly processId: number;
  readonly secretKey: Uint8Array;
}

const KEY_LENGTH = 4;
const MAXIMUM_PROCESS_ID = 2 ** 31;

/** The connections of a runtime that can be asked to stop what they run. */
export class Cancels {
  readonly #connections = new Map<number, { readonly secretKey: Uint8Array; readonly cancel: () => void }>();

  /** `cancel` is called, any number of times, when a client that knows the key asks for it. */
  register(cancel: () => void): CancelKey {
    let processId: number;
    do processId = randomInt(1, MAXIMUM_PROCESS_ID);
    while (this.#connections.has(processId));
    const secretKey = randomBytes(KEY_LENGTH);
    this.#connections.set(processId, { secretKey, cancel });
    return { processId, secretKey };
  }

  forget({ processId }: CancelKey): void {
    this.#connections.delete(processId);
  }

  /** A request with a key that fits nothing has no effect, and nobody is told. */
  request({ processId, secretKey }: CancelKey): void {
    const connection = this.#connections.get(processId);
    if (connection?.secretKey.length !== secretKey.length) return;
    if (timingSafeEqual(connection.secretKey, secretKey)) connection.cancel();
  }
}
