// Sessions in the manner of PostgresML's example scripts: whole, in order, every statement must work. They use what those
// scripts use: quoted columns with blanks, images, volatile views, every way to predict and to deploy.
import assert from 'node:assert/strict';
import { after, before, test } from '../testing/test.js';
import { Database } from '../testing/database.js';

const load = ['breast_cancer', 'diabetes', 'digits', 'iris', 'linnerud', 'wine']
  .map((name) => `SELECT pgml.load_dataset('${name}');`)
  .join('\n');

let database: Database;
before(async () => {
  database = await Database.open();
  await run(load);
});
after(() => database.close());

/** The statements of a script, one after the other, each as its own query as psql -f sends them. Scripts have no ; in literals. */
async function run(script: string): Promise<void> {
  for (const statement of script.split(';').filter((text) => text.trim() !== ''))
    await database.query(statement).catch((error: Error) => {
      throw new Error(`${statement.trim()}\nfails: ${error.message}`, { cause: error });
    });
}

const count = (what: string) => database.value(`SELECT count(*)::int FROM ${what}`);
const score = (project: string, metric: string) =>
  database.value(
    `SELECT (metrics->>'${metric}')::float8 FROM pgml.deployed_models JOIN pgml.models USING (id) WHERE name = '${project}'`,
  ) as Promise<number>;

test('two classes', async () => {
  const columns = (await database.value(
    `SELECT string_agg(format('%I', attname), ', ' ORDER BY attnum) FROM pg_attribute
     WHERE attrelid = 'pgml.breast_cancer'::regclass AND attnum > 0 AND attname <> 'malignant'`,
  )) as string;
  assert.match(columns, /"mean concave points"/);
  await run(`
    SELECT * FROM pgml.breast_cancer LIMIT 10;
    SELECT * FROM pgml.train('Tumours', 'classification', 'pgml.breast_cancer', 'malignant');
    SELECT malignant, pgml.predict('Tumours', ARRAY[${columns}]) AS prediction FROM pgml.breast_cancer LIMIT 10;
    SELECT malignant, pgml.predict_proba('Tumours', ARRAY[${columns}]) FROM pgml.breast_cancer LIMIT 10;
    SELECT * FROM pgml.train('Tumours', algorithm => 'linear', hyperparams => '{"C": 0.5}', runtime => 'rust');
    SELECT * FROM pgml.train('Tumours', algorithm => 'xgboost', hyperparams => '{"n_estimators": 10}');
    SELECT * FROM pgml.overview;
    SELECT * FROM pgml.trained_models ORDER BY created_at DESC;
    SELECT * FROM pgml.deployed_models;
    SELECT * FROM pgml.deploy('Tumours', strategy => 'most_recent', algorithm => 'linear');
    SELECT * FROM pgml.deploy('Tumours', 'best_score');
    SELECT * FROM pgml.deploy('Tumours', 'most_recent');
    SELECT * FROM pgml.deploy('Tumours', 'rollback');
    SELECT * FROM pgml.deploy('Tumours', 'best_score', 'xgboost');
    SELECT * FROM pgml.deploy('Tumours');
    SELECT pgml.predict('Tumours', breast_cancer) FROM pgml.breast_cancer LIMIT 10;
    SELECT pgml.predict('Tumours', (${columns})) FROM pgml.breast_cancer LIMIT 10;
    SELECT pgml.predict('Tumours', ROW(${columns})) FROM pgml.breast_cancer LIMIT 10`);
  const [{ right, rows }] = await database.query(`
    SELECT count(*) FILTER (WHERE pgml.predict('Tumours', ARRAY[${columns}]) = malignant::int)::int AS right, count(*)::int AS rows
    FROM pgml.breast_cancer`);
  assert.ok((right as number) > 0.95 * (rows as number), `${right} of ${rows}`);
  const differing = await count(`pgml.breast_cancer AS t
    WHERE pgml.predict('Tumours', ARRAY[${columns}]) <> pgml.predict('Tumours', t)
       OR pgml.predict('Tumours', t) <> pgml.predict('Tumours', ROW(${columns}))`);
  assert.equal(differing, 0);
});

test('images in one array column, ten classes', async () => {
  await run(`
    SELECT target, image FROM pgml.digits LIMIT 5;
    SELECT * FROM pgml.train('Digits', 'classification', 'pgml.digits', 'target',
      'xgboost', '{"n_estimators": 10}', runtime => 'rust');
    SELECT target, pgml.predict('Digits', image) AS prediction FROM pgml.digits LIMIT 10;
    SELECT * FROM pgml.train('Digits', algorithm => 'linear', hyperparams => '{"max_iter": 50}', runtime => 'python');
    SELECT target, pgml.predict_proba('Digits', image) FROM pgml.digits LIMIT 10;
    WITH twenty AS (SELECT image FROM pgml.digits LIMIT 20)
      SELECT pgml.predict_batch('Digits', array_agg(image)) FROM twenty`);
  assert.equal(await database.value(`SELECT num_features FROM pgml.models ORDER BY id DESC LIMIT 1`), 64);
  assert.ok((await score('Digits', 'f1')) > 0.9);
  const byBatch = `SELECT pgml.predict_batch('Digits', array_agg(image ORDER BY ctid)) FROM (SELECT image, ctid FROM pgml.digits ORDER BY ctid LIMIT 20) AS twenty`;
  const byRow = `SELECT pgml.predict('Digits', image) FROM pgml.digits ORDER BY ctid LIMIT 20`;
  const values = async (query: string) => (await database.query(query)).map((row) => Object.values(row)[0]);
  assert.deepEqual(await values(byBatch), await values(byRow));
});

