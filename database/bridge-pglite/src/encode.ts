/** A row of SQL, as jsonb, turned into a model's features. */
import { encodeRow, SqlError } from '@pgml/engine';
import type { Backend } from './backend.js';
import type { LoadedModel } from './models.js';
import { makeFloat4Array, readJsonb } from './values.js';

/** The features of the jsonb `row` for `model`, as a real[] Datum. */
export function encode(backend: Backend, model: LoadedModel, row: number): number {
  const fields = readJsonb(backend, row);
  if (typeof fields !== 'object' || fields === null || Array.isArray(fields))
    throw new SqlError(
      '22023',
      `a row must be a JSON object, not ${Array.isArray(fields) ? 'an array' : JSON.stringify(fields)}`,
      {
        hint: 'to_jsonb(row) makes one of a row.',
      },
    );
  return makeFloat4Array(backend, encodeRow(model.header, fields as Record<string, unknown>));
}
