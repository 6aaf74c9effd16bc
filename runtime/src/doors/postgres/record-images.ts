/**
 * Rows as record_send makes them, one after the other, turned into columns. All integers are big-endian.
 *
 *   for each row:  int4 number of columns, then for each column:  int4 oid of its type, int4 length (-1: NULL), the bytes
 *
 * Types: real (the 4 bytes of a float), text (UTF-8) and real[] (see array-image.ts).
 */
import type { ColumnBatch } from '@pgml/engine';
import { RuntimeError } from '../../runtime.js';
import { type ArrayImage, elementCount, FLOAT4, readElements } from './array-image.js';
import { readText } from './text.js';

const ROW_HEADER = 4;
const VALUE_HEADER = 8;
/** Rows without an array get the place of one all the same: few bytes could ask for much memory. */
const MAXIMUM_VALUES = 2 ** 26;

/** The types of columns, by their oids. */
export const columnTypes = { real: FLOAT4, text: 25, 'real[]': 1021 } as const;

const typeNames: ReadonlyMap<number, string> = new Map(Object.entries(columnTypes).map(([name, oid]) => [oid, name]));

/** What is known of a column; the rows of a dataset that come later must agree. */
export interface Column {
  readonly name: string;
  /** An oid; undefined until a row has shown it. */
  type: number | undefined;
  /** Values in a row; of an array column undefined until a row with an array has shown it. */
  width: number | undefined;
}

export interface Records {
  readonly rows: number;
  readonly batches: ColumnBatch[];
}

/** Takes the rows apart. Completes `columns`. Throws RuntimeError. */
export function readRecords(columns: readonly Column[], images: Buffer): Records {
  const view = new DataView(images.buffer, images.byteOffset, images.length);
  const count = measure(columns, view);
  checkSize(columns, count);
  const batches = columns.map((column) => newBatch(column, count));
  let at = 0;
  for (let row = 0; row < count; row++) {
    at += ROW_HEADER;
    for (let index = 0; index < columns.length; index++) {
      const length = view.getInt32(at + 4);
      at += VALUE_HEADER;
      if (length === -1) continue;
      const column = columns[index];
      const { values } = batches[index];
      if (column.type === columnTypes.real) (values as Float32Array)[row] = view.getFloat32(at);
      else if (column.type === columnTypes.text) (values as string[])[row] = readText(images.subarray(at, at + length));
      else
        readElements({ view, start: at, end: at + length }, column.width!, values as Float32Array, row * column.width!);
      at += length;
    }
  }
  return { rows: count, batches };
}

/** Counts the rows and checks everything about them but the elements of arrays, so that they can be read without looking. */
function measure(columns: readonly Column[], view: DataView): number {
  const { byteLength } = view;
  let rows = 0;
  for (let at = 0; at < byteLength; rows++) {
    if (at + ROW_HEADER > byteLength) throw invalid(rows, 'it is cut off');
    const count = view.getInt32(at);
    if (count !== columns.length) throw invalid(rows, `it has ${count} columns, but ${columns.length} have names`);
    at += ROW_HEADER;
    for (const column of columns) {
      if (at + VALUE_HEADER > byteLength) throw invalid(rows, 'it is cut off');
      const type = view.getUint32(at);
      const length = view.getInt32(at + 4);
      at += VALUE_HEADER;
      if (type !== column.type) settleType(column, type);
      if (length === -1) continue;
      if (length < 0 || length > byteLength - at) throw invalid(rows, `a value has the length ${length}`);
      if (column.type === columnTypes['real[]']) settleWidth(column, { view, start: at, end: at + length });
      else if (column.type === columnTypes.real && length !== 4) throw invalid(rows, `a real has ${length} bytes`);
      at += length;
    }
  }
  for (const { name, type, width } of columns) {
    if (type === undefined) throw typeless(name);
    if (width === undefined && rows > 0)
      throw new RuntimeError('22004', `column "${name}" has no array in its first ${rows} rows, but only NULL`, {
        hint: 'Leave such rows out, or put rows with an array first.',
      });
  }
  return rows;
}

function settleType(column: Column, type: number): void {
  if (!typeNames.has(type))
    throw new RuntimeError('42804', `column "${column.name}" cannot be pushed as it is`, {
      detail: `Its type has the oid ${type}.`,
      hint: 'Cast it to real, real[] or text.',
    });
  if (column.type !== undefined)
    throw new RuntimeError(
      '22023',
      `column "${column.name}" is ${typeNames.get(type)} after it was ${typeNames.get(column.type)}`,
    );
  column.type = type;
  if (type !== columnTypes['real[]']) column.width = 1;
}

function settleWidth(column: Column, image: ArrayImage): void {
  const width = elementCount(image);
  column.width ??= width;
  if (width !== column.width)
    throw new RuntimeError(
      '22023',
      `Mismatched array length for feature \`${column.name}\`. Expected: ${column.width} Received: ${width}`,
    );
}

function checkSize(columns: readonly Column[], rows: number): void {
  const values = rows * columns.reduce((sum, { width = 0 }) => sum + width, 0);
  if (values > MAXIMUM_VALUES)
    throw new RuntimeError('54000', `${rows} rows of ${values / rows} values are too many for one push`, {
      detail: `A push takes up to ${MAXIMUM_VALUES} values.`,
      hint: 'Push fewer rows at a time.',
    });
}

/** A batch of missing values: NaN, or null for text. An array column of which no row is known has the width 0. */
function newBatch({ name, type, width = 0 }: Column, rows: number): ColumnBatch {
  if (type === columnTypes.text)
    return { name, type: 'text', width: 1, values: new Array<string | null>(rows).fill(null) };
  return { name, type: 'real', width, values: new Float32Array(rows * width).fill(Number.NaN) };
}

const typeless = (name: string) =>
  new RuntimeError('22023', `without rows, the type of column "${name}" must be given`, {
    hint: 'Write the columns as [{"name": "x", "type": "real"}, …]; types are real, real[] and text.',
  });

const invalid = (row: number, detail: string) =>
  new RuntimeError('22P03', `row ${row + 1} is no binary image of a row`, {
    detail: `About the row: ${detail}.`,
    hint: 'Send what record_send gives for rows of the columns named.',
  });
