/** The rows a session has pushed and not used yet. */
import { type ColumnBatch, Dataset, type Table } from '@pgml/engine';
import { RuntimeError } from '../runtime.js';

const MEGABYTE = 2 ** 20;

export class PushedDatasets {
  readonly #limit: number;
  /** A dataset that could not be taken is its error from then on. */
  readonly #datasets = new Map<number, Dataset | Error>();

  constructor(megabytes: number) {
    this.#limit = megabytes * MEGABYTE;
  }

  push(handle: number, columns: readonly ColumnBatch[]): void {
    const dataset = this.#datasets.get(handle) ?? new Dataset();
    if (dataset instanceof Error) return;
    this.#datasets.set(handle, dataset);
    try {
      dataset.append(columns);
      const bytes = this.#bytes();
      if (bytes > this.#limit)
        throw new RuntimeError('54000', `the rows to train on take more than ${this.#limit / MEGABYTE} MB`, {
          detail: `There were ${dataset.rows} rows when the limit was reached.`,
          hint: 'Train on fewer rows or columns, or raise the limit: --dataset-memory of pgml runtime.',
        });
    } catch (error) {
      this.#datasets.set(handle, error as Error);
    }
  }

  /** The rows pushed under this handle, which is then free. Throws what went wrong with them. */
  take(handle: number): Table {
    const dataset = this.#datasets.get(handle);
    this.#datasets.delete(handle);
    if (dataset instanceof Error) throw dataset;
    if (!dataset)
      throw new RuntimeError('22023', `there are no rows under the dataset handle ${handle}`, {
        hint: 'A dataset is used once, in the transaction that pushed it.',
      });
    return dataset.take();
  }

  drop(): void {
    this.#datasets.clear();
  }

  #bytes(): number {
    let bytes = 0;
    for (const dataset of this.#datasets.values()) if (dataset instanceof Dataset) bytes += dataset.bytes;
    return bytes;
  }
}
