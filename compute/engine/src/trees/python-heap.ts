/**
 * A priority queue that gives equals out in the order in which Python's `heapq` does: a binary heap that, when it gives
 * its first item out, moves the hole all the way down and the last item up again from there.
 */
export class PythonHeap<Item> {
  readonly #items: Item[] = [];
  readonly #before: (a: Item, b: Item) => boolean;

  constructor(before: (a: Item, b: Item) => boolean) {
    this.#before = before;
  }

  get size(): number {
    return this.#items.length;
  }

  push(item: Item): void {
    this.#items.push(item);
    this.#rise(this.#items.length - 1);
  }

  pop(): Item | undefined {
    const items = this.#items;
    const last = items.pop();
    if (last === undefined || items.length === 0) return last;
    return this.replaceFirst(last);
  }

  /** Gives the first item out and takes another in its stead. There must be one. */
  replaceFirst(item: Item): Item {
    const items = this.#items;
    const first = items[0];
    let hole = 0;
    for (let child = 1; child < items.length; child = 2 * hole + 1) {
      if (child + 1 < items.length && !this.#before(items[child], items[child + 1])) child++;
      items[hole] = items[child]!;
      hole = child;
    }
    items[hole] = item;
    this.#rise(hole);
    return first;
  }

  /** The items left, in no particular order. */
  rest(): readonly Item[] {
    return this.#items;
  }

  #rise(from: number): void {
    const items = this.#items;
    const item = items[from];
    let hole = from;
    while (hole > 0) {
      const parent = (hole - 1) >> 1;
      if (!this.#before(item, items[parent])) break;
      items[hole] = items[parent]!;
      hole = parent;
    }
    items[hole] = item;
  }
}
