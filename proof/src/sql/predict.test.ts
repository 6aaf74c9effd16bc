import assert from 'node:assert/strict';
import { after, before, test } from '../testing/test.js';
import { Database } from '../testing/database.js';

let database: Database;
before(async () => {
  database = await Database.open();
  await database.query(`
    SELECT pgml.load_dataset('iris');
    SELECT pgml.train('iris', 'classification', 'pgml.iris', 'target', 'xgboost', '{"n_estimators": 5}');
    CREATE TABLE numbers AS
      SELECT x::real, (x % 7)::int AS y, (x % 2 = 0) AS z, (3 * x - 2 * (x % 7) + (1 - x % 2) * 10)::real AS answer
      FROM generate_series(1, 80) AS x;
    SELECT pgml.train('sum', 'regression', 'numbers', 'answer');`);
});
after(() => database.close());

const near = async (expression: string, expected: number) => {
  const value = Number(await database.value(`SELECT ${expression}`));
  assert.ok(Math.abs(value - expected) < 1e-2, `${expression} is ${value}, not ${expected}`);
};

// 3x - 2y + 10z for x = 4, y = 1, z = true.
for (const features of [
  'ARRAY[4, 1, 1]',
  'ARRAY[4, 1, 1]::smallint[]',
  'ARRAY[4, 1, 1]::bigint[]',
  'ARRAY[4, 1, 1]::real[]',
  'ARRAY[4, 1, 1]::double precision[]',
  'ARRAY[4.0, 1, 1.0]',
  'ARRAY[[4], [1], [1]]',
  'ROW(4, 1, true)',
  'ROW(4, 1, 1)',
  `ROW('4', 1.0, true)`,
  '(SELECT n FROM (SELECT true AS z, 4 AS x, 1 AS y) AS n)',
  `'{"x": 4, "y": 1, "z": true}'::jsonb`,
])
  test(`${features} is the same row`, async () => {
    await near(`pgml.predict('sum', ${features})`, 20);
    await near(`pgml.predict(pgml.deployed_model('sum'), ${features})`, 20);
  });

test('boolean arrays are 0 and 1', () => near(`pgml.predict('sum', ARRAY[true, false, true])`, 13));

test('a row of the table is read by the names of its columns, the label is not needed', async () => {
  const worst = await database.value(`SELECT max(abs(pgml.predict('sum', numbers) - answer)) FROM numbers`);
  assert.ok(Number(worst) < 1e-2, String(worst));
  await near(`pgml.predict('sum', n) FROM (SELECT y, z, x FROM numbers WHERE x = 4) AS n`, 3 * 4 - 2 * 4 + 10);
});

test('NULL gives NULL', async () => {
  for (const call of [
    `predict('sum', NULL::real[])`,
    'predict(NULL::text, ARRAY[1, 2, 3])',
    `predict('sum', NULL::numbers)`,
    'predict(NULL::bigint, ARRAY[1, 2, 3])',
    `predict_proba('iris', NULL)`,
    'predict_batch(NULL::bigint, NULL)',
  ])
    assert.equal(await database.value(`SELECT pgml.${call}`), null, call);
});

test('a batch gives what the rows give, in order', async () => {
  const rows =
    await database.query(`SELECT pgml.predict('iris', ARRAY[sepal_length, sepal_width, petal_length, petal_width]) AS answer
    FROM pgml.iris ORDER BY ctid`);
  const flat = `(SELECT array_agg(value ORDER BY i.ctid, position) FROM pgml.iris i,
    unnest(ARRAY[sepal_length, sepal_width, petal_length, petal_width]) WITH ORDINALITY AS v (value, position))`;
  const byName = await database.query(`SELECT pgml.predict_batch('iris', ${flat}) AS answer`);
  assert.deepEqual(byName, rows);
  const byId = await database.value(`SELECT pgml.predict_batch(pgml.deployed_model('iris'), ${flat})`);
  assert.deepEqual(
    byId,
    rows.map(({ answer }) => answer),
  );
});

test('probabilities are one for each class and sum to 1', async () => {
  const rows = await database.query(`
    SELECT pgml.predict('iris', features) AS answer, pgml.predict_proba('iris', features) AS probabilities
    FROM (SELECT ARRAY[sepal_length, sepal_width, petal_length, petal_width] AS features FROM pgml.iris) AS i`);
  for (const { answer, probabilities } of rows as { answer: number; probabilities: number[] }[]) {
    assert.equal(probabilities.length, 3);
    assert.ok(Math.abs(probabilities.reduce((sum, one) => sum + one) - 1) < 1e-5);
    assert.equal(probabilities.indexOf(Math.max(...probabilities)), answer);
  }
});

test('the newest deployment of this transaction predicts, in prepared statements too', async () => {
  await database.query(`
    CREATE TABLE constants (x int, one real, two real);
    INSERT INTO constants SELECT x, 1, 2 FROM generate_series(1, 40) AS x;
    CREATE VIEW ones AS SELECT x, one FROM constants;
    CREATE VIEW twos AS SELECT x, two FROM constants;
    SELECT pgml.train('changing', 'regression', 'ones', 'one', 'xgboost', '{"n_estimators": 30}');
    PREPARE constant AS SELECT pgml.predict('changing', ARRAY[1]);
    PREPARE general AS SELECT pgml.predict('changing', ARRAY[x]) FROM constants LIMIT 1;`);
  const both = async () => [
    Math.round(Number(await database.value('EXECUTE constant'))),
    Math.round(Number(await database.value('EXECUTE general'))),
  ];
  for (let time = 0; time < 7; time++) assert.deepEqual(await both(), [1, 1]);
  await database.query(`BEGIN;
    SELECT pgml.train('changing', 'regression', 'twos', 'two', 'xgboost', '{"n_estimators": 30}', automatic_deploy => false);
    SELECT pgml.deploy(max(id)) FROM pgml.models;`);
  assert.deepEqual(await both(), [2, 2]);
  await database.query('ROLLBACK');
  assert.deepEqual(await both(), [1, 1]);
  await database.query('DEALLOCATE constant; DEALLOCATE general');
});

test('a deleted project predicts no more', async () => {
  await database.query(`SELECT pgml.train('short-lived', 'regression', 'numbers', 'answer')`);
  await near(`pgml.predict('short-lived', ARRAY[4, 1, 1])`, 20);
  await database.query(`DELETE FROM pgml.projects WHERE name = 'short-lived'`);
  await database.refuses(`SELECT pgml.predict('short-lived', ARRAY[4, 1, 1])`, {
    code: '42704',
    message: 'No deployed model exists for the project named: `short-lived`',
    hint: /pgml\.train creates one/,
  });
});

test('predictions can be stored in generated columns and indexed', async () => {
  await database.query(`
    CREATE TABLE derived (x real[], answer real GENERATED ALWAYS AS (pgml.predict('sum', x)) STORED);
    CREATE INDEX ON derived (pgml.predict('sum', x));
    INSERT INTO derived VALUES (ARRAY[4, 1, 1]);`);
  await near('answer FROM derived', 20);
});