test('several classes, through a view that gives other rows each time', async () => {
  await run(`
    CREATE VIEW some_flowers AS SELECT * FROM pgml.iris ORDER BY random() LIMIT 100;
    SELECT * FROM pgml.train('Flowers', 'classification', 'some_flowers', 'target');
    SELECT * FROM pgml.train('Flowers', algorithm => 'xgboost', hyperparams => '{"n_estimators": 10}');
    SELECT target, pgml.predict('Flowers', ARRAY[sepal_length, sepal_width, petal_length, petal_width]) FROM some_flowers LIMIT 10;
    SELECT target, pgml.predict_proba('Flowers', ARRAY[sepal_length, sepal_width, petal_length, petal_width]) FROM some_flowers LIMIT 10;
    SELECT * FROM pgml.train('Wines', 'classification', 'pgml.wine', 'target', 'xgboost')`);
  assert.deepEqual(
    await database.query(
      `SELECT (analysis->>'samples')::int AS samples FROM pgml.snapshots WHERE relation_name = 'some_flowers'`,
    ),
    [{ samples: 100 }],
  );
  const [{ length, total }] = await database.query(`
    SELECT cardinality(p) AS length, (SELECT sum(x) FROM unnest(p) AS x)::float8 AS total
    FROM (SELECT pgml.predict_proba('Flowers', ARRAY[5, 3, 4, 1]) AS p) AS one`);
  assert.equal(length, 3);
  assert.ok(Math.abs((total as number) - 1) < 1e-6);
});

test('regression, by project and by model', async () => {
  const features = 'ARRAY[age, sex, bmi, bp, s1, s2, s3, s4, s5, s6]';
  await run(`
    SELECT * FROM pgml.train('Progression', 'regression', 'pgml.diabetes', 'target', algorithm => 'linear', runtime => 'python');
    SELECT * FROM pgml.train('Progression', algorithm => 'linear', runtime => 'rust');
    SELECT * FROM pgml.train('Progression', algorithm => 'xgboost', hyperparams => '{"n_estimators": 10, "eval_metric": "rmse"}');
    SELECT target, pgml.predict('Progression', ${features}) AS prediction FROM pgml.diabetes LIMIT 10;
    SELECT * FROM pgml.deploy('Progression', 'best_score', 'linear');
    SELECT * FROM pgml.train('Chins', 'regression', 'pgml.linnerud', 'chins')`);
  const [{ models, agreeing }] = await database.query(`
    SELECT count(*)::int AS models,
      count(*) FILTER (WHERE answer = pgml.predict('Progression', ${features}) AND deployed)::int AS agreeing
    FROM (SELECT * FROM pgml.diabetes LIMIT 1) AS patient,
      LATERAL (SELECT pgml.predict(id, ${features}) AS answer, deployed FROM pgml.trained_models WHERE name = 'Progression') AS each`);
  assert.deepEqual({ models, agreeing }, { models: 3, agreeing: 1 });
});

test('clusters of images, through a view in the schema of the data', async () => {
  await run(`
    CREATE VIEW pgml.digit_vectors AS SELECT image FROM pgml.digits;
    SELECT * FROM pgml.train('Strokes', 'clustering', 'pgml.digit_vectors', hyperparams => '{"n_clusters": 10}');
    SELECT target, pgml.predict('Strokes', image) AS cluster FROM pgml.digits LIMIT 10;
    SELECT * FROM pgml.train('Strokes', algorithm => 'kmeans', hyperparams => '{"n_clusters": 5}');
    SELECT * FROM pgml.deploy('Strokes', 'most_recent')`);
  assert.equal(await database.value(`SELECT algorithm FROM pgml.deployed_models WHERE name = 'Strokes'`), 'kmeans');
  assert.ok(
    ((await database.value(`SELECT count(DISTINCT pgml.predict('Strokes', image))::int FROM pgml.digits`)) as number) >=
      5,
  );
});

test('the same data, parameters and seed give the same bytes', async () => {
  for (const algorithm of ['linear', 'xgboost'])
    await run(`
      SELECT pgml.train('Twice ${algorithm}', 'classification', 'pgml.iris', 'target', '${algorithm}');
      SELECT pgml.train('Again ${algorithm}', 'classification', 'pgml.iris', 'target', '${algorithm}')`);
  const rows = await database.query(`
    SELECT algorithm, count(*)::int AS models, count(DISTINCT sha256(data))::int AS digests
    FROM pgml.files JOIN pgml.models ON models.id = model_id JOIN pgml.projects ON projects.id = project_id
    WHERE name ~ '^(Twice|Again)' GROUP BY algorithm ORDER BY algorithm`);
  assert.deepEqual(rows, [
    { algorithm: 'linear', models: 2, digests: 1 },
    { algorithm: 'xgboost', models: 2, digests: 1 },
  ]);
});

test('extension and schema are dropped and made again, as often as a script is run', async () => {
  for (let round = 0; round < 3; round++)
    await run(`
      DROP EXTENSION IF EXISTS pgml CASCADE;
      DROP SCHEMA IF EXISTS pgml CASCADE;
      CREATE EXTENSION pgml;
      ${load}`);
  assert.equal(await count('pgml.digits'), 1797);
  assert.equal(await count('pgml.models'), 0);
});
