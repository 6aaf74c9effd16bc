// The same predictions from three sides: PostgreSQL with pgml (native bridge), PostgreSQL with PL/Python and xgboost, and a
// Flask service with its features in Redis. A request names an entity; its features are fetched and predicted upon.
// Arguments: --seconds=3 a measurement, --rounds=3 in turns, --clients=1,5,20. Goals are printed beside what was measured.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { exportXgboost, readArtifact } from '@pgml/engine';
import { startDatabases } from '../common/database.mjs';
import { median, printTable, quantile } from '../common/measure.mjs';
import { pgbench } from '../common/pgbench.mjs';
import { cpuOf, memoryOf } from '../common/processes.mjs';
import { programsAreThere } from '../common/programs.mjs';
import { gunicorn, python, startRedis, startService } from './service.mjs';

const ENTITIES = 10_000;
const FEATURES = 10;
const TREES = 25;
const GOALS = { service: 20, plpython: 3, first: 50, memory: 7 };

const text = { type: 'string' };
const { values: options } = parseArgs({ options: { seconds: text, rounds: text, clients: text } });
const CLIENTS = (options.clients ?? '1,5,20').split(',').map(Number);
const seconds = Number(options.seconds ?? 3);
const rounds = Number(options.rounds ?? 3);

const names = Array.from({ length: FEATURES }, (_, feature) => `x${feature}`);
const row = `ARRAY[${names.join(', ')}]`;
const run = promisify(execFile);

/** A table of entities, and a model of the project "bench" that was trained on it. */
async function prepare(database) {
  const columns = names.map((name) => `${name} real NOT NULL`).join(', ');
  await database.query(`CREATE TABLE entities (id integer PRIMARY KEY, ${columns}, y real NOT NULL)`);
  await database.query(`SELECT setseed(0.5)`);
  await database.query(`INSERT INTO entities
    SELECT id, ${names.map(() => 'random()').join(', ')}, 0 FROM generate_series(1, ${ENTITIES}) AS id`);
  await database.query(`UPDATE entities SET y = x0 + x1 * x2 + sin(6 * x3) + 0.1 * x4 * x5`);
  await database.query(`CREATE VIEW training AS SELECT ${row} AS x, y FROM entities`);
  await database.query(`SELECT pgml.train('bench', task => 'regression', relation_name => 'training', y_column_name => 'y',
    algorithm => 'xgboost', hyperparams => '{"n_estimators": ${TREES}, "max_depth": 6}')`);
  await database.query('VACUUM ANALYZE entities');
}

/** The model is loaded once per connection and kept in GD, PL/Python's dictionary for that; xgboost uses one thread. */
const plpython = (model) => `
  CREATE EXTENSION plpython3u;
  CREATE FUNCTION python_predict(features real[]) RETURNS real LANGUAGE plpython3u AS $python$
    if "booster" not in GD:
        import numpy
        import xgboost
        GD["numpy"] = numpy
        GD["booster"] = xgboost.Booster({"nthread": 1})
        GD["booster"].load_model("${model}")
        GD["booster"].set_param({"nthread": 1})
    rows = GD["numpy"].array([features], dtype=GD["numpy"].float32)
    return float(GD["booster"].inplace_predict(rows)[0])
  $python$`;

const entityScript = (prediction) =>
  `\\set id random(1, ${ENTITIES})\nSELECT ${prediction} FROM entities WHERE id = :id;\n`;

async function http({ port, processes, clients, seconds }) {
  const script = path.join(import.meta.dirname, 'http-load.mjs');
  const before = cpuOf(processes);
  const { stdout } = await run(process.execPath, [script, port, clients, seconds, ENTITIES].map(String), {
    maxBuffer: 2 ** 28,
  });
  const serverCpu = cpuOf(processes) - before;
  const { requests, perSecond, errors, latencies, clientCpu } = JSON.parse(stdout);
  assert.equal(errors, 0, 'the service failed');
  return {
    perSecond,
    latencies,
    serverCpu: (1000 * serverCpu) / requests,
    clientCpu: (1000 * clientCpu) / requests,
  };
}

