/** Rows on their way from a table to a fit: batches of columns, kept as they came. */
import { InputError } from '../errors.js';

/** One column of a batch of rows. `real` holds `width` values per row, row-major, NaN for NULL. */
export type ColumnBatch =
  | { readonly name: string; readonly type: 'real'; readonly width: number; readonly values: Float32Array }
  | { readonly name: string; readonly type: 'text'; readonly width: 1; readonly values: readonly (string | null)[] };

export interface RealColumn {
  readonly type: 'real';
  readonly width: number;
  readonly chunks: Float32Array[];
}

/** Strings by number: 0 is NULL, n is `dictionary[n - 1]`. The dictionary is in order of first appearance. */
export interface TextColumn {
  readonly type: 'text';
  readonly width: 1;
  readonly dictionary: string[];
  readonly chunks: Uint32Array[];
}

export type Column = RealColumn | TextColumn;

/** What a fit gets. Chunks may lie in other buffers than they were pushed in; each has its buffer to itself. */
export interface Table {
  readonly rows: number;
  readonly columns: readonly Column[];
}

/** Collects batches. The arrays of a batch are given away: the caller must not write to them afterwards. */
export class Dataset {
  #rows = 0;
  #bytes = 0;
  #columns: Column[] = [];
  #codes: Map<string, number>[] = [];

  /** Bytes held, the dictionaries' strings at two bytes a character. */
  get bytes(): number {
    return this.#bytes;
  }

  get rows(): number {
    return this.#rows;
  }

  /** Throws InputError if the batch does not fit the batches before it; the dataset is useless afterwards. */
  append(batch: readonly ColumnBatch[]): void {
    if (this.#columns.length === 0) this.#begin(batch);
    if (batch.length !== this.#columns.length)
      throw new InputError('22023', `a batch has ${batch.length} columns, those before it had ${this.#columns.length}`);
    const rows = batch.length === 0 ? 0 : batch[0].values.length / batch[0].width;
    batch.forEach((part, index) => {
      const column = this.#columns[index];
      if (part.type !== column.type)
        throw new InputError('22023', `column "${part.name}" is ${part.type} after it was ${column.type}`);
      if (part.width !== column.width)
        throw new InputError(
          '22023',
          `Mismatched array length for feature \`${part.name}\`. Expected: ${column.width} Received: ${part.width}`,
        );
      if (part.values.length !== rows * part.width)
        throw new InputError('22023', `column "${part.name}" has ${part.values.length / part.width} of ${rows} rows`);
      if (part.type === 'real') this.#appendReal(column as RealColumn, part.values);
      else this.#appendText(column as TextColumn, this.#codes[index], part.values);
    });
    this.#rows += rows;
  }

  #begin(batch: readonly ColumnBatch[]): void {
    this.#columns = batch.map((part): Column => {
      if (part.type === 'text') return { type: 'text', width: 1, dictionary: [], chunks: [] };
      if (!Number.isInteger(part.width) || part.width < 1)
        throw new InputError('22023', `column "${part.name}" is an array without elements`);
      return { type: 'real', width: part.width, chunks: [] };
    });
    this.#codes = batch.map(() => new Map());
  }

  #appendReal(column: RealColumn, values: Float32Array): void {
    // A view of part of a buffer, or of shared memory, is copied: chunks are handed to other threads by themselves.
    const whole = values.buffer instanceof ArrayBuffer && values.byteLength === values.buffer.byteLength;
    const own = whole ? values : values.slice();
    column.chunks.push(own);
    this.#bytes += own.byteLength;
  }

  #appendText(column: TextColumn, codes: Map<string, number>, values: readonly (string | null)[]): void {
    const chunk = new Uint32Array(values.length);
    values.forEach((value, row) => {
      if (value === null) return;
      let code = codes.get(value);
      if (code === undefined) {
        codes.set(value, (code = column.dictionary.push(value)));
        this.#bytes += value.length * 2;
      }
      chunk[row] = code;
    });
    column.chunks.push(chunk);
    this.#bytes += chunk.byteLength;
  }

  /** The rows collected. The dataset is empty afterwards. */
  take(): Table {
    const table = { rows: this.#rows, columns: this.#columns };
    this.#rows = 0;
    this.#bytes = 0;
    this.#columns = [];
    this.#codes = [];
    return table;
  }
}

/** The buffers of a table, to be handed to another thread without copying. */
export function buffersOf(table: Table): ArrayBuffer[] {
  return table.columns.flatMap((column) =>
    (column.chunks as (Float32Array | Uint32Array)[]).map((chunk) => chunk.buffer as ArrayBuffer),
  );
}

/** Calls `visit` with every number of the column in storage order: rows, and within a row the elements of an array. */
export function forEachValue(column: Column, visit: (value: number, position: number) => void): void {
  let position = 0;
  for (const chunk of column.chunks) for (let i = 0; i < chunk.length; i++) visit(chunk[i], position++);
}
