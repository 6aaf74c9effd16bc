/** The datasets that one connection has pushed, and what is known of their columns. */
import { choice, list, record, text } from '../../input.js';
import type { Session } from '../../runtime.js';
import { type Column, columnTypes, readRecords } from './record-images.js';

/** Columns of that many datasets are remembered, for pushes that go on with them. */
const REMEMBERED = 1024;

const readDescription = record({ name: text, type: choice(['real', 'text', 'real[]'] as const) });

export class PushedDatasets {
  readonly #session: Session;
  readonly #columns = new Map<number, Column[]>();

  constructor(session: Session) {
    this.#session = session;
  }

  /** Appends rows, as images of records, to a dataset. Returns how many. */
  push(dataset: number, names: unknown, images: Buffer): number {
    const columns = this.#columns.get(dataset) ?? newColumns(names);
    const { rows, batches } = readRecords(columns, images);
    this.#remember(dataset, columns);
    this.#session.pushRows(dataset, batches);
    return rows;
  }

  drop(): void {
    if (this.#columns.size === 0) return;
    this.#columns.clear();
    this.#session.dropDatasets();
  }

  /** The dataset pushed to last is the last in the map. */
  #remember(dataset: number, columns: Column[]): void {
    this.#columns.delete(dataset);
    this.#columns.set(dataset, columns);
    if (this.#columns.size > REMEMBERED) this.#columns.delete(this.#columns.keys().next().value!);
  }
}

/** From a list of names, or of objects with a name and a type. */
function newColumns(given: unknown): Column[] {
  const describe = (value: unknown, path: string): Column => {
    if (typeof value === 'string') return { name: value, type: undefined, width: undefined };
    const { name, type } = readDescription(value, path);
    return { name, type: columnTypes[type], width: type === 'real[]' ? undefined : 1 };
  };
  return list(describe)(given, 'columns');
}
