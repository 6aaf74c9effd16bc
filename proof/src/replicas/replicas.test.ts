/** Growing past one machine: a streaming standby that predicts, and several runtimes behind one address. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import pg from 'pg';
import { type BridgeName, bridges, createBridgedDatabase } from '../testing/bridged-database.js';
import { type Postgres, startPostgres } from '../testing/postgres.js';
import { RuntimeProcess } from '../testing/runtime-process.js';
import { temporaryDirectory } from '../testing/server.js';
import { startRoundRobin } from './round-robin.js';
import { caughtUp, type Standby, startStandby } from './standby.js';

const FLOWER = 'ARRAY[5.1, 3.5, 1.4, 0.2]::real[]';
const predict = `SELECT pgml.predict('iris', ${FLOWER}) AS answer`;
const probabilities = `SELECT pgml.predict_proba('iris', ${FLOWER}) AS answer`;
const train = (algorithm: string) =>
  `SELECT deployed FROM pgml.train('iris', task => 'classification', relation_name => 'pgml.iris', y_column_name => 'target',
    algorithm => '${algorithm}')`;
const deployLatest = `SELECT algorithm FROM pgml.deploy('iris', 'most_recent')`;

async function answer(client: pg.Client, sql: string): Promise<unknown> {
  const { rows } = await client.query<{ answer: unknown }>(sql);
  return rows[0].answer;
}

async function connect(url: string): Promise<pg.Client> {
  const client = new pg.Client(url);
  client.on('error', () => {});
  await client.connect();
  return client;
}

/**
 * Both servers are on one machine here. A service of libpq, which each finds in a file of its own, is what 127.0.0.1 or a
 * name in /etc/hosts would be on two: the same words in the catalog, that mean another runtime.
 */
const services = temporaryDirectory();
fs.chmodSync(services, 0o755);
const serviceFile = (server: string) => path.join(services, `${server}.conf`);
const service = (port: number) => `[runtime]\nhost=127.0.0.1\nport=${port}\nuser=pgml\ndbname=pgml\n`;

process.env.PGSERVICEFILE = serviceFile('primary');
const primary = await startPostgres();
if ('missing' in primary) test('replicas', { skip: primary.missing }, () => {});
else testReplicas(primary);

function testReplicas(primary: Postgres): void {
  let runtime: RuntimeProcess;
  let standby: Standby;
  const urls: Partial<Record<BridgeName, string>> = {};
  const missing: Partial<Record<BridgeName, string>> = {};

  before(async () => {
    runtime = await RuntimeProcess.start();
    for (const bridge of bridges) {
      const made = await createBridgedDatabase(primary, bridge, runtime);
      if (typeof made === 'string') urls[bridge] = made;
      else missing[bridge] = made.missing;
    }
    process.env.PGSERVICEFILE = serviceFile('standby');
    standby = await startStandby(primary);
    delete process.env.PGSERVICEFILE;
  });
  after(async () => {
    await standby?.stop();
    await primary.stop();
    await runtime?.stop();
    fs.rmSync(services, { recursive: true, force: true });
  });

  for (const bridge of bridges)
    test(`a standby predicts over ${bridge}, and follows deployments`, async (context) => {
      const url = urls[bridge];
      if (url === undefined) return context.skip(missing[bridge]);
      const writer = await connect(url);
      const reader = await connect(standby.url(bridge));
      try {
        await writer.query(`SELECT pgml.load_dataset('iris')`);
        await writer.query(train('xgboost'));
        await caughtUp(writer, reader);
        assert.equal(await answer(reader, predict), 0);
        const first = await answer(writer, probabilities);
        assert.deepEqual(await answer(reader, probabilities), first);

        // The same session of the standby sees the next deployment as soon as it has been replayed.
        await writer.query(train('linear'));
        await writer.query(deployLatest);
        await caughtUp(writer, reader);
        const second = await answer(writer, probabilities);
        assert.notDeepEqual(second, first);
        assert.deepEqual(await answer(reader, probabilities), second);

        // Nothing of prediction writes; training does, and says so.
        await assert.rejects(reader.query(train('linear')), { code: '25006' });
        assert.equal(await answer(reader, predict), 0);
      } finally {
        await Promise.all([writer.end(), reader.end()]);
      }
    });

  test('a standby over native predicts without any runtime', async (context) => {
    if (urls.native === undefined) return context.skip(missing.native);
    const elsewhere = path.join(runtime.directory, 'pgml.sock.gone');
    fs.renameSync(runtime.socket, elsewhere);
    const reader = await connect(standby.url('native'));
    try {
      assert.equal(await answer(reader, predict), 0);
    } finally {
      await reader.end();
      fs.renameSync(elsewhere, runtime.socket);
    }
  });

  test('a standby over dblink predicts with a runtime of its own', async () => {
    const own = await RuntimeProcess.start();
    fs.writeFileSync(serviceFile('primary'), service(runtime.port));
    fs.writeFileSync(serviceFile('standby'), service(own.port));
    const [writer, reader] = [await connect(urls.dblink!), await connect(standby.url('dblink'))];
    try {
      const [{ parameters }] = (await writer.query('SELECT parameters FROM pgml_bridge.connection')).rows;
      const password = decodeURIComponent(new URL(runtime.url).password);
      await writer.query('UPDATE pgml_bridge.connection SET parameters = $1', [
        `service=runtime password='${password}'`,
      ]);
      await caughtUp(writer, reader);
      assert.equal(await answer(reader, predict), 0);
      assert.equal(await answer(writer, predict), 0);
      await own.stop();
      await assert.rejects(answer(reader, predict), { code: /^08/ });
      assert.equal(await answer(writer, predict), 0);
      await writer.query('UPDATE pgml_bridge.connection SET parameters = $1', [parameters]);
    } finally {
      await Promise.all([writer.end(), reader.end()]);
      await own.stop();
    }
  });

  test('several runtimes behind one address share the sessions of dblink, and one may die', async () => {
    const second = await RuntimeProcess.start();
    const address = await startRoundRobin([runtime.port, second.port]);
    const clients: pg.Client[] = [];
    try {
      const owner = await connect(urls.dblink!);
      clients.push(owner);
      const connection = runtime.url.replace(`:${runtime.port}/`, `:${address.port}/`);
      await owner.query('UPDATE pgml_bridge.connection SET parameters = $1', [connection]);
      for (let count = 0; count < 4; count++) clients.push(await connect(urls.dblink!));
      const sessions = clients.slice(1);
      for (const client of sessions) assert.equal(await answer(client, predict), 0);
      assert.ok(Math.min(...address.served) > 0, `connections: ${address.served.join(', ')}`);
      // A training's rows and its request meet in the same runtime, because a connection stays with one.
      await Promise.all(
        sessions.map((client, index) => client.query(train('linear').replace(`'iris'`, `'iris ${index}'`))),
      );

      await second.stop();
      for (const client of sessions) {
        // The statement that finds its runtime gone may fail, once, and tells.
        await client.query(predict).catch((error: Error & { code: string }) => assert.match(error.code, /^(08|57|58)/));
        assert.equal(await answer(client, predict), 0);
      }
    } finally {
      await Promise.all(clients.map((client) => client.end()));
      address.close();
      await second.stop();
    }
  });
}
