/** A queue in which clients take turns: who has put in a hundred items delays another by one. */
export class FairQueue<Item> {
  /** Never an empty list. The client at the front is the next whose turn it is. */
  readonly #items = new Map<object, Item[]>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  push(client: object, item: Item): void {
    const own = this.#items.get(client);
    if (own) own.push(item);
    else this.#items.set(client, [item]);
    this.#size++;
  }

  /** The oldest item of the client whose turn it is; that client then goes to the end of the row. */
  shift(): Item | undefined {
    const [turn] = this.#items;
    if (!turn) return undefined;
    const [client, own] = turn;
    this.#items.delete(client);
    if (own.length > 1) this.#items.set(client, own.slice(1));
    this.#size--;
    return own[0];
  }

  /** False if it is not here any more. */
  remove(client: object, item: Item): boolean {
    const own = this.#items.get(client) ?? [];
    const place = own.indexOf(item);
    if (place < 0) return false;
    own.splice(place, 1);
    if (own.length === 0) this.#items.delete(client);
    this.#size--;
    return true;
  }
}
