/**
 * When a transaction of the calling database has ended. Nobody may be there to say so, and then it is seen late: calls
 * carry a token of their transaction, and one that carries another token comes from another transaction.
 */
export class Transactions {
  readonly #ended: () => void;
  /** Of the transaction that spoke last; null until one has. */
  #token: string | null = null;

  /** `ended` is to let go of everything that belongs to a transaction. */
  constructor(ended: () => void) {
    this.#ended = ended;
  }

  /** Before anything else that a call does. Null: it does not say where it comes from. */
  enter(token: string | null): void {
    if (token === null || token === this.#token) return;
    if (this.#token !== null) this.end();
    this.#token = token;
  }

  end(): void {
    this.#token = null;
    this.#ended();
  }
}
