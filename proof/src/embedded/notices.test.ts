/** What a statement says while it runs is seen while it runs. */
import assert from 'node:assert/strict';
import { after, before, it, type TestContext } from 'node:test';
import { type EmbeddedServer, startEmbeddedServer } from '@pgml/embedded';
import { connectRaw, requestCancel } from './raw-client.js';

let server: EmbeddedServer;
before(async () => {
  server = await startEmbeddedServer({ host: '127.0.0.1', port: 0 });
});
after(() => server.close());

/** Runs a statement that would take minutes, and cancels it once a notice has come that matches. */
async function cancelAtNotice(context: TestContext, query: string, expected: RegExp): Promise<void> {
  const client = await connectRaw(context, server);
  client.send({ type: 'Query', query });
  for (;;) {
    const message = await client.next();
    assert.ok(message);
    assert.notEqual(message.type, 'ReadyForQuery', 'the statement has ended');
    if (message.type === 'NoticeResponse' && expected.test(message.fields.message)) break;
  }
  await requestCancel(context, server, client.key);
  const [error] = (await client.until('ReadyForQuery')).filter(({ type }) => type === 'ErrorResponse');
  assert.equal(error.type === 'ErrorResponse' && error.fields.sqlstate, '57014');
}

it('a notice does not wait for the end of its statement', { timeout: 60_000 }, (context) =>
  cancelAtNotice(context, "DO $$ BEGIN RAISE NOTICE 'early'; PERFORM pg_sleep(600); END $$", /^early$/),
);

it('a training tells what it does', { timeout: 60_000 }, async (context) => {
  const client = await connectRaw(context, server);
  const query = `CREATE TABLE many AS SELECT random() < 0.5 AS label, random()::real AS a FROM generate_series(1, 50000)`;
  client.send({ type: 'Query', query });
  await client.until('ReadyForQuery');
  await cancelAtNotice(
    context,
    `SELECT * FROM pgml.train('Long', task => 'classification', relation_name => 'many', y_column_name => 'label',
       algorithm => 'xgboost', hyperparams => '{"n_estimators": 100000}')`,
    /^Snapshotting table/,
  );
});
