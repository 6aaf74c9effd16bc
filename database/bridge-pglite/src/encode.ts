/** A row of SQL, as jsonb, turned into a model's features. */
import { encodeRow } from '@pgml/engine';
import type { Backend } from './backend.js';
import type { LoadedModel } from './models.js';
import { makeFloat4Array, readJsonb } from './values.js';

/** The features of the jsonb `row` for `model`, as a real[] Datum. */
export function encode(backend: Backend, model: LoadedModel, row: number): number {
  return makeFloat4Array(backend, encodeRow(model.header, readJsonb(backend, row)));
}
