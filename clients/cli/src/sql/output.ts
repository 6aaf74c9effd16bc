/** Writing that waits for slow readers, and ends quietly when the reader has gone (`pgml sql … | head`). */
import type { Writable } from 'node:stream';

export class Output {
  readonly #stream: Writable;

  constructor(stream: Writable) {
    this.#stream = stream;
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EPIPE') process.exit(0);
      throw error;
    });
  }

  async write(data: string | Uint8Array): Promise<void> {
    if (!this.#stream.write(data)) await new Promise<void>((resolve) => this.#stream.once('drain', () => resolve()));
  }
}
