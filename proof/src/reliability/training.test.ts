// What happens when a training does not end well: it is cancelled, its worker dies or runs out of memory, it is rolled
// back. In every case the statement says so, nothing is left in the catalog, and the next statement works.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import test from 'node:test';
import pg from 'pg';
import { Database } from '../testing/database.js';
import { startServer, temporaryDirectory } from '../testing/server.js';

const fixture = (name: string): URL => {
  const runtime = createRequire(import.meta.url).resolve('@pgml/runtime');
  return new URL(`./workers/testing/${name}.js`, `file://${runtime}`);
};

const trainIris = `SELECT * FROM pgml.train('Iris', task => 'classification', relation_name => 'pgml.iris', y_column_name => 'target')`;
const emptyCatalog = `SELECT (SELECT count(*) FROM pgml.projects) + (SELECT count(*) FROM pgml.snapshots)
  + (SELECT count(*) FROM pgml.models) + (SELECT count(*) FROM pgml.files) + (SELECT count(*) FROM pgml.deployments)`;

test('a fit worker that is ended from outside fails its statement only', async (t) => {
  const database = await Database.open({ fitThread: fixture('leaving-thread') });
  t.after(() => database.close());
  await database.query(`SELECT pgml.load_dataset('iris')`);
  await database.refuses(trainIris, { code: '58000', message: /worker|thread/ });
  assert.equal(Number(await database.value(emptyCatalog)), 0);
});

test('a fit worker that runs out of memory fails its statement only', async (t) => {
  const database = await Database.open({ kernelMegabytes: 4 });
  t.after(() => database.close());
  await database.query(`
    SELECT pgml.load_dataset('iris');
    CREATE TABLE wide AS SELECT i % 2 = 0 AS label, array_agg(((i * j) % 97)::real) AS x
      FROM generate_series(1, 20000) i, generate_series(1, 60) j GROUP BY i`);
  const trainWide = `SELECT * FROM pgml.train('Wide', task => 'classification', relation_name => 'wide', y_column_name => 'label', algorithm => 'xgboost')`;
  await database.refuses(trainWide, { code: '53200', message: /memory/ });
  assert.equal(Number(await database.value(emptyCatalog)), 0);
  await database.query(trainIris);
});

test('a training that is rolled back leaves nothing, and its deployment is never seen', async (t) => {
  const database = await Database.open();
  t.after(() => database.close());
  await database.query(`SELECT pgml.load_dataset('iris'); BEGIN`);
  await database.query(trainIris);
  const predict = `SELECT pgml.predict('Iris', ARRAY[5.1, 3.5, 1.4, 0.2])`;
  assert.equal(await database.value(predict), 0);
  await database.query('ROLLBACK');
  assert.equal(Number(await database.value(emptyCatalog)), 0);
  await assert.rejects(database.query(predict), { code: '42704' });
});

test('Ctrl-C in psql stops a long training and frees its worker', async (t) => {
  if (spawnSync('psql', ['--version']).error) return t.skip('psql is not installed here');
  const directory = temporaryDirectory();
  const server = await startServer(`${directory}/data`);
  const client = new pg.Client({ connectionString: server.url });
  t.after(async () => {
    await client.end();
    await server.stop();
    fs.rmSync(directory, { recursive: true, force: true });
  });
  await client.connect();
  await client.query(`
    SELECT pgml.load_dataset('iris');
    CREATE TABLE many AS SELECT random() < 0.5 AS label, random()::real AS a, random()::real AS b, random()::real AS c
      FROM generate_series(1, 50000)`);

  const long = `SELECT * FROM pgml.train('Long', task => 'classification', relation_name => 'many', y_column_name => 'label',
    algorithm => 'xgboost', hyperparams => '{"n_estimators": 100000}')`;
  const psql = spawn('psql', [server.url, '-X', '-c', long], { stdio: ['ignore', 'pipe', 'pipe'] });
  let errors = '';
  psql.stderr.on('data', (chunk: Buffer) => {
    errors += chunk.toString();
  });
  const ended = new Promise((resolve) => psql.once('exit', resolve));
  // Time to connect and to begin to train, which takes minutes when nobody stops it.
  await new Promise((resolve) => setTimeout(resolve, 3000));
  const begun = performance.now();
  psql.kill('SIGINT');
  await ended;
  t.diagnostic(`psql returned ${Math.round(performance.now() - begun)} ms after Ctrl-C`);
  assert.match(errors, /ERROR: {2}canceling statement due to user request/);
  assert.deepEqual((await client.query({ text: emptyCatalog, rowMode: 'array' })).rows, [['0']]);
  // A worker that still trained would keep one of the two turns and a processor.
  for (let round = 0; round < 3; round++) await client.query(trainIris);
});
