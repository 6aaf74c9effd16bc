import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Database, type Row } from '../testing/database.js';

let database: Database;
before(async () => {
  database = await Database.open();
});
after(() => database.close());

const train = async (call: string): Promise<Row> => {
  const rows = await database.query(`SELECT * FROM pgml.train(${call})`);
  assert.equal(rows.length, 1);
  return rows[0]!;
};
const newestModel = async (): Promise<Row> =>
  (await database.query('SELECT * FROM pgml.models ORDER BY id DESC LIMIT 1'))[0]!;
const artifact = (model: string) => database.value(`SELECT sha256(pgml.model_artifact(${model}))::text`);
const newestArtifact = () => artifact('(SELECT max(id) FROM pgml.models)');

const regressionMetrics = ['fit_time', 'mean_absolute_error', 'mean_squared_error', 'r2', 'score_time'];
const binaryMetrics = ['accuracy', 'f1', 'fit_time', 'log_loss', 'mcc', 'precision', 'recall', 'roc_auc', 'score_time'];
const classMetrics = ['accuracy', 'f1', 'fit_time', 'mcc', 'precision', 'recall', 'score_time'];

/** A session as in the documentation: load, train, look at the score, predict every row. */
const sessions: readonly {
  dataset: string;
  label: string;
  task: 'regression' | 'classification';
  options?: string;
  runtime: string;
  metrics: string[];
  /** R² or accuracy over all rows, training rows included. */
  atLeast: number;
}[] = [
  {
    dataset: 'breast_cancer',
    label: 'malignant',
    task: 'classification',
    runtime: 'python',
    options: `hyperparams => '{"max_iter": 1000}'`,
    metrics: binaryMetrics,
    atLeast: 0.93,
  },
  { dataset: 'iris', label: 'target', task: 'classification', runtime: 'python', metrics: classMetrics, atLeast: 0.93 },
  {
    dataset: 'wine',
    label: 'target',
    task: 'classification',
    options: `algorithm => 'xgboost', hyperparams => '{"n_estimators": 10}'`,
    runtime: 'rust',
    metrics: classMetrics,
    atLeast: 0.95,
  },
  {
    dataset: 'digits',
    label: 'target',
    task: 'classification',
    options: `algorithm => 'xgboost', hyperparams => '{"n_estimators": 10}'`,
    runtime: 'rust',
    metrics: classMetrics,
    atLeast: 0.93,
  },
  {
    dataset: 'diabetes',
    label: 'target',
    task: 'regression',
    runtime: 'rust',
    metrics: regressionMetrics,
    atLeast: 0.45,
  },
  {
    dataset: 'linnerud',
    label: 'weight',
    task: 'regression',
    runtime: 'rust',
    metrics: regressionMetrics,
    atLeast: 0.5,
  },
];

for (const { dataset, label, task, options, runtime, metrics, atLeast } of sessions)
  test(`${dataset}: load, train, predict`, async () => {
    await database.query(`SELECT pgml.load_dataset('${dataset}')`);
    const trained = await train(
      `'${dataset}', '${task}', 'pgml.${dataset}', '${label}'${options ? `, ${options}` : ''}`,
    );
    const algorithm = options?.includes('xgboost') ? 'xgboost' : 'linear';
    assert.deepEqual(trained, { project: dataset, task, algorithm, deployed: true });

    const model = await newestModel();
    assert.equal(model.runtime, runtime);
    assert.equal(model.status, 'successful');
    assert.deepEqual(Object.keys(model.metrics as Row).sort(), metrics);

    const [counts] = await database.query(`
      SELECT analysis, status, jsonb_array_length(columns) AS columns, columns -> -1 ->> 'name' AS last FROM pgml.snapshots
      ORDER BY id DESC LIMIT 1`);
    const [table] = await database.query(`
      SELECT count(*)::int AS rows, (SELECT count(*)::int FROM pg_attribute WHERE attrelid = 'pgml.${dataset}'::regclass
        AND attnum > 0) AS columns FROM pgml.${dataset}`);
    assert.deepEqual(
      [counts!.analysis, counts!.status, counts!.columns],
      [{ samples: table!.rows }, 'successful', table!.columns],
    );

    const target = label === 'malignant' ? 'malignant::int' : label;
    const quality =
      task === 'classification'
        ? `avg((answer = ${target})::int)`
        : `1 - sum((${target} - answer) ^ 2) / sum((${target} - (SELECT avg(${label}) FROM pgml.${dataset})) ^ 2)`;
    const score = Number(
      await database.value(
        `SELECT ${quality} FROM (SELECT *, pgml.predict('${dataset}', d) AS answer FROM pgml.${dataset} d) s`,
      ),
    );
    assert.ok(score >= atLeast, `${dataset}: ${score}`);
  });

