/** How many items a stream may still send. */
export class Credit {
  #items: number;
  readonly #signal: AbortSignal;
  #wake: () => void = () => {};

  constructor(items: number, signal: AbortSignal) {
    this.#items = items;
    this.#signal = signal;
    signal.addEventListener('abort', () => this.#wake(), { once: true });
  }

  add(items: number): void {
    this.#items += items;
    this.#wake();
  }

  /** Takes credit for one item; waits for it, but not after the signal was aborted. */
  async take(): Promise<void> {
    while (this.#items < 1 && !this.#signal.aborted)
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    this.#items--;
  }
}
