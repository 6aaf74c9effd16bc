import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { PGlite } from '@electric-sql/pglite';
import { writeArtifact } from '@pgml/engine';
import { writeBlock } from '@pgml/kernels';
import { pgmlExtension } from './extension.js';

const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'pgml-bridge-'));
after(() => fs.rmSync(directory, { recursive: true }));

const open = (cacheBytes = 2 ** 20): Promise<PGlite> =>
  PGlite.create(directory, { extensions: { pgml: pgmlExtension({ schema: [], cacheBytes }) } });

/** A linear model that multiplies its first feature by `factor`; the others make it large. */
function artifact(factor: number, features: number): Uint8Array {
  const weights = new Float64Array(features);
  weights[0] = factor;
  return writeArtifact(
    {
      kind: 'linear',
      task: 'regression',
      algorithm: 'linear',
      features: [{ name: 'x', pg_type: 'float4[]', width: features }],
      labels: [{ name: 'y', pg_type: 'float4' }],
      missing: 'refuse',
      hyperparams: {},
      seed: 0,
      details: {},
      version: '0',
    },
    writeBlock({
      kind: 'linear',
      features,
      outputs: 1,
      decision: 'value',
      classValues: [],
      words: [weights, new Float64Array(1)],
    }),
  );
}

const tables = `
  CREATE TABLE pgml.model (id bigint PRIMARY KEY, artifact bytea);
  CREATE FUNCTION pgml.model_artifact(bigint) RETURNS bytea LANGUAGE sql STABLE AS 'SELECT artifact FROM pgml.model WHERE id = $1'`;

async function only(database: PGlite, sql: string): Promise<unknown> {
  const { rows } = await database.query<Record<string, unknown>>(sql);
  assert.equal(rows.length, 1, sql);
  return Object.values(rows[0])[0];
}

const memoryOf = (database: PGlite): number =>
  (database as unknown as { Module: { HEAPU8: Uint8Array } }).Module.HEAPU8.length;

test('the extension is created, dropped, created again, and there after reopening', async () => {
  let database = await open();
  await database.exec(`CREATE EXTENSION pgml; ${tables}`);
  await database.query('INSERT INTO pgml.model VALUES (1, $1)', [artifact(3, 1)]);
  await database.exec('DROP EXTENSION pgml CASCADE; CREATE EXTENSION pgml');
  await database.exec(`
    CREATE TABLE predicted (x real[], y real GENERATED ALWAYS AS (pgml_bridge.predict(1::bigint, x)) STORED);
    INSERT INTO predicted VALUES ('{5}')`);
  await database.close();

  database = await open();
  await database.exec(`INSERT INTO predicted VALUES ('{7}')`);
  assert.equal(await only(database, 'SELECT array_agg(y ORDER BY y)::text FROM predicted'), '{15,21}');
  await assert.rejects(database.query(`SELECT pgml_bridge.call('anything', '{}')`), {
    code: '58000',
    message: 'no runtime is connected to this database',
  });
  await database.close();
});

test('models that do not fit the budget together take turns, and give their memory back', async () => {
  const database = await open(2 ** 20);
  const features = 60_000;
  for (const id of [11, 12, 13, 14])
    await database.query('INSERT INTO pgml.model VALUES ($1, $2)', [id, artifact(id, features)]);
  await database.exec(
    `CREATE TABLE wide AS SELECT array_agg(CASE i WHEN 1 THEN 2 ELSE 0 END::real) AS x FROM generate_series(1, ${features}) AS i`,
  );
  const round = `SELECT string_agg(pgml_bridge.predict(id, x)::text, ' ' ORDER BY id) FROM wide, generate_series(11, 14) AS id`;
  assert.equal(await only(database, round), '22 24 26 28');
  const before = memoryOf(database);
  // Without freeing, 200 rounds would take 4 · 200 · 480 kB.
  for (let count = 0; count < 200; count++) assert.equal(await only(database, round), '22 24 26 28');
  assert.equal(memoryOf(database), before);
  await database.close();
});

test('memory may grow between two predictions of one statement', async () => {
  const database = await open();
  const before = memoryOf(database);
  const grown = await only(
    database,
    `SELECT array_agg(pgml_bridge.predict(1::bigint, ARRAY[i + length(filler) - 50000000]::real[]) ORDER BY i)::text
     FROM generate_series(1, 5) AS i, LATERAL (SELECT repeat(i::text, 50000000) AS filler) AS large`,
  );
  assert.equal(grown, '{3,6,9,12,15}');
  assert.ok(memoryOf(database) > before, 'the memory did not grow, so nothing was tested');
  await database.close();
});

test('errors leave nothing behind', async () => {
  const database = await open();
  const attempts = `DO $$ BEGIN
    FOR i IN 1..5000 LOOP
      BEGIN
        PERFORM pgml_bridge.predict(1::bigint, ARRAY[i, i]::real[]);
      EXCEPTION WHEN invalid_parameter_value THEN
      END;
    END LOOP;
  END $$`;
  await database.exec(attempts);
  const before = memoryOf(database);
  await database.exec(attempts);
  assert.equal(memoryOf(database), before);
  assert.equal(await only(database, `SELECT pgml_bridge.predict(1::bigint, '{1}')`), 3);
  await database.close();
});
