/** One client that is slow, silent, or greedy does not take the session from the others. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { type EmbeddedServer, startEmbeddedServer } from '@pgml/embedded';
import pg from 'pg';
import { connectRaw, openSocket, requestCancel, summary } from './raw-client.js';
import { connect, serve, sleep, sqlstateOf, value } from './serve.js';

const log: string[] = [];
let server: EmbeddedServer;
before(async () => {
  server = await startEmbeddedServer({
    host: '127.0.0.1',
    port: 0,
    stalledTimeoutMs: 2000,
    log: (line) => log.push(line),
  });
});
after(() => server.close());

/** 200 MB, more than any buffer on the way. */
const large = "SELECT repeat('x', 10000) FROM generate_series(1, 20000)";

describe('a client that does not read its result', { timeout: 60_000 }, () => {
  it('is cut off, also when it has read the beginning', async (context) => {
    const other = await connect(context, server);
    for (const rows of [0, 100]) {
      const client = await connectRaw(context, server);
      client.send({ type: 'Query', query: large });
      for (let row = 0; row < rows; row++) await client.next();
      client.socket.pause();
      assert.equal(await value(other, 'SELECT 1'), 1);
    }
    assert.equal(log.filter((line) => line.includes('took nothing of its result')).length, 2);
  });

  it('but one that is slow is not', async (context) => {
    const client = await connectRaw(context, server);
    client.send({ type: 'Query', query: large });
    for (let pause = 0; pause < 8; pause++) {
      client.socket.pause();
      await sleep(100);
      client.socket.resume();
      for (let row = 0; row < 300; row++) assert.notEqual((await client.next())?.type, undefined);
    }
    assert.equal((await client.until('ReadyForQuery')).map(summary).at(-2), 'CommandComplete SELECT 20000');
  });

  it('can be cancelled without a new session', async (context) => {
    const slow = await serve(context, { log: (line) => log.push(line), cancelGraceMs: 1000 });
    const other = await connect(context, slow);
    await other.query('CREATE TEMP TABLE survivor AS SELECT 1 AS i');
    const client = await connectRaw(context, slow);
    client.send({ type: 'Query', query: large });
    await client.next();
    client.socket.pause();
    await sleep(300);
    await requestCancel(context, slow, client.key);
    assert.equal(await value(other, 'SELECT i FROM survivor'), 1);
    client.socket.resume();
    assert.equal((await client.until('ReadyForQuery')).map(summary).at(-2), 'ErrorResponse 57014');
    assert.ok(!log.some((line) => line.includes('was lost')));
  });
});

it('who does not log in in time is told so and disconnected', { timeout: 60_000 }, async (context) => {
  const hasty = await serve(context, { authenticationTimeoutMs: 300 });
  const silent = openSocket(context, hasty);
  const [error] = await silent.until('ErrorResponse');
  assert.equal(
    error.type === 'ErrorResponse' && error.fields.message,
    'authentication was not finished within 0.3 seconds',
  );
  assert.equal(await silent.next(), undefined);
});

it('100 clients are served, the next is refused with a hint', { timeout: 60_000 }, async (context) => {
  const crowd = await serve(context);
  const clients = await Promise.all(Array.from({ length: 100 }, () => connect(context, crowd)));
  await assert.rejects(connect(context, crowd), (error: pg.DatabaseError) => {
    assert.equal(error.code, '53300');
    assert.match(error.hint ?? '', /pool/);
    return true;
  });
  const answers = await Promise.all(clients.map((client, index) => value(client, 'SELECT $1::int', [index])));
  assert.deepEqual(answers, [...clients.keys()]);
});

it('a pool of 20 does its transactions one after the other', async () => {
  const pool = new pg.Pool({ connectionString: server.url, max: 20 });
  await pool.query('CREATE TABLE account AS SELECT i AS id, 100 AS balance FROM generate_series(1, 10) AS i');
  const transfer = async (from: number, to: number, end: string) => {
    const client = await pool.connect();
    await client.query('BEGIN');
    await client.query('UPDATE account SET balance = balance - 1 WHERE id = $1', [from]);
    await client.query('UPDATE account SET balance = balance + 1 WHERE id = $1', [to]);
    await client.query(end);
    client.release();
  };
  // Each account gives 10 and the first gets all; what is rolled back moves nothing.
  const moments = Array.from({ length: 100 }, (_, moment) => moment);
  await Promise.all(
    moments.flatMap((moment) => ['COMMIT', 'ROLLBACK'].map((end) => transfer(1 + (moment % 10), 1, end))),
  );
  const { rows } = await pool.query('SELECT array_agg(balance ORDER BY id) AS balances FROM account');
  assert.deepEqual(rows[0].balances, [190, ...Array<number>(9).fill(90)]);
  await pool.end();
});

it('a statement that brings the session down costs nobody else anything, however often', async (context) => {
  const [client, other] = [await connect(context, server), await connect(context, server)];
  await other.query("SET work_mem = '6MB'; CREATE TABLE kept AS SELECT 1 AS i");
  // The parser of JSON recurses without what PostgreSQL counts as stack.
  const crash = `SELECT repeat('[', 1000000)::json`;
  for (let round = 0; round < 4; round++) assert.equal(await sqlstateOf(client.query(crash)), '54001');
  assert.equal(await value(client, 'SELECT 1'), 1);
  assert.equal(await value(other, "SELECT current_setting('work_mem') FROM kept"), '6MB');
});

it('a password that is given replaces the one of an existing directory', async (context) => {
  const dataDirectory = fs.mkdtempSync(path.join(os.tmpdir(), 'pgml-password-'));
  context.after(() => fs.promises.rm(dataDirectory, { recursive: true, force: true }));
  const file = path.join(dataDirectory, 'password');
  const made = await startEmbeddedServer({ host: '127.0.0.1', port: 0, dataDirectory });
  assert.equal(fs.readFileSync(file, 'utf8').trimEnd(), new URL(made.url).password);
  await made.close();
  const given = await startEmbeddedServer({ host: '127.0.0.1', port: 0, dataDirectory, password: 'g/ven' });
  assert.equal(fs.readFileSync(file, 'utf8'), 'g/ven\n');
  await assert.rejects(connect(context, { ...given, url: made.url.replace(/:\d+\//, `:${given.port}/`) }), {
    code: '28P01',
  });
  await (
    await connect(context, given)
  ).query("ALTER ROLE pgml PASSWORD 'in SQL'; UPDATE pg_extension SET extversion = '0.0.9' WHERE extname = 'pgml'");
  await given.close();
  // The file is out of date now: the server does not know the password, and does not show a wrong one.
  const lines: string[] = [];
  const log = (line: string) => lines.push(line);
  const third = await startEmbeddedServer({ host: '127.0.0.1', port: 0, dataDirectory, log });
  assert.equal(new URL(third.url).password, '');
  assert.ok(lines.some((line) => /holds version 0\.0\.9 of the extension pgml, this server brings 0\.1\.0/.test(line)));
  await connect(context, third, { password: 'in SQL' });
  await third.close();
});
