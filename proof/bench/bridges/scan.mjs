// All rows of a table: the native bridge beside a loop written by hand in C, and both bridges through the runtime in batches.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { inTurns, printTable } from '../common/measure.mjs';
import { cpuOf } from '../common/processes.mjs';

const ROWS = 100_000;
const BATCH = 1000;
/** Row by row over dblink is too slow for all of them. */
const FEW = 2000;

/** Compiles c_loop.c where the server can read it; undefined, with a message, where it cannot be. */
function compileLoop(folder) {
  const library = path.join(folder, 'c_loop.so');
  const source = path.join(import.meta.dirname, 'c_loop.c');
  try {
    const include = execFileSync('pg_config', ['--includedir-server'], { encoding: 'utf8' }).trim();
    const flags = ['-O2', '-fPIC', '-shared', `-I${include}`, '-o', library, source];
    execFileSync('cc', flags, { stdio: ['ignore', 'ignore', 'pipe'], encoding: 'utf8' });
    return library;
  } catch (error) {
    console.log(`without the loop in C: ${error.stderr || error.message}`);
    return undefined;
  }
}

async function prepareLoop(client, folder, block) {
  const library = compileLoop(folder);
  if (!library) return false;
  const file = path.join(folder, 'block');
  fs.writeFileSync(file, block);
  const make = (signature) => `CREATE FUNCTION ${signature} LANGUAGE c STRICT AS '${library}';`;
  await client.query(`${make('c_load(text) RETURNS void')} ${make('c_predict(real[]) RETURNS real')}
    ${make('c_predict_plainly(real[]) RETURNS real')}
    ${make('c_pack(real[]) RETURNS bytea')} SELECT c_load('${file}')`);
  return true;
}

const batches = (columns) => `(SELECT ${columns} FROM scanned GROUP BY id / ${BATCH}) AS batches`;

export async function compareScan({ databases, postmaster, runtime }, block, features, folder, rounds) {
  const sides = {};
  const sums = {};
  const add = (name, client, sql, rows = ROWS) => {
    sides[name] = async () => {
      const answer = await client.query(sql);
      sums[name] = { rows, sum: answer.rows[0].sum };
    };
  };
  for (const [bridge, { client }] of Object.entries(databases)) {
    for (const statement of [
      'SET max_parallel_workers_per_gather = 0',
      'SET jit = off',
      'SELECT setseed(0.5)',
      `CREATE TABLE scanned AS SELECT i / ${features} AS id, array_agg(random()::real) AS x
        FROM generate_series(0, ${ROWS * features - 1}) AS i GROUP BY 1`,
      'VACUUM ANALYZE scanned',
    ])
      await client.query(statement);
    const batch = `SELECT sum(prediction::float8) FROM ${batches(`pgml_bridge.predict_batch('bench', array_agg(x)) AS answers`)}, unnest(answers) AS prediction`;
    if (bridge === 'native') {
      if (await prepareLoop(client, folder, block)) {
        add('loop in C, four trees at once', client, 'SELECT sum(c_predict(x)::float8) FROM scanned');
        add('loop in C, tree by tree', client, 'SELECT sum(c_predict_plainly(x)::float8) FROM scanned');
        await client.query(`SELECT pgml_bridge.call('load', '{}', pgml.model_artifact(pgml.deployed_model('bench')))`);
        const request = `jsonb_build_object('model', encode(pgml.model_digest(pgml.deployed_model('bench')), 'hex'), 'output', 'values', 'one', false, 'nulls', 0)`;
        add(
          `native, runtime over the socket, ${BATCH} rows a call`,
          client,
          `SELECT sum(octet_length(result)) FROM ${batches(`string_agg(c_pack(x), '') AS payload`)}, pgml_bridge.call('predict', ${request}, payload)`,
        );
      }
      add('native, pgml.predict', client, `SELECT sum(pgml.predict('bench', x)::float8) FROM scanned`);
      add(`native, predict_batch of ${BATCH} rows`, client, batch);
      add('scan that only looks at the array', client, 'SELECT sum(cardinality(x)::float8) FROM scanned');
    } else {
      add(`dblink, predict_batch of ${BATCH} rows`, client, batch);
      const few = `SELECT sum(pgml.predict('bench', x)::float8) FROM (SELECT x FROM scanned LIMIT ${FEW}) AS few`;
      add('dblink, pgml.predict', client, few, FEW);
    }
  }
  const taken = await inTurns(sides, rounds, () => cpuOf([postmaster, runtime.pid]));
  const loop = sums['loop in C, tree by tree'];
  const ours = sums['native, pgml.predict'];
  if (loop && ours) assert.ok(Math.abs(loop.sum - ours.sum) < 1e-4 * ROWS, `${loop.sum} is not ${ours.sum}`);
  const perRow = (name, kind) => (1000 * taken[name][kind]) / sums[name].rows;
  printTable([
    [`${ROWS} rows of real[${features}]`, 'wall µs/row', 'CPU µs/row', 'to the plain loop', 'goal'],
    ...Object.keys(sides).map((name) => [
      name,
      perRow(name, 'wall').toFixed(2),
      perRow(name, 'cpu').toFixed(2),
      loop ? (perRow(name, 'wall') / perRow('loop in C, tree by tree', 'wall')).toFixed(2) : '',
      { 'native, pgml.predict': '≤ 1.3', [`dblink, predict_batch of ${BATCH} rows`]: '≤ 15 µs' }[name] ?? '',
    ]),
  ]);
}
