import assert from 'node:assert/strict';
import { Database } from '../testing/database.js';
import { after, before, test } from '../testing/test.js';

let database: Database;
before(async () => {
  database = await Database.open();
  await database.query(`
    CREATE TABLE numbers AS SELECT i AS id, i::real AS x, (i % 7)::real AS y, (3 * i - 2 * (i % 7))::real AS answer FROM generate_series(1, 2500) AS i;
    ALTER TABLE numbers ADD PRIMARY KEY (id);
    SELECT pgml.train('sum', 'regression', 'numbers', 'answer')`);
});
after(() => database.close());

const ROWS = 'SELECT id, ARRAY[id, x, y] FROM numbers ORDER BY id DESC';

test('a query is scored in its order, as row by row', async () => {
  const rows = await database.query(
    `SELECT key, key % 50 > 0 OR prediction = (SELECT pgml.predict('sum', ARRAY[id, x, y]) FROM numbers WHERE id = key) AS same
     FROM pgml.predict_query('sum', $1)`,
    [ROWS],
  );
  assert.equal(rows.length, 2500);
  rows.forEach(({ key, same }, index) => assert.deepEqual([Number(key), same], [2500 - index, true]));
});

test('keys have the type that is wanted, and the query sees the search_path of the caller', async () => {
  await database.query(
    `CREATE SCHEMA hidden; CREATE TABLE hidden.few AS SELECT 'k' || id AS k, ARRAY[id, x, y] AS f FROM numbers WHERE id < 3`,
  );
  await database.query(`SET search_path = hidden, public`);
  const rows = await database.query(
    `SELECT key, pg_typeof(key)::text AS type FROM pgml.predict_query('sum', 'TABLE few -- all', NULL::text)`,
  );
  await database.query('RESET search_path');
  assert.deepEqual(rows, [
    { key: 'k1', type: 'text' },
    { key: 'k2', type: 'text' },
  ]);
  assert.deepEqual(
    await database.query(`SELECT * FROM pgml.predict_query('sum', 'SELECT 1, ARRAY[1, 2, 3] WHERE false')`),
    [],
  );
});

test('rows that the model cannot take are refused, and named by their key', async () => {
  const refused = (query: string, code: string, message: RegExp) =>
    database.refuses(`SELECT * FROM pgml.predict_query('sum', $q$${query}$q$)`, { code, message });
  await refused(
    'SELECT id, CASE WHEN id <> 1500 THEN ARRAY[id, x, y] END FROM numbers ORDER BY id',
    '22004',
    /the key 1500/,
  );
  await refused(
    'SELECT id, CASE WHEN id = 7 THEN ARRAY[x] ELSE ARRAY[id, x, y] END FROM numbers ORDER BY id',
    '22023',
    /the key 7 has 1 features/,
  );
  await refused('SELECT id, ARRAY[id, x, y, 1, 2, 3] FROM numbers', '22023', /3 features, but 6 were given/);
  await refused('SELECT id, ARRAY[x, y] FROM numbers', '22023', /3 features/);
  await refused(
    `SELECT id, ARRAY[id, CASE id WHEN 2 THEN 'NaN' ELSE x END, y] FROM numbers ORDER BY id`,
    '22023',
    /"x" is NaN in row 2/,
  );
  await refused('SELECT 1', '42P10', /./);
  await refused('no query', '42601', /./);
  await database.refuses(`SELECT * FROM pgml.predict_query('nobody', 'SELECT 1')`, {
    code: '42704',
    message: /nobody/,
  });
  await database.refuses(`SELECT * FROM pgml.predict_query('sum', NULL)`, { code: '22004', message: /needs/ });
});
