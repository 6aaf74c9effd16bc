import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Bench, type Connection, fails, rolledBack, value } from './connection.js';

/** What the runtime got for `query`, as columns by name. */
async function pushed(database: Connection, query: string): Promise<Record<string, unknown>> {
  const sql = `SELECT response FROM (SELECT pgml_bridge.push($1) AS handle OFFSET 0) AS pushed,
    pgml_bridge.call('dataset', jsonb_build_object('dataset', handle))`;
  return (await value(database, sql, [query])) as Record<string, unknown>;
}

const real = (values: unknown[], width = 1) => ({ type: 'real', width, values });
const text = (values: unknown[]) => ({ type: 'text', width: 1, values });

export function pushes(bench: () => Bench): void {
  test('columns arrive as real, text and flattened real[], NULL included', async () => {
    const query = `SELECT n AS "a number", t AS words, x AS list FROM (VALUES
      (1, 1.5::real, ''::text, '{1,2,3}'::real[]),
      (2, NULL, 'größe ☃ 😀', '{4,NULL,6}'),
      (3, '-Infinity', NULL, NULL),
      (4, 3e38, repeat('long', 5000), '[0:2]={7,8,9}')) AS rows (i, n, t, x) ORDER BY i`;
    assert.deepEqual(await pushed(bench().database, query), {
      // JSON has no infinity.
      'a number': real([1.5, 'NaN', null, Math.fround(3e38)]),
      words: text(['', 'größe ☃ 😀', null, 'long'.repeat(5000)]),
      list: real([1, 2, 3, 4, 'NaN', 6, 'NaN', 'NaN', 'NaN', 7, 8, 9], 3),
    });
  });

  test('an array after rows of NULL still gets its place', async () => {
    const query = `SELECT CASE WHEN i > 2 THEN ARRAY[i, -i]::real[] END AS list FROM generate_series(1, 4) AS i`;
    assert.deepEqual(await pushed(bench().database, query), {
      list: real(['NaN', 'NaN', 'NaN', 'NaN', 3, -3, 4, -4], 2),
    });
  });

  test('many rows arrive in the order of the query', async () => {
    const query = `SELECT i::real AS n, 'row ' || i AS name, ARRAY[i, 2 * i]::real[] AS list FROM generate_series(1, 60000) AS i`;
    const { n, name, list } = (await pushed(bench().database, query)) as Record<string, { values: unknown[] }>;
    assert.equal(n.values.length, 60000);
    n.values.forEach((number, index) => {
      const row = index + 1;
      if (number !== row || name.values[index] !== `row ${row}` || list.values[2 * index + 1] !== 2 * row)
        assert.fail(`row ${row}: ${number}, ${name.values[index]}, ${list.values[2 * index + 1]}`);
    });
  });

  test('arrays too large for a row of a table are fetched', async () => {
    const { database } = bench();
    await database.query(`CREATE TEMP TABLE wide AS
      SELECT row, array_agg((row * 10000 + i)::real ORDER BY i) AS x FROM generate_series(1, 5) AS row, generate_series(1, 4000) AS i GROUP BY row`);
    const { x } = (await pushed(database, 'SELECT x FROM wide ORDER BY row')) as Record<string, { values: number[] }>;
    const expected = [1, 2, 3, 4, 5].flatMap((row) => Array.from({ length: 4000 }, (_, i) => row * 10000 + i + 1));
    assert.deepEqual(x, real(expected, 4000));
  });

  test('a query without rows gives columns without values', async () => {
    const columns = await pushed(bench().database, `SELECT 1::real AS n, ''::text AS t WHERE false`);
    assert.deepEqual(columns, { n: real([]), t: text([]) });
  });

  test('the query sees what its transaction has written', async () => {
    const { database } = bench();
    await rolledBack(database, async () => {
      await database.query(
        'CREATE TABLE pgml.unseen (x real); INSERT INTO pgml.unseen VALUES (1); UPDATE pgml.unseen SET x = 2',
      );
      assert.deepEqual(await pushed(database, 'SELECT x FROM pgml.unseen'), { x: real([2]) });
    });
  });

  test('the query may call the runtime itself', async () => {
    const query = `SELECT (pgml_bridge.call('echo', to_jsonb(i))).response::real AS x FROM generate_series(1, 3) AS i`;
    assert.deepEqual(await pushed(bench().database, query), { x: real([1, 2, 3]) });
  });

  test('the query runs with the rights of the caller', async () => {
    const { database } = bench();
    await rolledBack(database, async () => {
      await database.query(
        'CREATE ROLE stranger; GRANT stranger TO CURRENT_USER; CREATE TABLE pgml.private (x real); SET LOCAL ROLE stranger',
      );
      await fails(database, `SELECT pgml_bridge.push('SELECT x FROM pgml.private')`, {
        code: '42501',
        message: /permission denied/,
      });
    });
  });

  test('refused are other types, arrays of different lengths, and a query that does not return rows', async () => {
    const { database } = bench();
    const refused = (query: string, expected: Parameters<typeof fails>[2]) =>
      fails(database, `SELECT pgml_bridge.push($query$${query}$query$)`, expected);
    await refused('SELECT 1::real AS fine, 2::bigint AS "not fine"', {
      code: '42804',
      message: /"not fine"/,
      hint: /[Cc]ast/,
    });
    await refused(`SELECT ARRAY[1]::real[] AS fine, x FROM (VALUES ('{1,2}'::real[]), ('{1,2,3}')) AS rows (x)`, {
      code: '22023',
      message: 'Mismatched array length for feature `x`. Expected: 2 Received: 3',
    });
    await refused('SELECT x FROM nowhere', { code: '42P01', message: /nowhere/ });
    await refused('SELECT (1 / (500 - i))::real AS x FROM generate_series(1, 1000) AS i', {
      code: '22012',
      message: 'division by zero',
    });
    assert.equal(await value(database, 'SELECT 1'), 1);
  });

  test('a dataset is consumed by one call, and forgotten at the end of the transaction', async () => {
    const { database, session } = bench();
    const use = (handle: unknown) => `SELECT response FROM pgml_bridge.call('dataset', '{"dataset": ${handle}}')`;
    await database.query('BEGIN');
    const first = await value(database, `SELECT pgml_bridge.push('SELECT 1::real AS x')`);
    const second = await value(database, `SELECT pgml_bridge.push('SELECT 2::real AS x')`);
    assert.notEqual(first, second);
    assert.deepEqual(await value(database, use(second)), { x: real([2]) });
    await fails(database, `SAVEPOINT a; ${use(second)}`, { code: '22023', message: `no dataset ${second}` });
    await database.query('ROLLBACK TO a');
    assert.deepEqual(await value(database, use(first)), { x: real([1]) });
    for (const end of ['COMMIT', 'ROLLBACK']) {
      const left = await value(database, `SELECT pgml_bridge.push('SELECT 3::real AS x')`);
      await database.query(end);
      await fails(database, use(left), { code: '22023', message: `no dataset ${left}` });
      assert.equal(session.datasets, 0);
      await database.query('BEGIN');
    }
    await database.query('ROLLBACK');
  });
}