/** Both ways of giving xgboost a row, for a second each: the faster one is the service that is compared with. */
async function fastestService(folder, model, redis) {
  const speeds = {};
  for (const input of ['inplace', 'DMatrix', 'inplace', 'DMatrix']) {
    const service = await startService({ folder, model, redis, input });
    const { port, pid } = service;
    speeds[input] = (await http({ port, processes: [pid], clients: 5, seconds: 1 })).perSecond;
    await service.stop();
  }
  const input = speeds.inplace > speeds.DMatrix ? 'inplace' : 'DMatrix';
  return { input, service: await startService({ folder, model, redis, input }) };
}

/** All three sides agree on the first 100 entities, to 1e-5 of the predicted value. */
async function checkPredictions(database, service) {
  const answers =
    await database.query(`SELECT id, pgml.predict('bench', ${row}) AS ours, python_predict(${row}) AS python
    FROM entities WHERE id <= 100 ORDER BY id`);
  for (const { id, ours, python: theirs } of answers) {
    const served = await service.predict(id);
    for (const other of [theirs, served])
      assert.ok(Math.abs(ours - other) <= 1e-5 * Math.max(1, Math.abs(ours)), `entity ${id}: ${ours} and ${other}`);
  }
}

/** Rounds of all sides in turns, for each number of clients; side → clients → list of measurements. */
async function measureThroughput(sides) {
  const results = Object.fromEntries(
    Object.keys(sides).map((side) => [side, Object.fromEntries(CLIENTS.map((clients) => [clients, []]))]),
  );
  for (let round = -1; round < rounds; round++)
    for (const clients of CLIENTS)
      for (const [side, { load }] of Object.entries(sides)) {
        const answer = await load(clients, round < 0 ? 1 : seconds);
        // The first round warms up.
        if (round >= 0) results[side][clients].push(answer);
      }
  return results;
}

function printThroughput(results) {
  const speed = (side, clients) => median(results[side][clients].map(({ perSecond }) => perSecond));
  const rows = [['', 'requests/s', 'median ms', 'p99 ms', 'server CPU µs', 'client CPU µs', 'pgml / it', 'goal']];
  for (const clients of CLIENTS)
    for (const [side, byClients] of Object.entries(results)) {
      const rounds = byClients[clients];
      const of = (field) => median(rounds.map((one) => one[field]));
      const latencies = rounds.flatMap((one) => one.latencies);
      const goal = { 'Flask and Redis': `≥ ${GOALS.service}`, 'PL/Python': `≥ ${GOALS.plpython}` }[side] ?? '';
      rows.push([
        `${clients} client${clients > 1 ? 's' : ''}, ${side}`,
        speed(side, clients).toFixed(0),
        quantile(latencies, 0.5)?.toFixed(2) ?? 'none seen',
        quantile(latencies, 0.99)?.toFixed(2) ?? 'none seen',
        of('serverCpu').toFixed(0),
        of('clientCpu').toFixed(0),
        (speed('pgml', clients) / speed(side, clients)).toFixed(1),
        goal,
      ]);
    }
  printTable(rows);
}

/** Milliseconds of the first prediction of a fresh connection, the connecting left out. */
async function measureFirst(database, predictions) {
  const taken = Object.fromEntries(Object.keys(predictions).map((side) => [side, []]));
  for (let round = 0; round < 7; round++)
    for (const [side, prediction] of Object.entries(predictions)) {
      const client = await database.connect();
      const begun = performance.now();
      await client.query(`SELECT ${prediction} FROM entities WHERE id = ${round + 1}`);
      taken[side].push(performance.now() - begun);
      await client.end();
    }
  return Object.fromEntries(Object.entries(taken).map(([side, list]) => [side, median(list)]));
}

/** Megabytes while the most clients are connected and ask. */
async function measureMemory({ load, processes }) {
  let memory = 0;
  const look = setInterval(() => (memory = Math.max(memory, memoryOf(processes))), 500);
  await load(Math.max(...CLIENTS), 2);
  clearInterval(look);
  return memory;
}

