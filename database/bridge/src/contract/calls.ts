import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Bench, fails, value } from './connection.js';

const failure = {
  sqlstate: '42704',
  message: 'there is no "réseau" at 100 %s',
  detail: 'Known are: \'a\', "b" and ☃.',
  hint: 'Name one\nof these.',
};

/** A literal of type jsonb. */
export const json = (content: unknown): string => `'${JSON.stringify(content).replaceAll("'", "''")}'::jsonb`;

const raised = { code: failure.sqlstate, message: failure.message, detail: failure.detail, hint: failure.hint };

export function calls(bench: () => Bench): void {
  test('a call returns what the method answers', async () => {
    const request = { text: "it's ünïcode ☃ 😀", list: [1, 2.5, null, true], nested: { empty: {} } };
    const [row] = await bench().database.query('SELECT response, result FROM pgml_bridge.call($1, $2, $3)', [
      'echo',
      request,
      Uint8Array.from({ length: 256 }, (_, byte) => byte),
    ]);
    assert.deepEqual(row.response, request);
    assert.deepEqual([...(row.result as Uint8Array)], [...Array(256).keys()]);
  });

  test('an empty payload stays empty and a NULL payload NULL', async () => {
    const { database } = bench();
    const lengths = `SELECT length((pgml_bridge.call('echo', '1', ''::bytea)).result) AS empty,
      (pgml_bridge.call('echo', '1', NULL)).result IS NULL AS null,
      (pgml_bridge.call('echo', '1')).result IS NULL AS absent`;
    assert.deepEqual(await database.query(lengths), [{ empty: 0, null: true, absent: true }]);
    for (const content of ['null', '0', '"text"', '[]', '1e300'])
      assert.equal(
        await value(database, `SELECT response = '${content}' FROM pgml_bridge.call('echo', '${content}')`),
        true,
      );
  });

  test('a megabyte goes there and back', async () => {
    const { database } = bench();
    const same = `SELECT result = payload AND response = request
      FROM (SELECT decode(repeat('00ff10', 350000), 'hex') AS payload, to_jsonb(repeat('größer ', 150000)) AS request) AS big,
      pgml_bridge.call('echo', request, payload)`;
    assert.equal(await value(database, same), true);
  });

  test('an error of a method has all its fields, and the next statement works', async () => {
    const { database } = bench();
    await fails(database, `SELECT pgml_bridge.call('fail', ${json(failure)})`, raised);
    assert.equal(await value(database, `SELECT response FROM pgml_bridge.call('echo', '7')`), 7);
    await fails(database, `SELECT pgml_bridge.call('fail', '{}')`, { code: 'XX000', message: /a defect/ });
    await fails(database, 'SELECT pgml_bridge.call(NULL, NULL)', { code: '22004', message: /NULL/ });
    assert.equal(await value(database, 'SELECT 1'), 1);
  });

  test('plpgsql catches an error, keeps nothing of the block, and goes on calling', async () => {
    const { database } = bench();
    await database.query(`
      CREATE TEMP TABLE written (step text);
      CREATE FUNCTION pg_temp.attempt(failure jsonb) RETURNS jsonb LANGUAGE plpgsql AS $$
      DECLARE given_detail text; given_hint text; echoed jsonb;
      BEGIN
        INSERT INTO written VALUES ('before');
        BEGIN
          INSERT INTO written VALUES ('inside');
          PERFORM pgml_bridge.call('fail', failure);
        EXCEPTION WHEN undefined_object THEN
          GET STACKED DIAGNOSTICS given_detail = PG_EXCEPTION_DETAIL, given_hint = PG_EXCEPTION_HINT;
          SELECT response INTO echoed FROM pgml_bridge.call('echo', jsonb_build_object(
            'message', SQLERRM, 'detail', given_detail, 'hint', given_hint, 'sqlstate', SQLSTATE));
        END;
        RETURN echoed;
      END $$`);
    assert.deepEqual(await value(database, `SELECT pg_temp.attempt(${json(failure)})`), failure);
    assert.deepEqual(await database.query('SELECT step FROM written'), [{ step: 'before' }]);
    const repeated = `SELECT count(pg_temp.attempt(${json(failure)})) FROM generate_series(1, 200)`;
    assert.equal(Number(await value(database, repeated)), 200);
  });

  test('an error ends a transaction, and the next one works', async () => {
    const { database } = bench();
    await database.query('BEGIN');
    await fails(database, `SELECT pgml_bridge.call('fail', ${json(failure)})`, raised);
    await fails(database, 'SELECT 1', { code: '25P02', message: /transaction is aborted/ });
    await database.query('ROLLBACK');
    assert.equal(await value(database, 'SELECT 1'), 1);
  });

  test('many calls in one statement get their own answers', async () => {
    const same = `SELECT bool_and((pgml_bridge.call('echo', to_jsonb(i))).response = to_jsonb(i)) FROM generate_series(1, 2000) AS i`;
    assert.equal(await value(bench().database, same), true);
  });
}
