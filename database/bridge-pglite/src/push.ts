/**
 * pgml_bridge.push: the rows of a query, read through a cursor in the caller's snapshot and sent to the runtime in
 * column batches, which are moved to its thread, not copied.
 */
import { SqlError } from '@pgml/engine';
import type { ColumnBatch } from '@pgml/runtime';
import type { Backend } from './backend.js';
import type { Channel } from './channel.js';
import type { Interrupts } from './interrupts.js';
import { Rows, type Spi } from './spi.js';
import { Float4ArrayReader, oid, readText } from './values.js';

/** Values in a batch, about: enough that a message costs little, few enough to stop quickly. */
const BATCH_VALUES = 65536;
/** Rows of the first batch, which shows how many values the others have. */
const FIRST_ROWS = 64;
const CURSOR_NO_SCROLL = 4;

interface Column {
  readonly name: string;
  readonly type: number;
  /** Values per row; undefined for an array column until a row has shown it. */
  width: number | undefined;
}

export class Datasets {
  readonly #backend: Backend;
  readonly #spi: Spi;
  readonly #channel: Channel;
  readonly #interrupts: Interrupts;
  #lastHandle = 0;
  #pushedInTransaction = false;

  constructor(backend: Backend, spi: Spi, channel: Channel, interrupts: Interrupts) {
    this.#backend = backend;
    this.#spi = spi;
    this.#channel = channel;
    this.#interrupts = interrupts;
  }

  /** What calls have not consumed is forgotten. */
  endTransaction(): void {
    if (!this.#pushedInTransaction) return;
    this.#pushedInTransaction = false;
    this.#channel.post({ type: 'dropDatasets' });
  }

  /** Runs the query and sends its rows. Returns the handle of the dataset. */
  push(query: string): number {
    const dataset = ++this.#lastHandle;
    const deadline = this.#interrupts.deadline();
    this.#spi.connected(() => {
      const { c } = this.#backend;
      const cursor = c.SPI_cursor_open_with_args(0, this.#backend.cString(query), 0, 0, 0, 0, 1, CURSOR_NO_SCROLL);
      c.SPI_cursor_fetch(cursor, 1, FIRST_ROWS);
      let rows = new Rows(this.#backend);
      const columns = describe(this.#backend, rows);
      const reader = new BatchReader(this.#backend, columns);
      // The first batch is sent even without rows: a dataset has columns all the same.
      do {
        this.#interrupts.check(deadline);
        this.#send(dataset, reader.read(rows));
        c.SPI_freetuptable(rows.table);
        c.SPI_cursor_fetch(cursor, 1, rowsPerBatch(columns));
        rows = new Rows(this.#backend);
      } while (rows.count > 0);
      c.SPI_cursor_close(cursor);
    });
    return dataset;
  }

  #send(dataset: number, columns: ColumnBatch[]): void {
    const buffers = columns.flatMap(({ values }) =>
      values instanceof Float32Array ? [values.buffer as ArrayBuffer] : [],
    );
    this.#channel.post({ type: 'push', dataset, columns }, buffers);
    this.#pushedInTransaction = true;
  }
}

function describe(backend: Backend, { columns, description }: Rows): Column[] {
  return Array.from({ length: columns }, (_, index) => {
    const type = backend.c.SPI_gettypeid(description, index + 1);
    const name = backend.readCString(backend.c.SPI_fname(description, index + 1));
    if (type !== oid.float4 && type !== oid.text && type !== oid.float4Array)
      throw new SqlError('42804', `column "${name}" cannot be pushed as it is`, {
        hint: 'Cast it to real, real[] or text.',
      });
    return { name, type, width: type === oid.float4Array ? undefined : 1 };
  });
}

function rowsPerBatch(columns: readonly Column[]): number {
  const values = columns.reduce((sum, { width }) => sum + (width ?? 1), 0);
  return Math.max(1, Math.floor(BATCH_VALUES / Math.max(1, values)));
}

/** Takes rows of PostgreSQL apart into columns. */
class BatchReader {
  readonly #backend: Backend;
  readonly #columns: readonly Column[];
  readonly #array: Float4ArrayReader;
  /** Where heap_deform_tuple puts one row: a Datum and a bool for each column. */
  readonly #values: number;
  readonly #nulls: number;

  constructor(backend: Backend, columns: readonly Column[]) {
    this.#backend = backend;
    this.#columns = columns;
    this.#array = new Float4ArrayReader(backend);
    this.#values = backend.c.palloc(4 * columns.length);
    this.#nulls = backend.c.palloc(columns.length);
  }

  read(rows: Rows): ColumnBatch[] {
    const targets = this.#columns.map((column) => newBatch(column, rows.count));
    for (let row = 0; row < rows.count; row++) {
      this.#backend.c.heap_deform_tuple(rows.tuple(row), rows.description, this.#values, this.#nulls);
      for (let index = 0; index < targets.length; index++) {
        if (this.#backend.bytes[this.#nulls + index]) continue;
        const datum = this.#values + 4 * index;
        const target = targets[index];
        const column = this.#columns[index];
        if (column.type === oid.float4)
          (target.values as Float32Array)[row] = this.#backend.view.getFloat32(datum, true);
        else if (column.type === oid.text) (target.values as string[])[row] = this.#readText(datum);
        else targets[index] = this.#readArray(column, target, rows.count, row, datum);
      }
    }
    this.#columns.forEach(({ name, width }) => {
      if (width === undefined && rows.count > 0)
        throw new SqlError('22004', `column "${name}" has no array in its first ${rows.count} rows, but only NULL`, {
          hint: 'Leave such rows out, or put rows with an array first.',
        });
    });
    return targets;
  }

  #readText(pointer: number): string {
    return readText(this.#backend, this.#backend.word(pointer));
  }

  /** Copies an array into its place; the first one shows how much place there must be for each row. */
  #readArray(column: Column, batch: ColumnBatch, rows: number, row: number, pointer: number): ColumnBatch {
    const array = this.#array;
    array.read(this.#backend.word(pointer));
    column.width ??= array.length;
    if (array.length !== column.width)
      throw new SqlError(
        '22023',
        `Mismatched array length for feature \`${column.name}\`. Expected: ${column.width} Received: ${array.length}`,
      );
    const filled = batch.width === column.width ? batch : newBatch(column, rows);
    array.copyInto(filled.values as Float32Array, row * column.width);
    array.release();
    return filled;
  }
}

/** A batch of missing values: NaN, or null for text. */
function newBatch({ name, type, width = 0 }: Column, rows: number): ColumnBatch {
  if (type === oid.text) return { name, type: 'text', width: 1, values: new Array<string | null>(rows).fill(null) };
  return { name, type: 'real', width, values: new Float32Array(rows * width).fill(Number.NaN) };
}
