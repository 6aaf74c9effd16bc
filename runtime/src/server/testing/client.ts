/** A client of a whole runtime, over the PostgreSQL door. */
import assert from 'node:assert/strict';
import { TestClient } from '../../doors/postgres/testing/client.js';
import { arrayImage, bytea, recordImage } from '../../doors/postgres/testing/images.js';
import type { Endpoint } from '../endpoints.js';

export const PASSWORD = 'secret';

export const portOf = (endpoints: readonly Endpoint[]): number => (endpoints[0].address as { port: number }).port;

export const connect = (endpoints: readonly Endpoint[], password = PASSWORD): Promise<TestClient> =>
  TestClient.connect(portOf(endpoints), { password });

const FEATURES = 4;

/** Pushes rows of `width` features and a label, and trains; what is answered to the training. */
export async function train(client: TestClient, rows: number, trees: number, width = FEATURES) {
  const value = (row: number, column: number) => ((row + 1) * (column + 3) * 7919) % 101;
  const images = Array.from({ length: rows }, (_, row) =>
    recordImage([Array.from({ length: width }, (_, column) => value(row, column)), value(row, width)]),
  );
  const transaction = `'${rows}/${trees}'`;
  await client.rows(`SELECT push(1, ${transaction}, '["x", "y"]', ${bytea(Buffer.concat(images))})`);
  const request = {
    dataset: 1,
    task: 'regression',
    algorithm: 'xgboost',
    hyperparams: { n_estimators: trees },
    seed: 1,
    test_size: 0.25,
    test_sampling: 'last',
    columns: ['x', 'y'].map((name, index) => ({
      name,
      pg_type: index === 0 ? 'real[]' : 'real',
      nullable: false,
      label: index === 1,
      position: index + 1,
      array: index === 0,
    })),
  };
  return client.query(`SELECT * FROM call('train', '${JSON.stringify(request)}', NULL, ${transaction})`);
}

/** Trains a model and loads it; its digest as a literal. */
export async function loadModel(client: TestClient, trees = 5): Promise<string> {
  const { rows, error } = await train(client, 200, trees);
  assert.equal(error, undefined, error?.message);
  const [[digest]] = await client.rows(`SELECT load('${rows[0][1]}')`);
  return `'${digest}'`;
}

/** A prediction of one row. */
export const predictOne = (model: string): string =>
  `SELECT predict(${model}, 'values', 'true', ${bytea(arrayImage(new Array<number>(FEATURES).fill(1)))})`;

/** A call that predicts many rows; the answer is bytea. */
export function predictMany(model: string, rows: number): string {
  const features = Buffer.from(new Float32Array(rows * FEATURES).fill(2).buffer);
  const request = { model: model.slice(3, -1), output: 'values', one: false, nulls: 0 };
  return `SELECT * FROM call('predict', '${JSON.stringify(request)}', ${bytea(features)}, NULL)`;
}
