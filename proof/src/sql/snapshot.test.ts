import assert from 'node:assert/strict';
import { after, before, test } from '../testing/test.js';
import { Database, type Row } from '../testing/database.js';

let database: Database;
before(async () => {
  database = await Database.open();
  await database.query(`SELECT pgml.load_dataset('diabetes')`);
});
after(() => database.close());

const train = (call: string) => database.query(`SELECT pgml.train(${call})`);
const newestModel = async (): Promise<Row> =>
  (await database.query('SELECT * FROM pgml.models ORDER BY id DESC LIMIT 1'))[0];
const artifact = (model: string) => database.value(`SELECT sha256(pgml.model_artifact(${model}))::text`);
const newestArtifact = () => artifact('(SELECT max(id) FROM pgml.models)');

test('the last rows, or a number of rows, are held out when that is asked for', async () => {
  await database.query(
    'CREATE TABLE ordered AS SELECT x::real, CASE WHEN x <= 90 THEN 1 ELSE 5 END::real AS y FROM generate_series(1, 100) AS x',
  );
  await train(
    `'ordered', 'regression', 'ordered', 'y', 'xgboost', '{"n_estimators": 2}', test_sampling => 'last', test_size => 10`,
  );
  // Trained on ones alone, it is four off on every one of the last rows.
  const { metrics } = await newestModel();
  assert.ok(Math.abs(Number((metrics as Row).mean_absolute_error) - 4) < 0.5, JSON.stringify(metrics));
  await train(
    `'ordered', NULL, 'ordered', 'y', 'xgboost', '{"n_estimators": 2}', test_sampling => 'random', test_size => 0.5`,
  );
  assert.ok(Number(((await newestModel()).metrics as Row).mean_absolute_error) < 2);
});

test('the same data, parameters and seed give the same bytes', async () => {
  const forest = `'regression', 'pgml.diabetes', 'target', 'xgboost', '{"n_estimators": 3, "subsample": 0.5}'`;
  await train(`'bytes', ${forest}`);
  const first = await newestArtifact();
  await train(`'other bytes', ${forest}`);
  assert.equal(await newestArtifact(), first);
  await database.query('SET pgml.seed = 7');
  await train(`'bytes', ${forest}`);
  assert.notEqual(await newestArtifact(), first);
  await database.query('RESET pgml.seed');
  await train(`'bytes', NULL, NULL, NULL, 'xgboost', '{"n_estimators": 3, "subsample": 0.5}'`);
  assert.equal(await database.value('SELECT seed::int FROM pgml.snapshots ORDER BY id DESC LIMIT 1'), 7);
  const seventh = await newestArtifact();
  assert.equal(await artifact('(SELECT max(id) - 1 FROM pgml.models)'), seventh, 'the seed belongs to the snapshot');
  await database.refuses(`SET pgml.seed = 'x'; SELECT pgml.train('bytes', ${forest})`, {
    code: '22023',
    message: 'invalid value for setting "pgml.seed": "x"',
    hint: /0 to 4294967295/,
  });
  await database.query('RESET pgml.seed');
});

test('a materialized snapshot does not change with its source', async () => {
  await database.query(`
    CREATE VIEW shuffled AS SELECT * FROM pgml.diabetes ORDER BY random() LIMIT 100;
    SELECT pgml.train('frozen', 'regression', 'shuffled', 'target', materialize_snapshot => true);`);
  const first = await newestArtifact();
  const [snapshot] = await database.query(
    'SELECT id::int, relation_name, materialized FROM pgml.snapshots ORDER BY id DESC LIMIT 1',
  );
  assert.deepEqual([snapshot.relation_name, snapshot.materialized], ['shuffled', true]);
  assert.equal(await database.value(`SELECT count(*)::int FROM pgml.snapshot_${snapshot.id}`), 100);
  await database.query('DROP VIEW shuffled');
  await train(`'frozen'`);
  assert.equal(await newestArtifact(), first);
  assert.equal(await database.value('SELECT snapshot_id::int FROM pgml.models ORDER BY id DESC LIMIT 1'), snapshot.id);
});

test('a snapshot that was not materialized reads its relation again', async () => {
  await database.query(`
    CREATE TABLE growing AS SELECT * FROM pgml.diabetes LIMIT 200;
    SELECT pgml.train('growing', 'regression', 'growing', 'target');`);
  const first = await newestArtifact();
  await train(`'growing'`);
  assert.equal(await newestArtifact(), first);
  await database.query('INSERT INTO growing SELECT * FROM pgml.diabetes OFFSET 200');
  await train(`'growing'`);
  assert.notEqual(await newestArtifact(), first);
  assert.deepEqual(await database.query('SELECT analysis FROM pgml.snapshots ORDER BY id DESC LIMIT 1'), [
    { analysis: { samples: 442 } },
  ]);
  await database.query('DROP TABLE growing');
  await database.refuses(`SELECT pgml.train('growing')`, {
    code: '42P01',
    message: 'Relation "growing" could not be found in the public schema.',
  });
});