function printMemory(memory, runtime) {
  const service = memory['Flask and Redis'];
  const plain = memory['PostgreSQL, fetching the row alone'];
  const rows = [[`MB with ${Math.max(...CLIENTS)} clients, proportional set size`, '', 'service / it', 'goal']];
  const add = (what, megabytes, goal = '') =>
    rows.push([what, megabytes.toFixed(0), (service / megabytes).toFixed(1), goal]);
  for (const [side, megabytes] of Object.entries(memory)) add(side, megabytes);
  add('pgml and the runtime, which these predictions do not need', memory.pgml + runtime);
  add('what pgml adds to PostgreSQL', Math.max(1, memory.pgml - plain));
  add(
    'what pgml adds to PostgreSQL, runtime included',
    Math.max(1, memory.pgml + runtime - plain),
    `≥ ${GOALS.memory}`,
  );
  printTable(rows);
}

async function compare(folder) {
  const host = await startDatabases(['native']);
  const database = host?.databases.native;
  const started = host ? [host] : [];
  try {
    if (!database) return;
    await prepare(database);
    const [{ artifact, rows }] =
      await database.query(`SELECT pgml.model_artifact(pgml.deployed_model('bench')) AS artifact,
      (SELECT json_agg(${row} ORDER BY id) FROM entities) AS rows`);
    const model = path.join(folder, 'model.json');
    fs.writeFileSync(model, exportXgboost(readArtifact(Uint8Array.from(artifact)).block));
    await database.query(plpython(model));
    const redis = await startRedis(
      folder,
      rows.map((values) => Float32Array.from(values)),
    );
    started.push(redis);
    const { input, service } = await fastestService(folder, model, redis);
    started.push(service);
    await checkPredictions(database, service);

    const prediction = { pgml: `pgml.predict('bench', ${row})`, 'PL/Python': `python_predict(${row})` };
    const expressions = { ...prediction, 'the row alone': row };
    const inDatabase = (side, warmup) => {
      const processes = [host.postmaster];
      const script = entityScript(expressions[side]);
      return {
        processes,
        load: (clients, seconds) =>
          pgbench({ url: database.url, script, clients, seconds, warmup: warmup(clients), processes }),
      };
    };
    const processes = [service.pid, redis.pid];
    const { port } = service;
    const sides = {
      pgml: inDatabase('pgml', () => 0.5),
      // Each connection imports xgboost first.
      'PL/Python': inDatabase('PL/Python', (clients) => 1 + 0.6 * clients),
      'Flask and Redis': { processes, load: (clients, seconds) => http({ port, processes, clients, seconds }) },
    };
    console.log(
      `${ENTITIES} entities, ${TREES} trees of depth 6, ${FEATURES} features; the service takes rows by ${input}; ` +
        `medians of ${rounds} rounds of ${seconds} s in turns; CPU is per request`,
    );
    printThroughput(await measureThroughput(sides));

    const first = await measureFirst(database, prediction);
    const firstRatio = (first['PL/Python'] / first.pgml).toFixed(0);
    console.log(
      `first prediction of a fresh connection: pgml ${first.pgml.toFixed(2)} ms, PL/Python ${first['PL/Python'].toFixed(0)} ms: ${firstRatio} times as long (goal: at least ${GOALS.first})`,
    );

    // Before pgml's, so that what both have read of the table is there already.
    const plain = inDatabase('the row alone', () => 0.5);
    const memory = { 'PostgreSQL, fetching the row alone': await measureMemory(plain) };
    for (const [side, measured] of Object.entries(sides)) memory[side] = await measureMemory(measured);
    printMemory(memory, memoryOf([host.runtime.pid]));
  } finally {
    for (const one of started.reverse()) await one.stop();
  }
}

const programs = [
  { command: ['pgbench', '--version'], packages: 'postgresql-contrib' },
  { command: ['redis-server', '--version'], packages: 'redis-server' },
  { command: [python, gunicorn, '--version'], packages: 'gunicorn' },
  { command: [python, '-c', 'import flask, redis, xgboost'], packages: 'python3-flask python3-redis python3-xgboost' },
];
if (programsAreThere(programs)) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'pgml-microservice-'));
  fs.chmodSync(folder, 0o755);
  try {
    await compare(folder);
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}
