// How long a prepared one-row prediction takes beside a prepared SELECT 1, in this process and through the server.
import { encodeFrontend, encodeText } from '@pgml/protocol';
import pg from 'pg';
import { inTurns, printTable } from '../common/measure.mjs';

const STATEMENTS = 2000;

function show(title, taken) {
  const perSecond = ({ wall }) => Math.round((STATEMENTS / wall) * 1000).toString();
  console.log(title);
  printTable([
    ['', 'statements/s', 'CPU µs each', 'ratio to SELECT 1'],
    ...Object.entries(taken).map(([name, side]) => [
      name,
      perSecond(side),
      ((side.cpu * 1000) / STATEMENTS).toFixed(1),
      (taken['SELECT 1'].wall / side.wall).toFixed(3),
    ]),
  ]);
}

/** A row of `count` features as node-postgres sends it: numbers in text, or real[] in the binary format. */
const row = (count) => Array.from({ length: count }, (_, index) => index / count);

function binaryArray(values) {
  const bytes = Buffer.alloc(20 + 8 * values.length);
  // Dimensions, whether there are NULLs, type float4, length, lower bound; then each element with its length.
  [1, 0, 700, values.length, 1].forEach((word, index) => bytes.writeInt32BE(word, 4 * index));
  values.forEach((value, index) => {
    bytes.writeInt32BE(4, 20 + 8 * index);
    bytes.writeFloatBE(value, 24 + 8 * index);
  });
  return bytes;
}

const TEXT = 0;
const BINARY = 1;

/** PGlite's own protocol, in this process. */
export async function compareInProcess(database, features) {
  const prepare = (statement, query) =>
    database.execProtocolRaw(
      Buffer.concat([
        encodeFrontend({ type: 'Parse', statement, query, parameterTypes: [] }),
        encodeFrontend({ type: 'Sync' }),
      ]),
    );
  await prepare('one', 'SELECT 1');
  await prepare('length', 'SELECT cardinality($1::real[])');
  await prepare('predict', `SELECT pgml_bridge.predict('bench', $1)`);
  const repeat = (statement, format, ...parameters) => {
    const message = Buffer.concat([
      encodeFrontend({
        type: 'Bind',
        portal: '',
        statement,
        parameterFormats: [format],
        parameters,
        resultFormats: [],
      }),
      encodeFrontend({ type: 'Execute', portal: '', maximumRows: 0 }),
      encodeFrontend({ type: 'Sync' }),
    ]);
    return async () => {
      for (let count = 0; count < STATEMENTS; count++) await database.execProtocolRaw(message);
    };
  };
  const values = row(features);
  const text = encodeText(`{${values.join(',')}}`);
  const sides = {
    'SELECT 1': repeat('one', TEXT),
    [`length of real[${features}], text`]: repeat('length', TEXT, text),
    [`predict of real[${features}], text`]: repeat('predict', TEXT, text),
    [`length of real[${features}], binary`]: repeat('length', BINARY, binaryArray(values)),
    [`predict of real[${features}], binary`]: repeat('predict', BINARY, binaryArray(values)),
  };
  show('PGlite in this process', await inTurns(sides, 7));
}

/** The embedded server over TCP with node-postgres, one connection, and models trained there. */
export async function compareServer(url) {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const repeat = (name, text, values) => async () => {
      for (let count = 0; count < STATEMENTS; count++) await client.query({ name, text, values });
    };
    const sides = { 'SELECT 1': repeat('one', 'SELECT 1', []) };
    for (const features of [10, 28]) {
      await train(client, features);
      for (const [format, values] of [
        ['text', row(features)],
        ['binary', binaryArray(row(features))],
      ]) {
        const title = `real[${features}], ${format}`;
        sides[`length of ${title}`] = repeat(`length ${title}`, 'SELECT cardinality($1::real[])', [values]);
        sides[`predict of ${title}`] = repeat(
          `predict ${title}`,
          `SELECT pgml.predict('bench ${features}', $1::real[])`,
          [values],
        );
      }
    }
    show('Embedded server and node-postgres (CPU of all threads of both)', await inTurns(sides, 7));
  } finally {
    await client.end();
  }
}

/** A model of 100 trees for the project "bench <features>". */
async function train(client, features) {
  await client.query(`CREATE TABLE bench_${features} AS
    SELECT array_agg(random()::real) AS x, random()::real AS y FROM generate_series(1, ${1000 * features}) AS i GROUP BY i % 1000`);
  await client.query(`SELECT pgml.train('bench ${features}', task => 'regression', relation_name => 'bench_${features}',
    y_column_name => 'y', algorithm => 'xgboost', hyperparams => '{"n_estimators": 100, "max_depth": 6}')`);
}
