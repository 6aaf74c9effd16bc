// How long a prepared one-row prediction takes beside a prepared SELECT 1, in this process and through the server.
import { encodeFrontend, encodeText } from '@pgml/protocol';
import pg from 'pg';
import { inTurns, printTable } from './measure.mjs';

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

/** PGlite's own protocol, in this process. */
export async function compareInProcess(database, features) {
  const parse = (statement, query) => encodeFrontend({ type: 'Parse', statement, query, parameterTypes: [] });
  const run = (statement, ...parameters) =>
    Buffer.concat([
      encodeFrontend({
        type: 'Bind',
        portal: '',
        statement,
        parameterFormats: [],
        parameters: parameters.map((text) => encodeText(text)),
        resultFormats: [],
      }),
      encodeFrontend({ type: 'Execute', portal: '', maximumRows: 0 }),
      encodeFrontend({ type: 'Sync' }),
    ]);
  const sync = encodeFrontend({ type: 'Sync' });
  await database.execProtocolRaw(Buffer.concat([parse('one', 'SELECT 1'), sync]));
  await database.execProtocolRaw(Buffer.concat([parse('length', 'SELECT cardinality($1::real[])'), sync]));
  await database.execProtocolRaw(Buffer.concat([parse('predict', `SELECT pgml_bridge.predict('bench', $1)`), sync]));
  const row = `{${Array.from({ length: features }, (_, index) => index / features).join(',')}}`;
  const repeat = (message) => async () => {
    for (let count = 0; count < STATEMENTS; count++) await database.execProtocolRaw(message);
  };
  const sides = {
    'SELECT 1': repeat(run('one')),
    'length of the array': repeat(run('length', row)),
    predict: repeat(run('predict', row)),
  };
  show('PGlite in this process', await inTurns(sides, 7));
}

/** The embedded server over TCP with node-postgres, one connection, and a model trained there. */
export async function compareServer(url) {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(`SELECT pgml.load_dataset('diabetes')`);
    await client.query(`SELECT pgml.train('bench', task => 'regression', relation_name => 'pgml.diabetes', y_column_name => 'target',
      algorithm => 'xgboost', hyperparams => '{"n_estimators": 100, "max_depth": 6}')`);
    const prepared = (name, text, values) => ({ name, text, values });
    const one = prepared('one', 'SELECT 1', []);
    const features = Array(10).fill(0.01);
    const length = prepared('length', 'SELECT cardinality($1::real[])', [features]);
    const predict = prepared('predict', `SELECT pgml.predict('bench', $1::real[])`, [features]);
    const repeat = (query) => async () => {
      for (let count = 0; count < STATEMENTS; count++) await client.query(query);
    };
    show(
      'Embedded server and node-postgres (CPU of all threads of both)',
      await inTurns({ 'SELECT 1': repeat(one), 'length of the array': repeat(length), predict: repeat(predict) }, 7),
    );
  } finally {
    await client.end();
  }
}
