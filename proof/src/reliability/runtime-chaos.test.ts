/** kill -9 of the runtime's processes while clients train and predict. Longer: `npm run chaos`. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import pg from 'pg';
import { type BridgeName, bridges, createBridgedDatabase } from '../testing/bridged-database.js';
import { type Postgres, startPostgres } from '../testing/postgres.js';
import { RuntimeProcess } from '../testing/runtime-process.js';
import { causeChaos } from './chaos.js';

const server = await startPostgres();
if ('missing' in server) test('chaos', { skip: server.missing }, () => {});
else testChaos(server);

function testChaos(server: Postgres): void {
  let runtime: RuntimeProcess;
  const databases: Partial<Record<BridgeName, string>> = {};

  before(async () => {
    // The least that a fit may have, so that it is soon too little.
    runtime = await RuntimeProcess.start(['--worker-memory', '128MB']);
    for (const bridge of bridges) {
      const made = await createBridgedDatabase(server, bridge, runtime);
      if (typeof made === 'string') databases[bridge] = made;
      else console.log(`without ${bridge}: ${made.missing}`);
    }
  });
  after(async () => {
    await server.stop();
    await runtime?.stop();
  });

  test('answers are right or errors say why, PostgreSQL does not notice, and all works again', async () => {
    const report = await causeChaos({ runtime, databases, kills: 6, clients: 2, seed: 20260901 });
    console.log(JSON.stringify(report));
    assert.ok(runtime.restarts >= 2, 'no supervisor was killed');
    assert.ok(Object.keys(report.failed).length > 0, 'no statement was hit by a kill: the test shows nothing');
  });

  for (const bridge of bridges)
    test(`a training that wants too much memory fails alone, over ${bridge}`, async (context) => {
      if (databases[bridge] === undefined) return context.skip('its bridge is not there');
      const serving = runtime.children();
      const [greedy, modest] = [new pg.Client(databases[bridge]), new pg.Client(databases[bridge])];
      await Promise.all([greedy.connect(), modest.connect()]);
      try {
        await greedy.query(
          `CREATE TABLE large AS SELECT array_fill(i::real, ARRAY[50]) AS x, i AS y FROM generate_series(1, 250000) AS i`,
        );
        const large = greedy.query(
          `SELECT * FROM pgml.train('large', task => 'regression', relation_name => 'large', y_column_name => 'y', algorithm => 'xgboost')`,
        );
        const refused = assert.rejects(large, { code: '53200', message: /memory/ });
        await modest.query(`SELECT * FROM pgml.train('small', task => 'classification', relation_name => 'pgml.iris',
          y_column_name => 'target', algorithm => 'xgboost')`);
        await refused;
        const { rows } = await modest.query(
          `SELECT pgml.predict('small', ARRAY[5.1, 3.5, 1.4, 0.2]::real[]) AS answer`,
        );
        assert.equal(rows[0].answer, 0);
        assert.deepEqual(runtime.children(), serving, 'the serving process is another one');
      } finally {
        await Promise.all([greedy.end(), modest.end()]);
      }
    });
}