test('an array feature counts by its elements', async () => {
  assert.equal(
    await database.value(
      `SELECT num_features FROM pgml.models JOIN pgml.projects ON projects.id = project_id WHERE name = 'digits'`,
    ),
    64,
  );
  const [image] = await database.query(`
    SELECT columns -> 0 AS column FROM pgml.snapshots WHERE relation_name = 'pgml.digits'`);
  const { name, pg_type, array, size, position, label } = image!.column as Row;
  assert.deepEqual([name, pg_type, array, size, position, label], ['image', 'int2[]', true, 64, 1, false]);
});

test('clustering needs no label, and leaves out the one it is given', async () => {
  const cluster = `relation_name => 'pgml.iris', hyperparams => '{"n_clusters": 3}'`;
  assert.deepEqual(await train(`'clusters', 'clustering', ${cluster}, y_column_name => 'target'`), {
    project: 'clusters',
    task: 'clustering',
    algorithm: 'kmeans',
    deployed: true,
  });
  const model = await newestModel();
  assert.equal(model.num_features, 4);
  assert.equal(model.runtime, 'python');
  assert.deepEqual(Object.keys(model.metrics as Row).sort(), ['fit_time', 'score_time', 'silhouette']);
  assert.deepEqual(
    await database.query(`SELECT DISTINCT pgml.predict('clusters', ARRAY[sepal_length, sepal_width, petal_length, petal_width])
      AS cluster FROM pgml.iris ORDER BY 1`),
    [{ cluster: 0 }, { cluster: 1 }, { cluster: 2 }],
  );
  assert.equal((await train(`'old name', 'cluster', ${cluster}`)).task, 'clustering');
  assert.equal(await database.value(`SELECT y_column_name FROM pgml.snapshots ORDER BY id DESC LIMIT 1`), null);
});