test('any kind of relation will do, and columns that are not there do not count', async () => {
  await database.query(`
    CREATE DOMAIN score AS double precision CHECK (VALUE >= 0);
    CREATE TABLE "Mixed Case/π" (gone text, x real, twice real GENERATED ALWAYS AS (x * 2) STORED, s score, also_gone json, y int);
    ALTER TABLE "Mixed Case/π" DROP COLUMN gone, DROP COLUMN also_gone;
    INSERT INTO "Mixed Case/π" (x, s, y) SELECT x, x, x FROM generate_series(1, 40) AS x;
    CREATE MATERIALIZED VIEW kept AS SELECT * FROM "Mixed Case/π";
    CREATE TABLE parts (x real, y int) PARTITION BY RANGE (x);
    CREATE TABLE parts_low PARTITION OF parts FOR VALUES FROM (0) TO (20);
    CREATE TABLE parts_high PARTITION OF parts FOR VALUES FROM (20) TO (100);
    INSERT INTO parts SELECT x, x FROM generate_series(1, 40) AS x;
    CREATE SCHEMA "Other";
    CREATE TABLE "Other"."a.b" AS SELECT * FROM parts;`);
  for (const relation of [
    'Mixed Case/π',
    'public.Mixed Case/π',
    '"Mixed Case/π"',
    'kept',
    'public.kept',
    'KEPT',
    'parts',
    '"Other"."a.b"',
  ]) {
    await database.query(`SELECT pgml.train('relations', 'regression', $1, 'y', 'xgboost', '{"n_estimators": 1}')`, [
      relation,
    ]);
    assert.equal(await database.value('SELECT relation_name FROM pgml.snapshots ORDER BY id DESC LIMIT 1'), relation);
  }
  assert.deepEqual(
    await database.query(`
      SELECT item ->> 'name' AS name, item ->> 'pg_type' AS type, (item ->> 'position')::int AS position, item ->> 'label' AS label
      FROM pgml.snapshots, jsonb_array_elements(columns) AS item WHERE relation_name = 'Mixed Case/π'`),
    [
      { name: 'x', type: 'float4', position: 1, label: 'false' },
      { name: 'twice', type: 'float4', position: 2, label: 'false' },
      { name: 's', type: 'float8', position: 3, label: 'false' },
      { name: 'y', type: 'int4', position: 4, label: 'true' },
    ],
  );
});

test('functions that a view calls find the tables of the caller', async () => {
  await database.query(`
    CREATE SCHEMA mine;
    CREATE TABLE mine.factor AS SELECT 3 AS factor;
    CREATE FUNCTION mine.scale(x real) RETURNS real LANGUAGE plpgsql AS 'BEGIN RETURN x * (SELECT factor FROM factor); END';
    CREATE VIEW mine.scaled AS SELECT mine.scale(x) AS x, y FROM parts;
    SET search_path = mine, public;
    SELECT pgml.train('scaled', 'regression', 'mine.scaled', 'y', 'xgboost', '{"n_estimators": 1}', materialize_snapshot => true);
    RESET search_path;`);
  assert.equal(await database.value(`SELECT max(x)::int FROM pgml.snapshot_${(await newestModel()).snapshot_id}`), 120);
});

test('names on the search path cannot take the place of those of PostgreSQL', async () => {
  await database.query(`
    CREATE SCHEMA evil;
    CREATE FUNCTION evil.fail(text, text) RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN RAISE 'evil operator'; END $$;
    CREATE OPERATOR evil.= (LEFTARG = text, RIGHTARG = text, FUNCTION = evil.fail);
    CREATE FUNCTION evil.fail(double precision, double precision) RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN RAISE 'evil operator'; END $$;
    CREATE OPERATOR evil.>= (LEFTARG = double precision, RIGHTARG = double precision, FUNCTION = evil.fail);
    CREATE FUNCTION evil.format(text, text) RETURNS text LANGUAGE plpgsql AS $$ BEGIN RAISE 'evil function'; END $$;
    CREATE FUNCTION evil.to_jsonb(anyelement) RETURNS jsonb LANGUAGE plpgsql AS $$ BEGIN RAISE 'evil function'; END $$;
    CREATE FUNCTION evil.unnest(real[]) RETURNS SETOF real LANGUAGE plpgsql AS $$ BEGIN RAISE 'evil function'; END $$;
    CREATE DOMAIN evil.float4 AS int CHECK (false);
    CREATE DOMAIN evil.text AS int CHECK (false);`);
  try {
    await database.query(`
      SET search_path = evil, pg_catalog, public;
      SELECT pgml.load_dataset('iris');
      SELECT pgml.train('good', 'regression', 'pgml.iris', 'target', 'xgboost', '{"n_estimators": 1}');
      SELECT pgml.deploy('good');
      SELECT pgml.deploy('good', 'most_recent');
      SELECT pgml.predict('good', ROW(1, 2, 3, 4)), pgml.predict('good', ARRAY[1, 2, 3, 4]), pgml.predict('good', ARRAY[true, true, true, true]),
        pgml.predict_batch('good', ARRAY[1, 2, 3, 4]), pgml.predict('good', ARRAY[1.5, 2, 3, 4]);`);
  } finally {
    await database.query('RESET search_path');
  }
});
