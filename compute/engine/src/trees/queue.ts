/** A priority queue as a binary heap: `pop` gives the item that comes before all others. */
export class PriorityQueue<Item> {
  readonly #heap: Item[] = [];
  readonly #before: (a: Item, b: Item) => boolean;

  constructor(before: (a: Item, b: Item) => boolean) {
    this.#before = before;
  }

  push(item: Item): void {
    const heap = this.#heap;
    let hole = heap.push(item) - 1;
    while (hole > 0) {
      const parent = (hole - 1) >> 1;
      if (!this.#before(item, heap[parent])) break;
      heap[hole] = heap[parent]!;
      hole = parent;
    }
    heap[hole] = item;
  }

  pop(): Item | undefined {
    const heap = this.#heap;
    const first = heap[0];
    const item = heap.pop();
    if (item === undefined || heap.length === 0) return first;
    let hole = 0;
    for (;;) {
      let child = 2 * hole + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && this.#before(heap[child + 1], heap[child])) child++;
      if (!this.#before(heap[child], item)) break;
      heap[hole] = heap[child]!;
      hole = child;
    }
    heap[hole] = item;
    return first;
  }

  /** The items left, in no particular order. */
  rest(): readonly Item[] {
    return this.#heap;
  }
}
