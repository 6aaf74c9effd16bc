/** Who owns the one database session: first come, first served. An owner keeps it until it lets go. */
export class Scheduler<Owner> {
  #owner: Owner | undefined;
  readonly #queue: { readonly owner: Owner; readonly granted: () => void }[] = [];

  get owner(): Owner | undefined {
    return this.#owner;
  }

  get waiting(): number {
    return this.#queue.length;
  }

  /** Calls `granted`, now or later, when the session belongs to `owner`. */
  acquire(owner: Owner, granted: () => void): void {
    this.#queue.push({ owner, granted });
    this.#grant();
  }

  /** Leaves the queue. False if `owner` was not in it. */
  withdraw(owner: Owner): boolean {
    const place = this.#queue.findIndex((entry) => entry.owner === owner);
    if (place >= 0) this.#queue.splice(place, 1);
    return place >= 0;
  }

  release(owner: Owner): void {
    if (this.#owner !== owner) return;
    this.#owner = undefined;
    this.#grant();
  }

  #grant(): void {
    if (this.#owner !== undefined) return;
    const next = this.#queue.shift();
    if (!next) return;
    this.#owner = next.owner;
    next.granted();
  }
}
