/**
 * Which addresses of a growing range are taken. A piece is placed in the first gap that holds it, and a piece that is
 * given back becomes one gap with the gaps beside it. Pieces are few (models, and what a prediction works on), so a
 * list in the order of addresses is searched.
 */
interface Gap {
  start: number;
  end: number;
}

/** All pieces start at multiples of this. */
const ALIGNMENT = 16;

export class AddressSpace {
  /** In order; no two touch. */
  readonly #gaps: Gap[] = [];
  /** Where each piece in use ends, by its start. */
  readonly #pieces = new Map<number, number>();
  #end: number;

  constructor(start: number) {
    this.#end = start;
  }

  /** The first address behind all that there is. */
  get end(): number {
    return this.#end;
  }

  /** Adds the addresses up to `end`. */
  extend(end: number): void {
    this.#insert({ start: this.#end, end });
    this.#end = end;
  }

  /** Where a piece of `bytes` begins, or undefined if no gap holds it. */
  take(bytes: number): number | undefined {
    const size = rounded(bytes);
    const index = this.#gaps.findIndex(({ start, end }) => end - start >= size);
    if (index < 0) return undefined;
    const gap = this.#gaps[index];
    const piece = gap.start;
    gap.start += size;
    if (gap.start === gap.end) this.#gaps.splice(index, 1);
    this.#pieces.set(piece, piece + size);
    return piece;
  }

  /** The end that it must be extended to, if not there already, so that a piece of `bytes` can be taken. */
  endFor(bytes: number): number {
    const size = rounded(bytes);
    if (this.#gaps.some(({ start, end }) => end - start >= size)) return this.#end;
    const last = this.#gaps.at(-1);
    return (last?.end === this.#end ? last.start : this.#end) + size;
  }

  give(piece: number): void {
    const end = this.#pieces.get(piece);
    if (end === undefined) throw new RangeError(`no piece begins at ${piece}`);
    this.#pieces.delete(piece);
    this.#insert({ start: piece, end });
  }

  #insert(gap: Gap): void {
    const behind = this.#gaps.findIndex(({ start }) => start >= gap.end);
    const index = behind < 0 ? this.#gaps.length : behind;
    const before = this.#gaps[index - 1];
    const after = this.#gaps[index];
    const joined = {
      start: before?.end === gap.start ? before.start : gap.start,
      end: after?.start === gap.end ? after.end : gap.end,
    };
    const first = before?.end === gap.start ? index - 1 : index;
    const last = after?.start === gap.end ? index + 1 : index;
    this.#gaps.splice(first, last - first, joined);
  }
}

/** A piece of no bytes takes a place too, so that no two begin at the same address. */
const rounded = (bytes: number): number => Math.max(1, Math.ceil(bytes / ALIGNMENT)) * ALIGNMENT;
