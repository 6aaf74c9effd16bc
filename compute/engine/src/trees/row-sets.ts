/** Which rows lie in which node: each node's rows are one stretch of a permutation of all rows. */
import type { Kernels } from '@pgml/kernels';
import { type BinnedData, MISSING_BIN } from './bins.js';
import type { Dispatch } from './dispatch.js';
import { pieces, ROWS_PER_CALL, type Stretch } from './stretch.js';

export interface StretchSplit extends Stretch {
  readonly feature: number;
  /** Bins 0 … bin go left. */
  readonly bin: number;
  readonly missingLeft: boolean;
  /** For a split of categories, instead of `bin`, u32[8]: the bins whose bits are set go left. */
  readonly categories?: Uint32Array;
}

const SET_BYTES = 32;

/** Working memory: 8 bytes for each row. */
export class RowSets {
  readonly permutation: number;
  readonly #spare: number;
  readonly #counts: number;
  readonly #sets: number;
  readonly #kernels: Kernels;
  readonly #dispatch: Dispatch;
  readonly #bins: BinnedData;

  /** At most `batch` stretches are split together. */
  constructor(bins: BinnedData, batch: number, kernels: Kernels, dispatch: Dispatch) {
    this.#bins = bins;
    this.#kernels = kernels;
    this.#dispatch = dispatch;
    this.permutation = kernels.allocate(4 * bins.rows);
    this.#spare = kernels.allocate(4 * bins.rows);
    this.#sets = kernels.allocate(SET_BYTES * batch);
    this.#counts = kernels.allocate(4 * (batch + Math.ceil(bins.rows / ROWS_PER_CALL)));
  }

  /** Puts all rows, in order, into one stretch. */
  reset(): Stretch {
    const { rows } = this.#bins;
    this.#dispatch.run(
      'enumerateRows',
      pieces({ from: 0, to: rows }).map(({ from, to }) => [this.permutation, from, to]),
      rows,
    );
    return { from: 0, to: rows };
  }

  /** Puts some rows into one stretch, in the order given. */
  choose(rows: Uint32Array): Stretch {
    this.#kernels.u32(this.permutation, rows.length).set(rows);
    return { from: 0, to: rows.length };
  }

  /** Splits disjoint stretches, keeping the order of rows; returns for each the position where its right part begins. */
  split(splits: readonly StretchSplit[]): number[] {
    const parts = splits.flatMap((split, index) =>
      (this.#dispatch.threads > 1 ? pieces(split) : [split]).map(({ from, to }) => ({ index, from, to })),
    );
    const work = splits.reduce((rows, { from, to }) => rows + 2 * (to - from), 0);
    const byLimit: number[][] = [];
    const bySet: number[][] = [];
    parts.forEach(({ index, from, to }, part) => {
      const { feature, bin, missingLeft, categories } = splits[index];
      const column = this.#bins.byColumn + feature * this.#bins.rows;
      const common = [column, this.permutation, this.#spare, from, to];
      const count = this.#counts + 4 * part;
      // Turning bins by one puts MISSING_BIN before bin 0.
      const turn = missingLeft ? 256 - MISSING_BIN : 0;
      if (categories) bySet.push([...common, this.#setOf(index, categories, missingLeft), count]);
      else byLimit.push([...common, bin + turn, turn, count]);
    });
    this.#dispatch.run('partitionRows', byLimit, work);
    this.#dispatch.run('partitionCategories', bySet, work);

    return this.#join(
      splits.map(({ from }) => from),
      parts,
    );
  }

  /**
   * Splits a stretch by a set of bins of one feature: u8[256] in kernel memory, 1 for the bins that go left. Returns the
   * position where the right part begins.
   */
  splitBySet(stretch: Stretch, feature: number, set: number): number {
    const parts = (this.#dispatch.threads > 1 ? pieces(stretch) : [stretch]).map((part) => ({ index: 0, ...part }));
    const column = this.#bins.byColumn + feature * this.#bins.rows;
    this.#dispatch.run(
      'partitionRowsBySet',
      parts.map(({ from, to }, part) => [
        column,
        this.permutation,
        this.#spare,
        from,
        to,
        set,
        this.#counts + 4 * part,
      ]),
      2 * (stretch.to - stretch.from),
    );
    return this.#join([stretch.from], parts)[0];
  }

  /** Puts the left and right rows of each split's parts together; returns where the right rows begin. */
  #join(starts: readonly number[], parts: readonly (Stretch & { readonly index: number })[]): number[] {
    const counts = this.#kernels.u32(this.#counts, parts.length);
    const copyRows = this.#kernels.run.copyRows;
    const boundaries = starts.slice();
    parts.forEach(({ index, from }, part) => {
      const target = boundaries[index];
      if (target !== from) copyRows(this.permutation + 4 * target, this.permutation + 4 * from, counts[part]);
      boundaries[index] = target + counts[part];
    });
    const cursors = boundaries.slice();
    parts.forEach(({ index, from, to }, part) => {
      const count = to - from - counts[part];
      copyRows(this.permutation + 4 * cursors[index], this.#spare + 4 * from, count);
      cursors[index] += count;
    });
    return boundaries;
  }

  /** Address of the set of bins that go left, of which MISSING_BIN is one if missing values do. */
  #setOf(index: number, categories: Uint32Array, missingLeft: boolean): number {
    const set = this.#kernels.u32(this.#sets + SET_BYTES * index, SET_BYTES / 4);
    set.set(categories);
    if (missingLeft) set[MISSING_BIN >> 5] |= 1 << (MISSING_BIN & 31);
    return set.byteOffset;
  }

  /** Adds to the margin (f32[rows]) of every row the value of the stretch it lies in. */
  add(margins: number, stretches: readonly (Stretch & { readonly value: number })[]): void {
    this.#dispatch.run(
      'addToRows',
      stretches.flatMap((stretch) =>
        pieces(stretch).map(({ from, to }) => [margins, this.permutation, from, to, stretch.value]),
      ),
      stretches.reduce((rows, { from, to }) => rows + to - from, 0),
    );
  }
}