test('messages begin as those of PostgresML', async () => {
  database.takeNotices();
  await train(`'messages', 'regression', 'pgml.diabetes', 'target', materialize_snapshot => true`);
  await train(`'messages', algorithm => 'xgboost', hyperparams => '{"n_estimators": 1}', automatic_deploy => false`);
  const notices = database.takeNotices();
  assert.deepEqual([...new Set(notices.map(({ severity }) => severity))], ['INFO']);
  const expected = [
    /^Snapshotting table "pgml\.diabetes", this may take a little while\.\.\.$/,
    /^Snapshot of table "pgml\.diabetes" created and saved in "pgml"\."snapshot_\d+"$/,
    /^Dataset \{ num_features: 10, num_labels: 1, num_distinct_labels: 0, num_rows: 442, num_train_rows: 33\d, num_test_rows: 11\d \}$/,
    /^Training Model \{ id: \d+, task: regression, algorithm: linear, runtime: rust \}$/,
    /^Hyperparameter searches: 1, cross validation folds: 1$/,
    /^Hyperparams: \{/,
    /^Metrics: \{"r2": /,
    /^Deploying model id: \d+$/,
    /^Using existing snapshot from "pgml"\."snapshot_\d+"$/,
    /^Dataset \{/,
    /^Training Model \{ id: \d+, task: regression, algorithm: xgboost, runtime: rust \}$/,
    /^Hyperparameter searches/,
    /^Hyperparams: \{\n {4}"n_estimators": 1\n\}$/,
    /^Metrics: /,
    /^Automatic deployment disabled via configuration\.$/,
  ];
  assert.equal(notices.length, expected.length, JSON.stringify(notices, null, 1));
  for (const [index, pattern] of expected.entries()) assert.match(notices[index]!.message, pattern);
});

const cases: readonly [title: string, deployedR2: string, newWins: boolean, warnings: RegExp[]][] = [
  ['a worse model is replaced', '0.1', true, []],
  [
    'a better model is kept',
    '0.9999',
    false,
    [/^New model's r2 is not better than current model\. New: 0\.\d+, Current 0\.9999$/],
  ],
  ['a negative score is compared as a number', '-12', true, []],
  ['missing metrics of the deployed model', 'null', true, []],
];
for (const [title, score, wins, warnings] of cases)
  test(`automatic deployment: ${title}`, async () => {
    const name = `compared with ${score}`;
    await train(`'${name}', 'regression', 'pgml.diabetes', 'target'`);
    await database.query(
      `UPDATE pgml.models SET metrics = '{"r2": ${score}}' WHERE id = pgml.deployed_model('${name}')`,
    );
    database.takeNotices();
    const { deployed } = await train(`'${name}'`);
    assert.equal(deployed, wins);
    assert.equal(await database.value(`SELECT pgml.deployed_model('${name}') = max(id) FROM pgml.models`), wins);
    const notices = database.takeNotices();
    const shown = notices.filter(({ severity }) => severity === 'WARNING').map(({ message }) => message);
    const expected = wins ? warnings : [...warnings, /^Not deploying newly trained model\.$/];
    assert.equal(shown.length, expected.length, shown.join('\n'));
    for (const [index, pattern] of expected.entries()) assert.match(shown[index]!, pattern);
    const old = score === 'null' ? 'None' : `Some\\(${score}\\)`;
    assert.ok(notices.some(({ message }) => new RegExp(`^Comparing to deployed model r2: ${old}$`).test(message)));
  });

test('automatic deployment: equals are replaced by the newer', async () => {
  await train(`'tie', 'regression', 'pgml.diabetes', 'target'`);
  assert.equal((await train(`'tie'`)).deployed, true);
});

test('automatic deployment: a model without a score replaces only one without', async () => {
  // Without test rows nothing can be measured.
  const untested = `relation_name => 'pgml.diabetes', y_column_name => 'target', test_size => 0`;
  await train(`'scoreless', 'regression', ${untested}`);
  database.takeNotices();
  assert.equal((await train(`'scoreless'`)).deployed, true);
  const warnings = () =>
    database
      .takeNotices()
      .filter(({ severity }) => severity === 'WARNING')
      .map(({ message }) => message);
  assert.deepEqual(warnings(), ['No metrics for either model. Deploying the new model.']);
  await train(`'scoreless', NULL, 'pgml.diabetes', 'target'`);
  database.takeNotices();
  assert.equal((await train(`'scoreless', ${untested}`)).deployed, false);
  assert.deepEqual(warnings(), [
    'No metrics for new model. Retaining old model.',
    'Not deploying newly trained model.',
  ]);
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
  assert.deepEqual([snapshot!.relation_name, snapshot!.materialized], ['shuffled', true]);
  assert.equal(await database.value(`SELECT count(*)::int FROM pgml.snapshot_${snapshot!.id}`), 100);
  await database.query('DROP VIEW shuffled');
  await train(`'frozen'`);
  assert.equal(await newestArtifact(), first);
  assert.equal(await database.value('SELECT snapshot_id::int FROM pgml.models ORDER BY id DESC LIMIT 1'), snapshot!.id);
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

test('a training that is rolled back leaves nothing', async () => {
  const tables = () => database.value(`SELECT count(*)::int FROM pg_class WHERE relname LIKE 'snapshot\\_%'`);
  const before = await tables();
  const session = database.query(`
    BEGIN;
    SELECT pgml.train('gone', 'regression', 'pgml.diabetes', 'target', materialize_snapshot => true);
    SELECT pgml.predict('gone', d) FROM pgml.diabetes d;
    SELECT 1 / 0`);
  await assert.rejects(session, { code: '22012' });
  await database.query('ROLLBACK');
  assert.equal(await database.value(`SELECT count(*)::int FROM pgml.projects WHERE name = 'gone'`), 0);
  assert.equal(await tables(), before);
  await database.refuses(`SELECT pgml.predict('gone', d) FROM pgml.diabetes d`, {
    code: '42704',
    message: 'No deployed model exists for the project named: `gone`',
  });
  await database.query(`
    DO $$ BEGIN
      PERFORM pgml.train('gone', 'regression', 'pgml.diabetes', 'target');
      RAISE division_by_zero;
    EXCEPTION WHEN division_by_zero THEN NULL;
    END $$`);
  assert.equal(await database.value(`SELECT count(*)::int FROM pgml.projects WHERE name = 'gone'`), 0);
});

test('rows that the transaction itself has written are learned from', async () => {
  await database.query(`
    BEGIN;
    CREATE TABLE uncommitted AS SELECT x::real, (2 * x + 1)::real AS y FROM generate_series(1, 40) AS x;
    SELECT pgml.train('line', 'regression', 'uncommitted', 'y');
    ROLLBACK;`);
  await database.query(`
    CREATE TABLE line AS SELECT x::real, (2 * x + 1)::real AS y FROM generate_series(1, 40) AS x;
    SELECT pgml.train('line', 'regression', 'line', 'y');`);
  assert.ok(Math.abs(Number(await database.value(`SELECT pgml.predict('line', ARRAY[100])`)) - 201) < 1e-3);
});

test('numeric values keep their fractions and size', async () => {
  await database.query(`
    CREATE TABLE money AS SELECT (x * 1234567.25)::numeric AS price, (x / 8.0)::numeric AS share, x * 0.25 AS y
    FROM generate_series(1, 60) AS x;
    SELECT pgml.train('money', 'regression', 'money', 'y', 'xgboost', '{"n_estimators": 1}');`);
  const [statistics] = await database.query(`
    SELECT (columns #>> '{0,statistics,max}')::float8 AS price, (columns #>> '{1,statistics,distinct}')::int AS shares
    FROM pgml.snapshots ORDER BY id DESC LIMIT 1`);
  assert.ok(Number(statistics!.price) > 6e7, String(statistics!.price));
  assert.equal(statistics!.shares, 45, 'every training row has another one');
});

test('values that real cannot hold: the small are 0, the large are refused by name', async () => {
  await database.query(`
    CREATE TABLE extreme AS SELECT x * 1e-60::double precision AS tiny, x * 1e-60::numeric AS tiny_numeric, x::real AS plain,
      x::real AS y FROM generate_series(1, 40) AS x;
    SELECT pgml.train('tiny', 'regression', 'extreme', 'y', 'xgboost', '{"n_estimators": 1}');
    UPDATE extreme SET tiny = 1e300 WHERE plain = 7;`);
  await database.refuses(`SELECT pgml.train('large', 'regression', 'extreme', 'y', 'xgboost')`, {
    code: '22023',
    message: /tiny/,
  });
});

test('text labels and text features are learned from', async () => {
  await database.query(`
    CREATE TABLE fruit AS
      SELECT CASE x % 3 WHEN 0 THEN 'red' WHEN 1 THEN 'green' END AS colour, (x % 3 * 10 + x % 2)::real AS size,
        CASE x % 3 WHEN 0 THEN 'apple' WHEN 1 THEN 'pear' ELSE 'plum' END AS kind
      FROM generate_series(1, 120) AS x;
    SELECT pgml.train('fruit', 'classification', 'fruit', 'kind', 'xgboost', '{"n_estimators": 5}');`);
  const { metrics } = await newestModel();
  assert.equal((metrics as Row).accuracy, 1);
  const [categories] = await database.query(`
    SELECT columns #> '{0,statistics,categories}' AS colour, columns #> '{2,statistics,categories}' AS kind
    FROM pgml.snapshots ORDER BY id DESC LIMIT 1`);
  assert.deepEqual(Object.keys(categories!.colour as Row).sort(), ['__NULL__', 'green', 'red']);
  const kinds = categories!.kind as Record<string, { value: number }>;
  assert.deepEqual(Object.keys(kinds).sort(), ['__NULL__', 'apple', 'pear', 'plum']);
  // By row of the table, by ROW in the order of the features, and by names alone.
  for (const row of ['fruit', '(fruit.colour, fruit.size)', 'ROW(fruit.colour, fruit.size)', 'features']) {
    const answers = await database.query(`
      SELECT DISTINCT kind, pgml.predict('fruit', ${row}) AS answer
      FROM fruit, LATERAL (SELECT fruit.size, fruit.colour) AS features ORDER BY kind`);
    assert.deepEqual(
      answers,
      ['apple', 'pear', 'plum'].map((kind) => ({ kind, answer: kinds[kind]!.value })),
      row,
    );
  }
  assert.equal(
    await database.value(`SELECT pgml.predict('fruit', ('green', 10))`),
    kinds.pear!.value,
    'unknown literals',
  );
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
