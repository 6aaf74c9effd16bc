/** Cancel requests, statement_timeout, the last resort, and the limit on idle transactions. */
import assert from 'node:assert/strict';
import { after, before, it, type TestContext } from 'node:test';
import { type EmbeddedServer, startEmbeddedServer } from '@pgml/embedded';
import type pg from 'pg';
import { connectRaw, type Key, requestCancel, summary } from './raw-client.js';
import { connect, serve, sleep, sqlstateOf, value } from './serve.js';

/** Statements that read no input and answer nothing; each checks for interrupts in a way of its own. */
const endless = [
  'DO $$ BEGIN LOOP NULL; END LOOP; END $$',
  'SELECT count(*) FROM generate_series(1, 1000000000000)',
  'SELECT sum(a.i * b.i) FROM generate_series(1, 1000000) a(i), generate_series(1, 1000000) b(i)',
  'WITH RECURSIVE r AS (SELECT 1 UNION ALL SELECT 1 FROM r) SELECT count(*) FROM r',
  'SELECT pg_sleep(600)',
];

/** Minutes in one call of translate(), which compares every character with every other and never checks for interrupts. */
const deaf = "SELECT length(translate(repeat('a', 1000000), repeat('b', 100000), ''))";

let server: EmbeddedServer;
before(async () => {
  server = await startEmbeddedServer({ host: '127.0.0.1', port: 0 });
});
after(() => server.close());

const keyOf = (client: pg.Client): Key => {
  const { processID, secretKey } = client as unknown as { processID: number; secretKey: number };
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(secretKey);
  return { processId: processID, secretKey: bytes };
};

it('statement_timeout ends statements that are busy', async (context) => {
  const [a, b] = [await connect(context, server), await connect(context, server)];
  await a.query('CREATE TABLE before AS SELECT 1 AS i; SET statement_timeout = 150');
  for (const sql of endless)
    await assert.rejects(a.query(sql), { code: '57014', message: 'canceling statement due to statement timeout' }, sql);
  assert.equal(await value(a, 'SELECT i FROM before'), 1);
  assert.equal(await value(b, 'SHOW statement_timeout'), '0');
});

it('a cancel request ends what its client runs, and nothing else', async (context) => {
  const [a, b] = [await connect(context, server), await connect(context, server)];
  for (const sql of endless) {
    const outcome = assert.rejects(
      a.query(sql),
      { code: '57014', message: 'canceling statement due to user request' },
      sql,
    );
    await sleep(50);
    await requestCancel(context, server, keyOf(b));
    await requestCancel(context, server, { ...keyOf(a), secretKey: Buffer.from('none') });
    await sleep(50);
    await requestCancel(context, server, keyOf(a));
    await outcome;
  }
  assert.equal(await value(a, 'SELECT 1'), 1);
});

it('a cancel that comes too late does not hit the next statement', async (context) => {
  const a = await connect(context, server);
  for (let round = 0; round < 100; round++) {
    const cancelled = requestCancel(context, server, keyOf(a));
    await a.query('SELECT 1').catch((error: pg.DatabaseError) => assert.equal(error.code, '57014'));
    await cancelled;
    assert.equal(await value(a, 'SELECT 2'), 2);
  }
});

it('a request that waits for the session can be cancelled', async (context) => {
  const [a, b] = [await connect(context, server), await connect(context, server)];
  await a.query('BEGIN');
  const simple = sqlstateOf(b.query('SELECT 1'));
  await sleep(50);
  await requestCancel(context, server, keyOf(b));
  assert.equal(await simple, '57014');
  const extended = sqlstateOf(b.query('SELECT $1::int', [1]));
  await sleep(50);
  await requestCancel(context, server, keyOf(b));
  assert.equal(await extended, '57014');
  await a.query('COMMIT');
  assert.equal(await value(b, 'SELECT 3'), 3);
});

it('a COPY that waits for its client can be cancelled', async (context) => {
  const client = await connectRaw(context, server);
  client.send({ type: 'Query', query: 'CREATE TABLE copied (i int)' });
  await client.until('ReadyForQuery');
  client.send({ type: 'Query', query: 'COPY copied FROM STDIN' }, { type: 'CopyData', data: Buffer.from('1\n') });
  await client.until('CopyInResponse');
  await sleep(50);
  await requestCancel(context, server, client.key);
  assert.deepEqual((await client.until('ReadyForQuery')).map(summary), ['ErrorResponse 57014', 'ReadyForQuery I']);
  client.send({ type: 'CopyData', data: Buffer.from('2\n') }, { type: 'CopyDone' });
  client.send({ type: 'Query', query: 'SELECT count(*) FROM copied' });
  assert.ok((await client.until('ReadyForQuery')).map(summary).includes('DataRow 0'));
});

async function loseSession(context: TestContext) {
  const server = await serve(context, { cancelGraceMs: 200 });
  const [a, b] = [await connect(context, server), await connect(context, server)];
  await a.query('CREATE TABLE kept AS SELECT 1 AS i; SET statement_timeout = 100');
  await b.query("SET work_mem = '6MB'; SET app.tenant = 'b'; LISTEN news");
  await b.query({ name: 'plan', text: 'SELECT $1::int + 1 AS next', values: [1] });
  return { a, b };
}

it('a statement that cannot be interrupted costs the session, not the data or what other clients had', async (context) => {
  const { a, b } = await loseSession(context);
  await assert.rejects(a.query(deaf), { code: '57014', message: /session was started again/ });
  assert.equal(await value(a, 'SELECT i FROM kept'), 1);
  assert.equal(await value(a, 'SHOW statement_timeout'), '100ms');
  assert.equal(await value(b, "SELECT current_setting('work_mem') || current_setting('app.tenant')"), '6MBb');
  const { rows } = await b.query({ name: 'plan', text: 'SELECT $1::int + 1 AS next', values: [2] });
  assert.equal(rows[0].next, 3);
  const heard = new Promise((resolve) => b.on('notification', resolve));
  await a.query('NOTIFY news');
  await heard;
});

it('who loses a transaction in that way is disconnected', async (context) => {
  const { a, b } = await loseSession(context);
  await a.query('BEGIN; INSERT INTO kept VALUES (2)');
  assert.equal(await sqlstateOf(a.query(deaf)), '57014');
  assert.equal(await value(b, 'SELECT count(*)::int FROM kept'), 1);
  await assert.rejects(a.query('SELECT 1'));
});

it('a transaction may not be idle for ever', async (context) => {
  const server = await serve(context, { idleInTransactionTimeoutMs: 100 });
  const [a, b] = [await connect(context, server), await connect(context, server)];
  await b.query('CREATE TABLE idle (i int)');
  const ended = new Promise<Error & { code?: string }>((resolve) => a.on('error', resolve));
  await a.query('BEGIN; INSERT INTO idle VALUES (1)');
  assert.equal(await value(b, 'SELECT count(*)::int FROM idle'), 0);
  assert.equal((await ended).code, '25P03');
  // A client that is idle outside a transaction is in nobody's way.
  await sleep(200);
  assert.equal(await value(b, 'SELECT 1'), 1);
});
