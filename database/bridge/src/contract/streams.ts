import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Bench, fails, type Traits, value } from './connection.js';
import { limit, untilStreamsCancelled } from './interruptions.js';

export function streams(bench: () => Bench, traits: Traits): void {
  test('items come in order, in FROM and in the list of a SELECT', async () => {
    const { database } = bench();
    const expected = Array.from({ length: 1000 }, (_, index) => index + 1);
    const from = await database.query(`SELECT s->'item' AS item FROM pgml_bridge.stream('count', '{"to": 1000}') AS s`);
    assert.deepEqual(
      from.map(({ item }) => item),
      expected,
    );
    const list = await database.query(`SELECT pgml_bridge.stream('count', '{"to": 1000}')->'item' AS item`);
    assert.deepEqual(
      list.map(({ item }) => item),
      expected,
    );
    assert.deepEqual(await database.query(`SELECT * FROM pgml_bridge.stream('count', '{"to": 0}')`), []);
  });

  test('streams side by side do not mix', async () => {
    const rows = await bench().database.query(
      `SELECT pgml_bridge.stream('count', '{"to": 300}')->'item' AS long, pgml_bridge.stream('count', '{"to": 150}')->'item' AS short`,
    );
    assert.deepEqual(
      rows,
      Array.from({ length: 300 }, (_, i) => ({ long: i + 1, short: i < 150 ? i + 1 : null })),
    );
  });

  test('an endless stream stops when no more is wanted', limit, async () => {
    const { database, session } = bench();
    session.cancelled.length = 0;
    const rows = await database.query(`SELECT pgml_bridge.stream('count', '{}')->'item' AS item LIMIT 3`);
    assert.deepEqual(
      rows.map(({ item }) => item),
      [1, 2, 3],
    );
    await untilStreamsCancelled(bench(), traits, 1);
    await fails(database, `SELECT 1 / (5 - (pgml_bridge.stream('count', '{}')->>'item')::int)`, {
      code: '22012',
      message: 'division by zero',
    });
    await untilStreamsCancelled(bench(), traits, 2);
    assert.equal(await value(database, 'SELECT 1'), 1);
  });

  test('a stream that fails after some items fails the statement', async () => {
    const { database } = bench();
    await fails(database, `SELECT count(*) FROM pgml_bridge.stream('count', '{"failAt": 500}')`, {
      code: '22023',
      message: 'item 500 cannot be made',
      hint: 'Ask for fewer.',
    });
    assert.equal(Number(await value(database, `SELECT count(*) FROM pgml_bridge.stream('count', '{"to": 5}')`)), 5);
  });
}
