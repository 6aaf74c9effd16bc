import assert from 'node:assert/strict';
import { after, before, test } from '../testing/test.js';
import { Database } from '../testing/database.js';

let database: Database;
before(async () => {
  database = await Database.open();
  await database.query(`
    SELECT pgml.load_dataset('iris');
    SELECT pgml.train('iris', 'classification', 'pgml.iris', 'target', 'xgboost', '{"n_estimators": 2}');
    SELECT pgml.train('iris', algorithm => 'xgboost', hyperparams => '{"n_estimators": 2}');`);
});
after(() => database.close());

test('the views tell what was trained and deployed', async () => {
  assert.deepEqual(
    await database.query(
      'SELECT id::int, name, task, algorithm, runtime, test_sampling, test_size, deployed FROM pgml.trained_models',
    ),
    [2, 1].map((id) => ({
      id,
      name: 'iris',
      task: 'classification',
      algorithm: 'xgboost',
      runtime: 'rust',
      test_sampling: 'stratified',
      test_size: 0.25,
      deployed: id === 2,
    })),
  );
  const overview = await database.query(`
    SELECT name, task, algorithm, runtime, relation_name, y_column_name, test_sampling, test_size FROM pgml.overview`);
  assert.equal(overview.length, 2);
  assert.deepEqual(overview[0], {
    name: 'iris',
    task: 'classification',
    algorithm: 'xgboost',
    runtime: 'rust',
    relation_name: 'pgml.iris',
    y_column_name: ['target'],
    test_sampling: 'stratified',
    test_size: 0.25,
  });
  assert.deepEqual(await database.query('SELECT id::int, name FROM pgml.deployed_models'), [{ id: 2, name: 'iris' }]);
});

test('a snapshot is a copy that training can start from', async () => {
  assert.deepEqual(await database.query(`SELECT * FROM pgml.snapshot('pgml.iris', 'target', test_size => 10)`), [
    { relation: 'pgml.iris', y_column_name: 'target' },
  ]);
  const [snapshot] = await database.query(
    'SELECT id::int, status, analysis, materialized FROM pgml.snapshots ORDER BY id DESC LIMIT 1',
  );
  assert.deepEqual(snapshot, {
    id: snapshot.id,
    status: 'successful',
    analysis: { samples: 150 },
    materialized: true,
  });
  await database.query(`SELECT pgml.train('copy', 'classification', 'pgml.snapshot_${snapshot.id}', 'target')`);
  await database.refuses(`SELECT pgml.snapshot('pgml.iris', 'colour')`, {
    code: '42703',
    message: /^Column `colour` not found/,
  });
  await database.refuses(`SELECT pgml.snapshot('iris', 'target')`, {
    code: '42P01',
    message: 'Relation "iris" could not be found in the public schema.',
  });
  await database.refuses(
    `SELECT pgml.snapshot('pgml.iris', 'target', preprocess => '{"target": {"impute": "mean"}}')`,
    {
      code: '0A000',
      message: 'preprocess is not available yet',
      hint: /view/,
    },
  );
  assert.deepEqual(await database.query(`SELECT * FROM pgml.snapshot(NULL, 'target')`), []);
});

test('the catalog goes to files and comes back, and new rows come after', async () => {
  const catalog = () =>
    database.query(`SELECT md5(pgml.model_artifact(id)) AS artifact, m::text FROM pgml.models m ORDER BY id`);
  const before = await catalog();
  await database.query(`
    SELECT pgml.dump_all('${database.scratch}');
    DROP EXTENSION pgml CASCADE;
    CREATE EXTENSION pgml;
    SELECT pgml.load_all('${database.scratch}');`);
  assert.deepEqual(await catalog(), before);
  assert.equal(await database.value(`SELECT pgml.predict('iris', ARRAY[5.1, 3.5, 1.4, 0.2])`), 0);
  await database.query(`SELECT pgml.train('iris', algorithm => 'xgboost', hyperparams => '{"n_estimators": 4}')`);
  assert.equal(await database.value('SELECT max(id)::int FROM pgml.models'), before.length + 1);
  await database.refuses(`SELECT pgml.load_all('${database.scratch}')`, { code: '23505', message: /projects_pkey/ });
  await database.refuses(`SELECT pgml.load_all('/nowhere')`, { code: '58P01', message: /\/nowhere\/projects\.csv/ });
});

test('predicting and training need the rights of the tables they read', async () => {
  const predict = `SELECT pgml.predict('iris', ARRAY[5.1, 3.5, 1.4, 0.2])`;
  const train = `SELECT pgml.train('mine', 'classification', 'pgml.iris', 'target', 'xgboost', '{"n_estimators": 1}')`;
  const denied = async (statement: string, object: RegExp) => {
    await database.query('SET ROLE visitor');
    await assert.rejects(database.query(statement), { code: '42501', message: object });
    await database.query('RESET ROLE');
  };
  await database.query('CREATE ROLE visitor; GRANT visitor TO CURRENT_USER');
  await denied(predict, /permission denied for schema pgml/);
  await database.query('GRANT USAGE ON SCHEMA pgml TO visitor');
  await denied(predict, /permission denied for table projects/);
  await database.query(
    'GRANT SELECT ON pgml.projects, pgml.models, pgml.deployments, pgml.files TO visitor; SET ROLE visitor',
  );
  assert.equal(await database.value(predict), 0);
  await database.query('RESET ROLE');
  await denied(`SELECT pgml.deploy('iris')`, /permission denied for table projects/);
  await database.query(`
    GRANT SELECT, INSERT, UPDATE ON pgml.projects, pgml.snapshots, pgml.models, pgml.deployments, pgml.files TO visitor;
    GRANT USAGE ON ALL SEQUENCES IN SCHEMA pgml TO visitor;`);
  await denied(train, /permission denied for table iris/);
  assert.equal(await database.value(`SELECT count(*)::int FROM pgml.projects WHERE name = 'mine'`), 0);
  await database.query('GRANT SELECT ON pgml.iris TO visitor; SET ROLE visitor');
  await database.query(train);
  await database.query('RESET ROLE');
});

test('a role without superuser rights can install pgml, train and predict', async () => {
  await database.query(`
    DROP EXTENSION pgml CASCADE;
    DROP SCHEMA pgml CASCADE;
    CREATE ROLE installer;
    GRANT installer TO CURRENT_USER;
    DO $$ BEGIN EXECUTE format('GRANT CREATE ON DATABASE %I TO installer', current_database()); END $$;
    SET ROLE installer;
    CREATE EXTENSION pgml;
    SELECT pgml.load_dataset('iris');
    SELECT pgml.train('iris', 'classification', 'pgml.iris', 'target', materialize_snapshot => true);
    SELECT pgml.deploy('iris', 'most_recent');`);
  assert.equal(await database.value(`SELECT pgml.predict('iris', ARRAY[5.1, 3.5, 1.4, 0.2])`), 0);
  assert.equal(await database.value('SELECT count(*)::int FROM pgml.overview'), 2);
  await database.query('DELETE FROM pgml.projects; RESET ROLE');
});
