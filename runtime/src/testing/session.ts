/** What tests of the runtime share. */
import assert from 'node:assert/strict';
import type { ColumnBatch, TrainResponse } from '@pgml/engine';
import type { BundledDataset } from '../datasets/bundled.js';
import { RuntimeError, type Session } from '../runtime.js';

export const never = new AbortController().signal;

/** What a promise rejects with, which must be a RuntimeError. */
export async function failure(promise: Promise<unknown>): Promise<RuntimeError> {
  const error = await promise.then(
    () => assert.fail('it did not fail'),
    (reason) => reason,
  );
  assert.ok(error instanceof RuntimeError, String(error));
  return error;
}

export interface Pushable {
  readonly batch: ColumnBatch[];
  /** As the train method wants them. */
  readonly columns: {
    name: string;
    pg_type: string;
    nullable: boolean;
    label: boolean;
    position: number;
    array: boolean;
  }[];
}

/** Rows as a bridge would push them, the last column as the label unless there is none. */
export function pushable({ columns, rows }: BundledDataset, labelled = true): Pushable {
  return {
    batch: columns.map(({ name, type }, index): ColumnBatch => {
      const values = rows.map((row) => row[index]);
      if (type === 'text') return { name, type: 'text', width: 1, values: values as (string | null)[] };
      const flat = values.map((value) => (Array.isArray(value) ? value.flat() : [value]));
      const numbers = flat.flat().map((value) => (value === null ? Number.NaN : Number(value)));
      return { name, type: 'real', width: flat[0]?.length ?? 1, values: Float32Array.from(numbers) };
    }),
    columns: columns.map(({ name, type }, index) => ({
      name,
      pg_type: type,
      nullable: true,
      label: labelled && index === columns.length - 1,
      position: index + 1,
      array: type.endsWith('[]'),
    })),
  };
}

let handles = 0;

/** Pushes and trains. `request` is what differs from the usual. */
export async function trainOn(
  session: Session,
  data: BundledDataset,
  request: Readonly<Record<string, unknown>>,
  signal: AbortSignal = never,
): Promise<{ response: TrainResponse; artifact: Uint8Array }> {
  const { batch, columns } = pushable(data, request.task !== 'clustering');
  const dataset = ++handles;
  session.pushRows(dataset, batch);
  const usual = { dataset, hyperparams: {}, seed: 42, test_size: 0.25, test_sampling: 'stratified', columns };
  const { response, result } = await session.call('train', { ...usual, ...request }, null, signal);
  return { response: response as TrainResponse, artifact: result! };
}
