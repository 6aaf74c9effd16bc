import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Bench, fails, type Traits, value } from './connection.js';
import { constant, storeModel } from './models.js';

// The statements here never end of themselves, so that a bridge which does not stop them never passes. Nothing is timed; the
// limit only turns waiting for ever into a failure.
export const limit = { timeout: 60_000 };
const userRequest = { code: '57014', message: 'canceling statement due to user request' };
const timeout = { code: '57014', message: 'canceling statement due to statement timeout' };

const SLEEP = `SELECT pgml_bridge.call('sleep', '{}')`;
const WAITING_STREAM = `SELECT count(*) FROM pgml_bridge.stream('count', '{"sleepAt": 250}')`;
const ENDLESS_STREAM = `SELECT sum(item) FROM (SELECT (pgml_bridge.stream('count', '{}')->>'item')::real AS item) AS endless`;
const ENDLESS_PUSH = `SELECT pgml_bridge.push('SELECT generate_series(1, 1000000000000)::real AS x')`;
const ENDLESS_PREDICTION = `SELECT sum(pgml_bridge.predict(120::bigint, ARRAY[i]::real[]))
  FROM (SELECT generate_series(1, 1000000000000)::real AS i) AS endless`;

/** Waits until the runtime has heard that so many streams are not wanted any more. */
export async function untilStreamsCancelled(
  { database, session }: Bench,
  traits: Traits,
  count: number,
): Promise<void> {
  const told = session.untilCancelled(count);
  if (traits.abandonedStreams === 'later') await value(database, `SELECT response FROM pgml_bridge.call('echo', '1')`);
  await told;
}

export function interruptions(bench: () => Bench, traits: Traits): void {
  for (const [what, statement, told] of [
    ['a call', SLEEP, 1],
    ['a stream that waits', WAITING_STREAM, 1],
    ['a push', ENDLESS_PUSH, 0],
  ] as const) {
    test(`a cancel request ends ${what}, and the runtime hears of it`, limit, async () => {
      const { database, session } = bench();
      session.cancelled.length = 0;
      const begun = session.nextEvent();
      const failed = fails(database, statement, userRequest);
      if (statement !== WAITING_STREAM) await begun;
      else await new Promise((resolve) => setTimeout(resolve, 200));
      database.cancel();
      await failed;
      await session.untilCancelled(told);
      assert.equal(await value(database, `SELECT response FROM pgml_bridge.call('echo', '1')`), 1);
      assert.equal(session.datasets, 0);
    });
  }

  for (const [what, statement, told] of [
    ['a call', SLEEP, 1],
    ['a stream that waits', WAITING_STREAM, 1],
    ['an endless stream', ENDLESS_STREAM, 1],
    ['a push', ENDLESS_PUSH, 0],
    ['predictions', ENDLESS_PREDICTION, 0],
  ] as const) {
    test(`statement_timeout ends ${what}`, limit, async () => {
      const { database, session } = bench();
      await storeModel(database, 120, constant(1));
      session.cancelled.length = 0;
      await database.query(`SET statement_timeout = '300ms'`);
      try {
        await fails(database, statement, timeout);
      } finally {
        await database.query('RESET statement_timeout');
      }
      await untilStreamsCancelled(bench(), traits, told);
      assert.equal(await value(database, `SELECT response FROM pgml_bridge.call('echo', '1')`), 1);
    });
  }

  test('plpgsql may catch a cancel, and call again', limit, async () => {
    const { database, session } = bench();
    await database.query(`CREATE FUNCTION pg_temp.patient() RETURNS jsonb LANGUAGE plpgsql AS $$
      BEGIN
        PERFORM pgml_bridge.call('sleep', '{}');
      EXCEPTION WHEN query_canceled THEN
        RETURN (pgml_bridge.call('echo', '"caught"')).response;
      END $$`);
    const begun = session.nextEvent();
    const answer = value(database, 'SELECT pg_temp.patient()');
    await begun;
    database.cancel();
    assert.equal(await answer, 'caught');
  });
}
