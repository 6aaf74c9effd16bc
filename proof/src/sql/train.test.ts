import assert from 'node:assert/strict';
import { after, before, test } from '../testing/test.js';
import { Database, type Row } from '../testing/database.js';

let database: Database;
before(async () => {
  database = await Database.open();
});
after(() => database.close());

const train = async (call: string): Promise<Row> => {
  const rows = await database.query(`SELECT * FROM pgml.train(${call})`);
  assert.equal(rows.length, 1);
  return rows[0];
};
const newestModel = async (): Promise<Row> =>
  (await database.query('SELECT * FROM pgml.models ORDER BY id DESC LIMIT 1'))[0];

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
      [counts.analysis, counts.status, counts.columns],
      [{ samples: table.rows }, 'successful', table.columns],
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
  const { name, pg_type, array, size, position, label } = image.column as Row;
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
  for (const [index, pattern] of expected.entries()) assert.match(notices[index].message, pattern);
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
    for (const [index, pattern] of expected.entries()) assert.match(shown[index], pattern);
    const old = score === 'null' ? 'None' : `Some\\(${score}\\)`;
    assert.ok(notices.some(({ message }) => new RegExp(`^Comparing to deployed model r2: ${old}$`).test(message)));
  });

test('NULL arguments mean their defaults, and a given runtime is kept', async () => {
  await train(
    `'nulls', 'regression', 'pgml.diabetes', 'target', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL`,
  );
  const defaults = await newestModel();
  const expected = {
    algorithm: 'linear',
    runtime: 'rust',
    hyperparams: {},
    search: null,
    search_params: {},
    search_args: {},
  };
  assert.deepEqual(Object.fromEntries(Object.keys(expected).map((key) => [key, defaults[key]])), expected);
  const [snapshot] = await database.query(
    'SELECT test_size, test_sampling, materialized FROM pgml.snapshots ORDER BY id DESC LIMIT 1',
  );
  assert.deepEqual(snapshot, { test_size: 0.25, test_sampling: 'stratified', materialized: false });
  await train(`'nulls', runtime => 'python', hyperparams => '{"fit_intercept": false}'`);
  const given = await newestModel();
  assert.deepEqual([given.runtime, given.hyperparams], ['python', { fit_intercept: false }]);
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
  assert.ok(Number(statistics.price) > 6e7, String(statistics.price));
  assert.equal(statistics.shares, 45, 'every training row has another one');
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
  assert.deepEqual(Object.keys(categories.colour as Row).sort(), ['__NULL__', 'green', 'red']);
  const kinds = categories.kind as Record<string, { value: number }>;
  assert.deepEqual(Object.keys(kinds).sort(), ['__NULL__', 'apple', 'pear', 'plum']);
  // By row of the table, by ROW in the order of the features, and by names alone.
  for (const row of ['fruit', '(fruit.colour, fruit.size)', 'ROW(fruit.colour, fruit.size)', 'features']) {
    const answers = await database.query(`
      SELECT DISTINCT kind, pgml.predict('fruit', ${row}) AS answer
      FROM fruit, LATERAL (SELECT fruit.size, fruit.colour) AS features ORDER BY kind`);
    assert.deepEqual(
      answers,
      ['apple', 'pear', 'plum'].map((kind) => ({ kind, answer: kinds[kind].value })),
      row,
    );
  }
  assert.equal(
    await database.value(`SELECT pgml.predict('fruit', ('green', 10))`),
    kinds.pear.value,
    'unknown literals',
  );
});
